"""What an author meets first in the CMS: the short form, and the list of what is under way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.models import Page, TaskState, WorkflowState

from casestudies.completeness import completeness
from casestudies.forms import StartForm
from casestudies.models import CaseStudyPage
from casestudies.services import start_case_study
from members.models import Organisation, OrganisationPage, Role

SHOWN = 20


def organisations_of_author(user: Any) -> Any:
    return Organisation.objects.listed().with_role(user, Role.AUTHOR, Role.LEAD)


def start(request: HttpRequest) -> HttpResponse:
    """`/cms/case-studies/start/`"""
    organisations = organisations_of_author(request.user)
    if not organisations.exists():
        raise PermissionDenied
    form = StartForm(request.POST or None, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        page = start_case_study(**form.cleaned_data, by=request.user)  # type: ignore[arg-type]  # signed in, see above
        return redirect("wagtailadmin_pages:edit", page.pk)
    context = {
        "form": form,
        "page_title": _("Write a case study"),
        "header_icon": "doc-full-inverse",
        "submit_button_label": _("Start"),
        "action_url": request.path,
        "media": form.media,
    }
    return render(request, "casestudies/cms/start.html", context, status=200)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One case study and where it stands, in words."""

    title: str
    url: str
    status: str
    percent: int
    mine: bool


def standings(user: Any) -> list[Standing]:
    """The latest of the person's organisations, in a number of queries that does not grow with the list."""
    paths = OrganisationPage.objects.filter(organisation__in=organisations_of_author(user))
    below = CaseStudyPage.objects.none()
    for page in paths:
        below = below | CaseStudyPage.objects.descendant_of(page)
    pages = list(below.order_by("-latest_revision_created_at")[:SHOWN])
    states = WorkflowState.objects.active().filter(
        base_content_type=ContentType.objects.get_for_model(Page), object_id__in=[str(page.pk) for page in pages]
    )
    waiting = {int(state.object_id): state for state in states.select_related("current_task_state__task")}
    return [
        Standing(
            title=page.draft_title,
            url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
            status=_status(page, waiting.get(page.pk)),
            percent=completeness(page).percent,
            mine=page.owner_id == user.pk,
        )
        for page in pages
    ]


def _status(page: CaseStudyPage, state: WorkflowState | None) -> str:
    if state and state.current_task_state:
        if state.status == WorkflowState.STATUS_NEEDS_CHANGES:
            return _("Changes asked for")
        if state.current_task_state.status == TaskState.STATUS_IN_PROGRESS:
            return _("Waiting: %(step)s") % {"step": state.current_task_state.task.name}
    if page.live:
        return _("Published, with changes not yet submitted") if page.has_unpublished_changes else _("Published")
    return _("Draft")


class MyCaseStudies(Component):
    """The first thing on an author's page in the CMS."""

    order = 10
    template_name = "casestudies/cms/my_case_studies.html"

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        user = (parent_context or {})["request"].user
        return {
            "standings": standings(user),
            "start_url": reverse("start_case_study"),
            "word_url": reverse("import_word"),
        }
