"""Complaints about a case: somebody else answers than decided it, and as fast as the case where each hour harms.

Online Safety Act 2023 section 21: a complaint about a report of an intimate image has its own fast way.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from moderation.models import LineKind, Report, ReportLine
from moderation.report_kinds import FACTS


def root_of(case: Report | None) -> Report | None:
    """What a complaint about a complaint is about in the end, so that all complaints about a case stand together."""
    return case.about_case or case if case else None


def is_fast(case: Report | None) -> bool:
    """Whether a complaint about this case is as urgent as the case was."""
    return case is not None and FACTS[case.kind].hides


def due_at(kind: str, filed: datetime, *, about: Report | None) -> datetime:
    due = FACTS[kind].clock(filed)
    return min(due, FACTS[about.kind].clock(filed)) if about is not None and is_fast(about) else due


def decided_the_case(user: Any, report: Report) -> bool:
    """Whether somebody decided what this complains about, or answered another complaint about it: then it is not
    theirs to answer. Twin: `about_cases_of_others`.
    """
    if report.about_case_id is None:
        return False
    part = Q(report=report.about_case_id) | (Q(report__about_case=report.about_case_id) & ~Q(report=report.pk))
    return ReportLine.objects.filter(part, what=LineKind.DECIDED, by=user.pk).exists()


def about_cases_of_others(user: Any, reports: Any) -> Any:
    """The queryset twin of `decided_the_case`: the reports that are none such."""
    part = Q(report=OuterRef("about_case")) | (Q(report__about_case=OuterRef("about_case")) & ~Q(report=OuterRef("pk")))
    return reports.filter(~Exists(ReportLine.objects.filter(part, what=LineKind.DECIDED, by=user.pk)))
