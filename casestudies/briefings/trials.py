"""Trial links: what a lead gives, and what opening one does.

The link holds the number of its row, signed for this one purpose; all else is asked of the row when it is opened. It
signs nobody in and gives no other right: not to the documents, not to the comments, not to another briefing.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casestudies.briefings.errors import CannotGiveTrial
from casestudies.models import BriefingPage, BriefingTrial
from casestudies.models.briefings import TRIAL_FOR
from casestudies.permissions import can_give_trial, can_read
from members.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User

PURPOSE = "casestudies.trial"
# So many may work at once for one organisation: enough to show around, too few to publish with.
MOST_OPEN = 10


@transaction.atomic
def give_trial(*, briefing: BriefingPage, organisation: Organisation, by: "User", note: str = "") -> BriefingTrial:
    """Raises `CannotGiveTrial` with the reason in words."""
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not can_give_trial(by, locked) or not can_read(by, briefing):
        raise CannotGiveTrial(_("Only a lead of an organisation in the network gives such links."))
    if BriefingTrial.objects.open().filter(organisation=locked).count() >= MOST_OPEN:
        raise CannotGiveTrial(
            _("%(n)s of your links work now, and more at once there cannot be. Take one back first.") % {"n": MOST_OPEN}
        )
    now = timezone.now()
    return BriefingTrial.objects.create(
        briefing=briefing, organisation=locked, given_by=by, given_at=now, expires_at=now + TRIAL_FOR, note=note
    )


def take_back_trial(*, trial: BriefingTrial) -> bool:
    """Whether it was there to be taken back; a second time changes nothing."""
    return bool(BriefingTrial.objects.filter(pk=trial.pk, revoked_at=None).update(revoked_at=timezone.now()))


def open_trial(*, token: str, counts: bool = True) -> BriefingTrial | None:
    """Count one opening and return the link; None where it does not work, for whatever reason.

    It counts for nothing where the headers alone are asked for.
    """
    number = _number(token)
    if number is None:
        return None
    # The row itself is asked for what another opening may change: PostgreSQL reads it again after waiting for that one,
    # and not again what a subquery has found.
    row = BriefingTrial.objects.filter(pk=number, opens__lt=F("most_opens"), revoked_at=None)
    working = row.filter(pk__in=BriefingTrial.objects.open().values("pk"))
    if not counts:
        return working.select_related("organisation", "briefing").first()
    if not working.update(opens=F("opens") + 1, last_opened_at=timezone.now()):
        return None
    return BriefingTrial.objects.select_related("organisation", "briefing").filter(pk=number).first()


def trial_url(trial: BriefingTrial) -> str:
    """The whole address that its lead hands on."""
    token = signing.dumps(trial.pk, salt=PURPOSE)
    return f"{settings.BASE_URL.rstrip('/')}{reverse('briefing_trial', args=[token])}"


def _number(token: str) -> int | None:
    try:
        number: Any = signing.loads(token, salt=PURPOSE, max_age=TRIAL_FOR)
    except signing.BadSignature:
        return None
    return number if isinstance(number, int) else None
