"""What the case studies' room keeps about people, and for how long."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casestudies.models import BriefingTrial, ReadCount, WordImport
from casestudies.models.word_imports import KEPT
from core.retention import Rule, register

READS_KEPT = timedelta(days=3 * 365)
TRIALS_KEPT = timedelta(days=365)

register(
    Rule(
        name="word-files",
        order=50,
        what=_("The text of a Word file that you brought in; the file itself is not kept"),
        kept=KEPT,
        since=_("the upload, or until you have made a draft of it"),
        why=_("It has no further use"),
        due=lambda now: WordImport.objects.expired(),
    ),
    Rule(
        name="reads-counted",
        order=60,
        what=_("How often a case study was read on a day, without anything about who read it"),
        kept=READS_KEPT,
        since=_("the day"),
        why=_("For its authors to see how it does over the years; nobody can be told by it"),
        due=lambda now: ReadCount.objects.filter(day__lt=timezone.localdate(now - READS_KEPT)).order_by("pk"),
    ),
    Rule(
        name="trial-links",
        order=65,
        what=_("Who let somebody from outside read which briefing by a link, and how often it was opened"),
        kept=TRIALS_KEPT,
        since=_("the day on which the link stopped working"),
        why=_("For the organisation to see what its leads gave away; nobody is noted who opened it"),
        due=lambda now: BriefingTrial.objects.filter(expires_at__lt=now - TRIALS_KEPT).order_by("pk"),
    ),
)
