"""Readers' open reports, without those about what the person wrote or decided."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from moderation.complaints import about_cases_of_others
from moderation.locked_cases import page_types
from moderation.models import LineKind, Report, ReportKind, ReportLine
from moderation.notices import our_turn_since
from moderation.permissions import can_moderate, reports_handled_by
from moderation.queue.loading import load_subjects
from moderation.queue.sources import Entry, Row, Severity, Source, register
from moderation.registry import kinds
from moderation.report_kinds import FACTS, LOCKED
from moderation.subjects import title_of

NAME = "report"
SEVERITY: dict[str, Severity] = {
    ReportKind.CHILD_ABUSE: Severity.GRAVE,
    ReportKind.INTIMATE_IMAGE: Severity.GRAVE,
    ReportKind.ILLEGAL: Severity.UNLAWFUL,
    ReportKind.DEFAMATION: Severity.CLOCK,
    ReportKind.PERSONAL_DATA: Severity.CLOCK,
    ReportKind.COMPLAINT: Severity.CLOCK,
}
# They jump the queue, so after one of them comes whatever is first.
URGENT = frozenset(SEVERITY)


def _entries(user: Any) -> list[Entry]:
    return _lines(reports_for(user)) if can_moderate(user) else []


def _waiting() -> list[Entry]:
    return _lines(Report.objects.waiting())


def _lines(reports: Any) -> list[Entry]:
    lines = ReportLine.objects.filter(report=OuterRef("pk"), what=LineKind.POSTER_ANSWERED).order_by("at", "pk")
    columns = ("pk", "created_at", "due_at", "kind", "about_case__kind", "passed_on_at", "answered_at")
    return [
        Entry(
            kind=NAME,
            pk=pk,
            since=since,
            due=due,
            severity=_severity(what, about),
            turn=our_turn_since(passed_on, answered) if passed_on else None,
        )
        for pk, since, due, what, about, passed_on, answered in reports.annotate(
            answered_at=Subquery(lines.values("at")[:1])
        ).values_list(*columns)
    ]


def _severity(what: str, about: str | None) -> Severity:
    """A complaint about a case that is hidden at once stands where the case stood."""
    return SEVERITY[about] if about and FACTS[about].hides else SEVERITY.get(what, Severity.USUAL)


def _rows(pks: list[int]) -> dict[int, Row]:
    reports = Report.objects.filter(pk__in=pks).select_related("reporter")
    # Of what a locked case is about not even the title is read.
    subjects = load_subjects([one for one in reports if one.content_type_id and one.kind not in LOCKED])
    rows = {}
    for one in reports:
        subject = subjects.get((one.content_type_id or 0, one.object_id or 0))
        who = one.reporter.display_name if one.reporter else _("A reader")
        where = title_of(subject) if subject is not None else ""
        rows[one.pk] = Row(_("Report"), f"{one.get_kind_display()} · {one.reference}", who, where)
    return rows


def reports_for(user: Any) -> Any:
    """Not about what the person wrote, nor complaints about what they decided."""
    waiting = about_cases_of_others(user, reports_handled_by(user, Report.objects.waiting()))
    for kind in kinds():
        own = kind.model._default_manager.filter(author=user).values("pk")
        waiting = waiting.exclude(content_type=ContentType.objects.get_for_model(kind.model), object_id__in=own)
    return waiting.exclude(content_type__in=page_types(), object_id__in=Page.objects.filter(owner=user).values("pk"))


def register_source() -> None:
    register(
        Source(
            name=NAME,
            label=gettext_lazy("Reports"),
            one=gettext_lazy("Report"),
            entries=_entries,
            waiting=_waiting,
            rows=_rows,
            url=lambda pk: reverse("moderation_report", args=[pk]),
        )
    )
