"""Pages in review: the steps that a person may decide."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page, TaskState

from moderation.due import page_due, page_working_days
from moderation.locked_cases import closed_pages
from moderation.models import ReviewTaskState
from moderation.permissions import reviewable_by
from moderation.queue.loading import organisations_of
from moderation.queue.sources import Entry, Row, Source, register

NAME = "page"


def _entries(user: Any) -> list[Entry]:
    closed = [str(pk) for pk in closed_pages(user)]
    return _lines(reviewable_by(user).exclude(workflow_state__object_id__in=closed))


def _waiting() -> list[Entry]:
    return _lines(ReviewTaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS))


def _lines(steps: Any) -> list[Entry]:
    found = list(steps.values_list("pk", "started_at"))
    days = page_working_days() if found else 0
    return [Entry(kind=NAME, pk=pk, since=since, due=page_due(since, days)) for pk, since in found]


def _rows(pks: list[int]) -> dict[int, Row]:
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
        rows[state.pk] = Row(label, state.revision.object_str or page.title, who, owners.get(page.pk, ""))
    return rows


def register_source() -> None:
    register(
        Source(
            name=NAME,
            label=gettext_lazy("Pages"),
            one=gettext_lazy("Page"),
            entries=_entries,
            waiting=_waiting,
            rows=_rows,
            url=lambda pk: reverse("moderation_page", args=[pk]),
        )
    )
