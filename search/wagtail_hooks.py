"""The CMS's Search menu: what staff say about words and results. `register_search_menu_item` adds to it."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

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
        _("Search"), Menu(register_hook_name="register_search_menu_item"), name="search", icon_name="search", order=420
    )
