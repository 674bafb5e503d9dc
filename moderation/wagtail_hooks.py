"""What the CMS would let people do round a review, and may not (`tests/moderation/test_workflow_*.py`)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, WorkflowState

from moderation.locked_cases import can_open, closed_file, closed_pages
from moderation.permissions import can_see_queue
from moderation.viewsets import ReasonViewSet


def _numbers(pages: Iterable[Page]) -> list[int]:
    """Of the pages and of everything beneath them."""
    beneath = Q(pk__in=[])
    for page in pages:
        beneath |= Q(path__startswith=page.path)
    return list(Page.objects.filter(beneath).values_list("pk", flat=True))


def under_review(pages: Iterable[Page]) -> bool:
    """Whether any of the pages, or anything beneath them, is with a reviewer."""
    ids = [str(pk) for pk in _numbers(pages)]
    return WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS,
        object_id__in=ids,
        base_content_type__app_label=Page._meta.app_label,
        base_content_type__model=Page._meta.model_name,
    ).exists()


def _refuse(request: HttpRequest, words: str) -> HttpResponse:
    messages.error(request, words)
    return redirect(reverse("wagtailadmin_home"))


def _refuse_under_review(request: HttpRequest, pages: Iterable[Page]) -> HttpResponse | None:
    if under_review(pages):
        return _refuse(
            request, _("A reviewer is reading this. Withdraw it from review first, or wait for the decision.")
        )
    return None


@hooks.register("before_bulk_action")
def guard_bulk_actions(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    """Publishing many at once would pass the review by; moving or deleting would pull a page from under it, or from a
    locked case: Wagtail asks none of the hooks for single pages here. Nor do a locked case's pictures and documents go.
    """
    library = (get_image_model(), get_document_model())
    if any(isinstance(one, library) and closed_file(request.user, one) for one in objects):
        return _refuse(request, _("This page is part of a case that only a few people may see."))
    pages = [one for one in objects if isinstance(one, Page)]
    if not pages:
        return None
    if action_type == "publish" and not request.user.is_superuser:
        return _refuse(request, _("Pages are published by approving them in the moderation queue."))
    if closed_pages(request.user).intersection(_numbers(pages)):
        return _refuse(request, _("This page is part of a case that only a few people may see."))
    return _refuse_under_review(request, pages)


def _refuse_locked(request: HttpRequest, page: Page) -> HttpResponse | None:
    if can_open(request.user, page.specific):
        return None
    return _refuse(request, _("This page is part of a case that only a few people may see."))


@hooks.register("before_edit_page")
def guard_editing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """What a locked case is about is seen by nobody else, its authors included, and it stays as it was."""
    return _refuse_locked(request, page)


@hooks.register("before_copy_page")
def guard_copying(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse_locked(request, page)


@hooks.register("before_delete_page")
def guard_deletion(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse_locked(request, page) or _refuse_under_review(request, [page])


@hooks.register("before_move_page")
def guard_move(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    """A page that moved under another organisation would be reviewed by that one's approver."""
    return _refuse_under_review(request, [page])


class QueueMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_see_queue(request.user)


@hooks.register("register_admin_menu_item")
def queue_menu_item() -> MenuItem:
    return QueueMenuItem(_("Moderation"), reverse("moderation_queue"), name="moderation", icon_name="view", order=90)


@hooks.register("register_admin_viewset")
def reasons() -> ReasonViewSet:
    return ReasonViewSet()
