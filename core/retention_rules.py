"""What the lowest room keeps, and for how long."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from core.keeping import KEPT_FOR, forget_kept
from core.models import RetentionRecord, StaffLook
from core.retention import Rule, register

LOOKS_KEPT = timedelta(days=731)
RECORDS_KEPT = timedelta(days=3 * 365)

register(
    Rule(
        name="sessions",
        order=20,
        what=_("That you are signed in on a device"),
        kept=timedelta(0),
        since=_("its end: when you sign out, or two weeks after you signed in"),
        why=_("It has no further use"),
        due=lambda now: Session.objects.filter(expire_date__lt=now),
    ),
    Rule(
        name="kept-forms",
        order=21,
        what=_("What you sent without being signed in"),
        kept=timedelta(seconds=KEPT_FOR),
        since=_("you sent it"),
        why=_("So that you find it in its form again when you have signed in"),
        run=forget_kept,
    ),
    Rule(
        name="looks",
        order=80,
        what=_("Who of the staff looked at somebody’s personal data, and when"),
        kept=LOOKS_KEPT,
        since=_("the look"),
        why=_("Long enough for a person to ask, and for an investigation"),
        due=lambda now: StaffLook.objects.filter(at__lt=now - LOOKS_KEPT).order_by("pk"),
    ),
    Rule(
        name="retention-records",
        order=90,
        what=_("The records of this schedule: numbers only"),
        kept=RECORDS_KEPT,
        since=_("the run"),
        why=_("To show that the schedule was kept"),
        due=lambda now: RetentionRecord.objects.filter(started_at__lt=now - RECORDS_KEPT).order_by("pk"),
    ),
)
