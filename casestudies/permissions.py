"""Who may read and change a case study."""

from typing import Any

from casestudies.choices import Audience
from members.permissions import is_member


def can_read(user: Any, page: Any) -> bool:
    """Whether the person may read the whole text of a published case study.

    Twin: `CaseStudyPage.objects.visible_to(user)`.
    """
    return bool(page.live) and (page.audience == Audience.PUBLIC or is_member(user))


def can_see_contact(user: Any, page: Any) -> bool:
    """The named contact is for signed-in people who may read the rest."""
    return bool(user.is_authenticated) and can_read(user, page)
