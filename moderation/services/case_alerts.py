"""Letters to those who can act on a case: when it comes and cannot wait, and when a notice is ours to act on again."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from members.selectors import administrators, moderators
from moderation import report_letters as letters
from moderation.models import LineKind, OverdueAlert, Report, ReportKind
from moderation.notices import writer_has_until
from moderation.report_kinds import POSTER_HAS_DAYS
from moderation.services.reports import append_line, may_handle

if TYPE_CHECKING:
    from accounts.models import User

# How `OverdueAlert` names that the writer's days were over: no hours had passed of ours.
AT_ONCE = 0


def alert(report: Report) -> None:
    """Tell those who can act that something was reported that cannot wait. The letter does not say what or where."""
    told = who_can_act(report)
    letters.alert(report, people=told)
    append_line(report, LineKind.ALERTED, words=str(len(told)))


def tell_our_turn(report: Report) -> None:
    """The writer of the words has answered a notice, or has not in time: 48 hours run."""
    told = who_can_act(report)
    letters.tell_our_turn(report, people=told)
    append_line(report, LineKind.ALERTED, words=str(len(told)))


def who_can_act(report: Report) -> "list[User]":
    """The moderators who may work on it; where there is none, the administrators who may; else those who can name one:
    all administrators.
    """
    all_administrators = list(administrators())
    for people in (moderators(), all_administrators):
        able = [person for person in people if may_handle(report, person)]
        if able:
            return able
    return all_administrators


def tell_of_silent_writers(now: datetime) -> int:
    """Of each notice whose writer has let the five days pass, once. Returns the number of notices."""
    silent = Report.objects.waiting().filter(
        kind=ReportKind.DEFAMATION, passed_on_at__lte=now - timedelta(days=POSTER_HAS_DAYS), poster_answer={}
    )
    told = 0
    for report in silent:
        until = writer_has_until(report.passed_on_at) if report.passed_on_at else now
        if until > now:
            continue
        _row, new = OverdueAlert.objects.get_or_create(kind="report", number=report.pk, since=until, hours=AT_ONCE)
        if new:
            tell_our_turn(report)
            told += 1
    return told
