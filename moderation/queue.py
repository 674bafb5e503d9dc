"""The queue: everything that waits for one person's decision, in one list.

The list of numbers is put together first (a few light queries), and only one page of it is loaded in full, so the
number of queries does not depend on how much waits.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, TaskState

from members.models import OrganisationPage
from moderation.models import Report, ReportKind
from moderation.permissions import can_moderate, decidable_by, reviewable_by
from moderation.registry import kind_named, kinds
from moderation.subjects import title_of

OVERDUE = timedelta(hours=48)
PAGES, REPORTS = "page", "report"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The number of a thing that waits. `kind` is `page`, `report` or a contribution's kind."""

    kind: str
    pk: int
    since: datetime
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the queue, in words."""

    entry: Entry
    label: str
    title: str
    who: str
    where: str
    url: str

    @property
    def overdue(self) -> bool:
        return timezone.now() - self.entry.since > OVERDUE


def waiting_for(user: Any) -> list[Entry]:
    """Everything that this person may decide: what may be against the law first, then the oldest first."""
    entries = [
        Entry(kind=PAGES, pk=pk, since=since) for pk, since in reviewable_by(user).values_list("pk", "started_at")
    ]
    if can_moderate(user):
        for kind in kinds():
            held = decidable_by(user, kind.model._default_manager.held())
            entries += [
                Entry(kind=kind.name, pk=pk, since=since) for pk, since in held.values_list("pk", "state_changed_at")
            ]
        entries += [
            Entry(kind=REPORTS, pk=pk, since=since, urgent=what == ReportKind.ILLEGAL)
            for pk, since, what in _reports_for(user).values_list("pk", "created_at", "kind")
        ]
    return sorted(entries, key=lambda entry: (not entry.urgent, entry.since, entry.kind, entry.pk))


def next_after(user: Any, since: datetime | None) -> str:
    """Where to go after a decision: the next that has waited less long, else the first, else the empty queue.

    `since` is None after something urgent, which had jumped the queue: the first is next.
    """
    entries = waiting_for(user)
    later = [entry for entry in entries if since and (entry.urgent or entry.since >= since)]
    return url_of_entry((later or entries)[0]) if entries else reverse("moderation_queue")


def url_of_entry(entry: Entry) -> str:
    if entry.kind == PAGES:
        return reverse("moderation_page", args=[entry.pk])
    if entry.kind == REPORTS:
        return reverse("moderation_report", args=[entry.pk])
    return reverse("moderation_contribution", args=[entry.kind, entry.pk])


def items(entries: Sequence[Entry]) -> list[Item]:
    """Load one page of the queue."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        numbers[entry.kind].append(entry.pk)
    loaded: dict[tuple[str, int], tuple[str, str, str, str]] = {}
    for name, pks in numbers.items():
        load = {PAGES: _pages, REPORTS: _reports}.get(name)
        rows = load(pks) if load else _contributions(name, pks)
        loaded |= {(name, pk): row for pk, row in rows.items()}
    return [
        Item(entry=entry, label=row[0], title=row[1], who=row[2], where=row[3], url=url_of_entry(entry))
        for entry in entries
        if (row := loaded.get((entry.kind, entry.pk)))
    ]


Row = tuple[str, str, str, str]


def _pages(pks: list[int]) -> dict[int, Row]:
    states = TaskState.objects.filter(pk__in=pks).select_related("revision", "workflow_state__requested_by")
    pages = Page.objects.in_bulk([int(state.workflow_state.object_id) for state in states])
    owners = organisations_of(pages.values())
    rows = {}
    for state in states:
        page = pages.get(int(state.workflow_state.object_id))
        if page is None:
            continue
        person = state.workflow_state.requested_by
        label = _("Change to a published page") if page.live else _("New page")
        who = person.display_name if person else ""
        rows[state.pk] = (label, state.revision.object_str or page.title, who, owners.get(page.pk, ""))
    return rows


def _contributions(name: str, pks: list[int]) -> dict[int, Row]:
    kind = kind_named(name)
    if kind is None:
        return {}
    found = kind.model._default_manager.filter(pk__in=pks).select_related(*kind.select)
    return {
        one.pk: (
            str(kind.label).capitalize(),
            _shorten(kind.text(one) or kind.title(one)),
            one.author.display_name if one.author else "",
            kind.place(one),
        )
        for one in found
    }


def _reports(pks: list[int]) -> dict[int, Row]:
    reports = Report.objects.filter(pk__in=pks).select_related("reporter")
    subjects = load_subjects(reports)
    rows = {}
    for one in reports:
        subject = subjects.get((one.content_type_id, one.object_id))
        who = one.reporter.display_name if one.reporter else _("A reader")
        where = title_of(subject) if subject is not None else ""
        rows[one.pk] = (_("Report"), _("Reported: %(kind)s") % {"kind": one.get_kind_display()}, who, where)
    return rows


def load_subjects(rows: Any) -> dict[tuple[int, int], Any]:
    """What reports or decisions are about, loaded with one query for each type."""
    numbers: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        numbers[row.content_type_id].add(row.object_id)
    by_model = {kind.model: kind for kind in kinds()}
    found: dict[tuple[int, int], Any] = {}
    for type_id, pks in numbers.items():
        model: Any = ContentType.objects.get_for_id(type_id).model_class()
        if model is None:
            continue
        kind = by_model.get(model)
        objects = model._default_manager.filter(pk__in=pks)
        for one in objects.select_related(*kind.select) if kind else objects:
            found[type_id, one.pk] = one
    return found


def organisations_of(pages: Any) -> dict[int, str]:
    """The short names of the organisations that pages stand under, by page, in one query."""
    paths = {page.pk: page.path for page in pages}
    steplen = Page.steplen
    above = {path[:end] for path in paths.values() for end in range(steplen, len(path) + 1, steplen)}
    found = OrganisationPage.objects.filter(path__in=above).select_related("organisation")
    names = {page.path: page.organisation.short_name for page in found}
    return {
        pk: next((name for path_above, name in names.items() if path.startswith(path_above)), "")
        for pk, path in paths.items()
    }


def _reports_for(user: Any) -> Any:
    """Open reports, without those about what the person wrote."""
    waiting = Report.objects.waiting()
    for kind in kinds():
        own = kind.model._default_manager.filter(author=user).values("pk")
        waiting = waiting.exclude(content_type=ContentType.objects.get_for_model(kind.model), object_id__in=own)
    return waiting


def _shorten(text: str, length: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
