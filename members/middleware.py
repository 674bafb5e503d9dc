"""The doors of the CMS: who still belongs somewhere, and one for every address that names a page."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.permissions import policy_registry

from members.admin_views import CHOOSER, choosable_pages
from members.services.access import settle

# How Wagtail's addresses call a page; `pk` only where the address is about pages at all.
PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id", "page_pk")
PK_IS_A_PAGE = ("wagtailadmin_pages:", "wagtailadmin_api:pages:")

# What the CMS serves to everybody; our own addresses in front of its sign-in redirect, and have no name.
ANYBODYS = {"wagtailadmin_sprite", "wagtailadmin_javascript_catalog", "django.views.generic.base.RedirectView"}


class LapsedMembershipMiddleware:
    """Wagtail asks a person's groups. A membership that has lapsed since leaves them before any of its views asks,
    and before the view of photos, which asks Wagtail.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        match = request.resolver_match
        in_cms = match is not None and match.route.startswith("cms/")
        if match is None or not (in_cms or match.view_name.startswith(("wagtail", "media"))):
            return None
        if match.view_name == "wagtail_serve" or not request.user.is_authenticated or request.user.is_superuser:
            return None
        settle(request.user)
        if not in_cms or match.view_name in ANYBODYS or request.user.has_perm("wagtailadmin.access_admin"):
            return None
        # Wagtail would send them to the sign-in page, which sends whoever is signed in back here, without end.
        reason = _("The CMS is for people who write or sign off for an organisation. Yours gives you no such role now.")
        return render(request, "403.html", {"reason": reason}, status=403)


class PagesOfOthersMiddleware:
    """Somebody else's page is not there, whatever the view behind the address forgets to ask.

    Some of Wagtail's views answer, or leave a message with the title, before they look at who asks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not name.startswith("wagtailadmin") or not request.user.is_authenticated:
            return
        named = page_arguments(name, kwargs)
        if not named:
            return
        if name == CHOOSER:
            pages = choosable_pages(request.user)
        else:
            pages = policy_registry.get_by_type(Page).explorable_instances(request.user)
        if any(not pages.filter(pk=kwargs[argument]).exists() for argument in named):
            raise Http404


def page_arguments(name: str, kwargs: dict[str, Any]) -> list[str]:
    """Which arguments of an address of the CMS are numbers of pages."""
    named = [argument for argument in PAGE_ARGUMENTS if argument in kwargs]
    return [*named, "pk"] if "pk" in kwargs and name.startswith(PK_IS_A_PAGE) else named
