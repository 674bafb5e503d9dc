"""The turns of a notice of complaint that was passed on (SI 2013/3028, schedule): the writer’s, then ours again.

The writer has until midnight at the end of the fifth day after it was sent. From their answer, or from that midnight,
the network has 48 hours, days off apart, and nothing to do before.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from moderation.clocks import end_of_day_after, working_hours_after
from moderation.models import ContributionState, Report, ReportKind
from moderation.report_kinds import NOTICE_HOURS, POSTER_HAS_DAYS

PASS_IT_ON = _(
    "The law has us pass this notice on to whoever wrote the words, or take the words away. Leave them only if the "
    "notice lacks something that the law asks for: say so, and say in the words what it is."
)


def must_be_passed_on(report: Report, subject: Any) -> bool:
    """Whether a notice may not simply be left: it was not passed on, and the words still stand."""
    if report.kind != ReportKind.DEFAMATION or report.passed_on_at or subject is None:
        return False
    if isinstance(subject, Page):
        return subject.live
    return bool(subject.state in {ContributionState.PUBLISHED, ContributionState.HELD})


def writer_has_until(passed_on_at: datetime) -> datetime:
    return end_of_day_after(passed_on_at, POSTER_HAS_DAYS)


def our_turn_since(passed_on_at: datetime, answered_at: datetime | None) -> datetime:
    """May lie in the future. An answer that comes after the five days starts nothing anew."""
    until = writer_has_until(passed_on_at)
    return min(until, answered_at) if answered_at else until


def we_have_until(passed_on_at: datetime, answered_at: datetime | None = None) -> datetime:
    return working_hours_after(our_turn_since(passed_on_at, answered_at), NOTICE_HOURS)
