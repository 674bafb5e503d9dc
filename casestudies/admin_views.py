"""What an author meets first in the CMS: the short form, and the list of what is under way."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from casestudies.forms import StartForm
from casestudies.models import CaseStudyPage
from casestudies.permissions import can_use_as_start
from casestudies.selectors.my_work import READ_DAYS, due_for_confirmation, my_case_studies, organisations_of_author
from casestudies.services import start_case_study, start_from_case_study
from moderation.permissions import reviewable_by


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


def use_as_start(request: HttpRequest, pk: int) -> HttpResponse:
    """`/cms/case-studies/<pk>/use-as-start/`: the question, and on yes the draft."""
    source = get_object_or_404(CaseStudyPage.objects.live(), pk=pk)
    if not can_use_as_start(request.user, source):
        raise PermissionDenied
    if request.method == "POST":
        page = start_from_case_study(source=source, by=request.user)  # type: ignore[arg-type]  # asked above
        messages.success(request, _("Your draft is ready. Nothing is published before it has been reviewed."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    context = {"source": source, "page_title": _("Use as a start for another"), "header_icon": "copy"}
    return render(request, "casestudies/cms/use_as_start.html", context)


class MyCaseStudies(Component):
    """The first thing on an author's page in the CMS."""

    order = 10
    template_name = "casestudies/cms/my_case_studies.html"

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        user = (parent_context or {})["request"].user
        found = my_case_studies(user)
        return {
            "drafts": [one for one in found if one.is_draft],
            "published": [one for one in found if not one.is_draft],
            "changes": [one for one in found if one.needs_changes],
            "to_approve": reviewable_by(user).count(),
            "due": due_for_confirmation(user),
            "read_days": READ_DAYS,
        }
