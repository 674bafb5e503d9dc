"""The CMS's “Site search” menu: what staff say about words and results. `register_search_menu_item` adds to it.

What people search for is among the reports.
"""

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.contrib.search_promotions.wagtail_hooks import SearchPicksMenuItem

from search import admin_views, promotion_views
from search.permissions import can_read_search_report
from search.viewsets import SynonymViewSet

_synonyms = SynonymViewSet()


@hooks.register("register_admin_viewset")
def synonyms() -> SynonymViewSet:
    return _synonyms


@hooks.register("register_search_menu_item")
def synonyms_menu_item() -> MenuItem:
    item: MenuItem = _synonyms.get_menu_item(order=100)
    return item


@hooks.register("register_admin_menu_item")
def search_menu() -> MenuItem:
    return SubmenuMenuItem(
        _("Site search"),
        Menu(register_hook_name="register_search_menu_item"),
        name="site-search",
        icon_name="search",
        order=420,
    )


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("reports/searches/", admin_views.search_report, name="search_report"),
        path("reports/search-state/", admin_views.search_state, name="search_state"),
    ]


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_read_search_report(request.user)


@hooks.register("register_reports_menu_item")
def report_menu_item() -> MenuItem:
    return ReportMenuItem(_("What people search for"), reverse("search_report"), icon_name="search", order=700)


@hooks.register("register_reports_menu_item")
def state_menu_item() -> MenuItem:
    return ReportMenuItem(_("How search is"), reverse("search_state"), icon_name="success", order=710)


@hooks.register("register_admin_urls", order=-1)
def chosen_results() -> list[URLPattern]:
    return promotion_views.urls()


@hooks.register("register_search_menu_item")
def chosen_menu_item() -> MenuItem:
    return SearchPicksMenuItem(
        _("Chosen results"),
        reverse("wagtailsearchpromotions:index"),
        name="chosen-results",
        icon_name="pick",
        order=200,
    )


@hooks.register("construct_settings_menu")
def one_door_to_chosen_results(request: HttpRequest, items: list[MenuItem]) -> None:
    items[:] = [item for item in items if item.name != "promoted-search-results"]


@hooks.register("construct_reports_menu")
def one_report_of_searches(request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail's own counts what nobody tells it."""
    items[:] = [item for item in items if item.name != "search-terms"]
