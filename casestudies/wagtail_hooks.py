"""What the CMS adds for case studies, and the guard at the documents' door."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import SiteSummaryPanel
from wagtail.admin.views.home import UserObjectsInWorkflowModerationPanel
from wagtail.admin.widgets.button import Button

from casestudies import admin_views
from casestudies.editor_views import CaseStudyViewSet
from casestudies.media import may_see_document
from casestudies.models import CaseStudyPage
from casestudies.permissions import can_use_as_start
from casestudies.viewsets import IndicatorViewSet
from casestudies.word import admin_views as word_views


@hooks.register("register_admin_viewset")
def indicators() -> IndicatorViewSet:
    return IndicatorViewSet()


@hooks.register("register_admin_viewset")
def case_studies() -> CaseStudyViewSet:
    return CaseStudyViewSet()


@hooks.register("before_serve_document")
def as_private_as_the_pages_that_use_it(document: Any, request: HttpRequest) -> None:
    if not may_see_document(request.user, document):
        raise Http404


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("case-studies/start/", admin_views.start, name="start_case_study"),
        path("case-studies/<number:pk>/use-as-start/", admin_views.use_as_start, name="use_as_start"),
        path("case-studies/import-word/", word_views.import_word, name="import_word"),
        path("case-studies/import-word/<uuid:pk>/", word_views.preview_word, name="preview_word"),
    ]


@hooks.register("register_page_header_buttons")
def start_for_another(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if page.specific_class is CaseStudyPage and can_use_as_start(user, page):
        yield Button(
            _("Use as a start for another"), reverse("use_as_start", args=[page.pk]), icon_name="copy", priority=35
        )


@hooks.register("insert_global_admin_css")
def styles() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/cms.css"))


class StartMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return admin_views.organisations_of_author(request.user).exists()


@hooks.register("register_admin_menu_item")
def start_menu_item() -> MenuItem:
    return StartMenuItem(_("Write a case study"), reverse("start_case_study"), icon_name="edit", order=10)


@hooks.register("construct_homepage_panels")
def my_work_first(request: HttpRequest, panels: list[Any]) -> None:
    """An author's own work, instead of Wagtail's counts and its list of what was submitted."""
    if not admin_views.organisations_of_author(request.user).exists():
        return
    replaced = (SiteSummaryPanel, UserObjectsInWorkflowModerationPanel)
    panels[:] = [admin_views.MyCaseStudies(), *(panel for panel in panels if not isinstance(panel, replaced))]
