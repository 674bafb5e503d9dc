"""How much readers' reports weigh together: nobody is several readers, and who misused reporting counts for less."""

from datetime import timedelta
from fractions import Fraction

from django.db.models import Q
from django.utils import timezone

from moderation.models import Report, ReportOutcome
from moderation.report_kinds import FACTS

# A report without an account, or by somebody who has misused reporting once, is half a voice.
WHOLE, HALF, NONE = Fraction(1), Fraction(1, 2), Fraction(0)
MISUSES_UNTIL_SILENT = 2
MISUSE_COUNTS_FOR = timedelta(days=365)
TOGETHER = tuple(kind for kind, facts in FACTS.items() if facts.counts)


def voices(reports: list[Report]) -> Fraction:
    """How many independent readers these are: each person once, each connection once, weighed by `_voice`."""
    by_account = {one.reporter_id: one for one in reports if one.reporter_id}
    connections = {one.visitor for one in by_account.values() if one.visitor}
    by_visitor = {
        one.visitor: one for one in reports if not one.reporter_id and one.visitor and one.visitor not in connections
    }
    return sum((_voice(one) for one in (*by_account.values(), *by_visitor.values())), NONE)


def _voice(report: Report) -> Fraction:
    misuses = misuses_of(report)
    if misuses >= MISUSES_UNTIL_SILENT:
        return NONE
    return HALF if misuses or not report.reporter_id else WHOLE


def misuses_of(report: Report) -> int:
    """How often a moderator found, within a year, that this person or address had misused reporting."""
    same = Q(pk__in=[])
    if report.reporter_id:
        same |= Q(reporter=report.reporter_id)
    else:
        same |= Q(reporter_email__iexact=report.reporter_email) if report.reporter_email else Q(pk__in=[])
        same |= Q(visitor=report.visitor) if report.visitor else Q(pk__in=[])
    since = timezone.now() - MISUSE_COUNTS_FOR
    return Report.objects.filter(same, outcome=ReportOutcome.MISUSED, handled_at__gte=since).count()
