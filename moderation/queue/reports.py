"""Readers' open reports, without those about what the person wrote."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moderation.models import Report, ReportKind
from moderation.permissions import can_moderate
from moderation.queue.loading import load_subjects
from moderation.queue.sources import Entry, Row, Severity, Source, register
from moderation.registry import kinds
from moderation.subjects import title_of

NAME = "report"
SEVERITY: dict[str, Severity] = {ReportKind.ILLEGAL: Severity.UNLAWFUL}


def _entries(user: Any) -> list[Entry]:
    if not can_moderate(user):
        return []
    return [
        Entry(kind=NAME, pk=pk, since=since, severity=SEVERITY.get(what, Severity.USUAL))
        for pk, since, what in reports_for(user).values_list("pk", "created_at", "kind")
    ]


def _rows(pks: list[int]) -> dict[int, Row]:
    reports = Report.objects.filter(pk__in=pks).select_related("reporter")
    subjects = load_subjects(reports)
    rows = {}
    for one in reports:
        subject = subjects.get((one.content_type_id, one.object_id))
        who = one.reporter.display_name if one.reporter else _("A reader")
        where = title_of(subject) if subject is not None else ""
        rows[one.pk] = Row(_("Report"), _("Reported: %(kind)s") % {"kind": one.get_kind_display()}, who, where)
    return rows


def reports_for(user: Any) -> Any:
    waiting = Report.objects.waiting()
    for kind in kinds():
        own = kind.model._default_manager.filter(author=user).values("pk")
        waiting = waiting.exclude(content_type=ContentType.objects.get_for_model(kind.model), object_id__in=own)
    return waiting


def register_source() -> None:
    register(
        Source(
            name=NAME,
            label=gettext_lazy("Reports"),
            entries=_entries,
            rows=_rows,
            url=lambda pk: reverse("moderation_report", args=[pk]),
        )
    )
