"""An author's own work: what is under way, where it stands, how long that takes, and how far it has travelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, TaskState, WorkflowState

from casestudies.choices import Outcome
from casestudies.completeness import Completeness, completeness, completeness_of
from casestudies.models import CaseStudyPage, ReadCount
from casestudies.selectors.adoptions import case_studies_of
from members.models import Organisation, Role
from moderation.waits import Wait, step_of, usual_times, waits_of

SHOWN = 20
READ_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class MyCaseStudy:
    """One case study and where it stands. `since` is when it came to the step that it waits at."""

    page: CaseStudyPage
    title: str
    status: str
    completeness: Completeness
    mine: bool
    needs_changes: bool = False
    since: datetime | None = None
    takes: str = ""
    step: int | None = None
    wait: Wait | None = None
    outcomes: str = ""
    adoptions: int = 0
    reads: int = 0
    from_search: int = 0

    @property
    def is_draft(self) -> bool:
        return not self.page.live


def organisations_of_author(user: Any) -> Any:
    return Organisation.objects.listed().with_role(user, Role.AUTHOR, Role.LEAD)


def case_studies_of_author(user: Any) -> Any:
    """Everything of the person's organisations, drafts included."""
    return case_studies_of(organisations_of_author(user))


def my_case_studies(user: Any, *, limit: int = SHOWN) -> list[MyCaseStudy]:
    """The latest of the person's organisations, in a number of queries that does not grow with the list."""
    pages = list(
        case_studies_of_author(user)
        .select_related("latest_revision", "standing")
        .without_texts()
        .order_by("-latest_revision_created_at", "-pk")[:limit]
    )
    waiting = _waiting(pages)
    reads = _reads(pages)
    own = [page.pk for page in pages]
    takes = usual_times(own_pages=own)
    steps = [step for state in waiting.values() if (step := _open_step(state))]
    waits = waits_of(steps, own_pages=own)
    return [_one(page, user=user, state=waiting.get(page.pk), reads=reads, takes=takes, waits=waits) for page in pages]


def due_for_confirmation(user: Any, *, today: date | None = None) -> int:
    """How many published case studies of the person's organisations should be confirmed."""
    due = CaseStudyPage.objects.due_for_confirmation(today or timezone.localdate())
    return int(due.filter(pk__in=case_studies_of_author(user).values("pk")).count())


def _one(
    page: CaseStudyPage,
    *,
    user: Any,
    state: WorkflowState | None,
    reads: dict[int, Any],
    takes: dict[str, str],
    waits: dict[int, Wait],
) -> MyCaseStudy:
    standing = getattr(page, "standing", None)
    step = _open_step(state)
    read = reads.get(page.pk, {})
    return MyCaseStudy(
        page=page,
        title=page.draft_title or page.title,
        status=_status(page, state, step),
        completeness=completeness_of(page.latest_revision.content) if page.latest_revision else completeness(page),
        mine=page.owner_id == user.pk,
        needs_changes=bool(state and state.status == WorkflowState.STATUS_NEEDS_CHANGES),
        since=step.started_at if step else None,
        takes=takes.get(step_of(step), "") if step else "",
        step=step.pk if step else None,
        wait=waits.get(step.pk) if step else None,
        adoptions=standing.adoptions if standing else 0,
        outcomes=_outcomes(standing.outcomes if standing else {}),
        reads=read.get("reads") or 0,
        from_search=read.get("from_search") or 0,
    )


def _outcomes(counts: dict[str, int]) -> str:
    """“worked: 2, did not work: 1”."""
    return ", ".join(f"{Outcome(code).label.lower()}: {counts[code]}" for code in Outcome.values if counts.get(code))


def _status(page: CaseStudyPage, state: WorkflowState | None, step: TaskState | None) -> str:
    if state and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        return _("Changes asked for")
    if step:
        return _("Waiting: %(step)s") % {"step": step.task.name}
    if page.live:
        return _("Published, with changes not yet submitted") if page.has_unpublished_changes else _("Published")
    return _("Draft")


def _open_step(state: WorkflowState | None) -> TaskState | None:
    step = state.current_task_state if state else None
    return step if step and step.status == TaskState.STATUS_IN_PROGRESS else None


def _waiting(pages: Sequence[CaseStudyPage]) -> dict[int, WorkflowState]:
    states = WorkflowState.objects.active().filter(
        base_content_type=ContentType.objects.get_for_model(Page), object_id__in=[str(page.pk) for page in pages]
    )
    return {int(state.object_id): state for state in states.select_related("current_task_state__task__content_type")}


def _reads(pages: Sequence[CaseStudyPage]) -> dict[int, Any]:
    since = timezone.localdate() - timedelta(days=READ_DAYS)
    rows = ReadCount.objects.filter(page__in=[page.pk for page in pages], day__gt=since)
    summed = rows.values("page").annotate(reads=Sum("reads"), from_search=Sum("from_search"))
    return {row["page"]: row for row in summed}
