"""What somebody is called where the one who is meant may be gone, account and all."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User

SOMEBODY_WHO_HAS_LEFT = _("Somebody who has left")


def name_of(person: "User | None") -> str:
    """What others see of the person, in the active language; also of one whom nothing is left of."""
    return person.display_name if person is not None else str(SOMEBODY_WHO_HAS_LEFT)
