"""What the CMS adds for opportunities: a beginning, and the two buttons of a published one."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from places.models import OpportunityPage, Window
from places.opportunities import admin_views
from places.permissions import can_withdraw_opportunity


@hooks.register("register_admin_urls")
def opportunity_urls() -> list[URLPattern]:
    return [
        path("opportunities/start/", admin_views.start, name="start_opportunity"),
        path("opportunities/<number:pk>/withdraw/", admin_views.withdraw, name="withdraw_opportunity"),
        path("opportunities/<number:pk>/reinstate/", admin_views.reinstate, name="reinstate_opportunity"),
    ]


@hooks.register("register_page_header_buttons")
def call_off(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if page.specific_class is not OpportunityPage or not can_withdraw_opportunity(user, page):
        return
    if Window.objects.filter(page=page.pk).exclude(withdrawn_at=None).exists():
        words, name, icon = _("Take the withdrawal back"), "reinstate_opportunity", "undo"
    else:
        words, name, icon = _("Withdraw this opportunity"), "withdraw_opportunity", "no-view"
    yield Button(words, reverse(name, args=[page.pk]), icon_name=icon, priority=35)


class StartMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(admin_views.may_start_for(request.user))


@hooks.register("register_admin_menu_item")
def start_menu_item() -> MenuItem:
    return StartMenuItem(_("Publish an opportunity"), reverse("start_opportunity"), icon_name="date", order=20)
