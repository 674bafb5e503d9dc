"""The CMS's “Mail” menu, for those who keep mail going. `register_mail_menu_item` adds to it."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.widgets.button import Button

from digests.permissions import can_look_after_mail
from digests.staff import address_views, mail_views, person_views, preview_views, rehearsal_views, upkeep_views, views


class MailMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_look_after_mail(request.user)


@hooks.register("register_admin_menu_item")
def mail_menu() -> MenuItem:
    return SubmenuMenuItem(
        _("Mail"), Menu(register_hook_name="register_mail_menu_item"), name="mail", icon_name="mail", order=430
    )


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("mail/", views.run_list, name="mail_runs"),
        path("mail/runs/<number:pk>/", views.run, name="mail_run"),
        path("mail/mails/", mail_views.mail_list, name="mail_mails"),
        path("mail/mails/<number:pk>/", mail_views.mail, name="mail_mail"),
        re_path(r"^mail/mails/(?P<pk>[0-9]{1,18})/(?P<do>again|aside)/$", mail_views.change_mail, name="mail_change"),
        re_path(r"^mail/mails/(?P<do>again|aside)/$", mail_views.change_mails, name="mail_change_all"),
        path("mail/people/", person_views.people, name="mail_people"),
        path("mail/people/<number:pk>/", person_views.person, name="mail_person"),
        path("mail/previews/", preview_views.preview_list, name="mail_previews"),
        path("mail/previews/<slug:kind>/<slug:variant>/", preview_views.preview, name="mail_preview"),
        path("mail/previews/<slug:kind>/<slug:variant>/html/", preview_views.preview_html, name="mail_preview_html"),
        path("mail/dry-run/", rehearsal_views.dry_run, name="mail_dry_run"),
        path("mail/addresses/", address_views.address_list, name="mail_addresses"),
        path("mail/addresses/<number:pk>/", address_views.allow_address, name="mail_address"),
        path("mail/deeds/", person_views.deeds, name="mail_deeds"),
        path("mail/upkeep/", upkeep_views.upkeep, name="mail_upkeep"),
    ]


def _add_to_menu(label: Any, url_name: str, *, icon: str, order: int) -> None:
    def item() -> MenuItem:
        return MailMenuItem(label, reverse(url_name), name=url_name.replace("_", "-"), icon_name=icon, order=order)

    hooks.register("register_mail_menu_item", item)


_add_to_menu(_("Digest runs"), "mail_runs", icon="history", order=100)
_add_to_menu(_("Mails"), "mail_mails", icon="mail", order=200)
_add_to_menu(_("Somebody’s mail"), "mail_people", icon="user", order=300)
_add_to_menu(_("Addresses without mail"), "mail_addresses", icon="warning", order=350)
_add_to_menu(_("Dry run"), "mail_dry_run", icon="view", order=400)
_add_to_menu(_("Previews"), "mail_previews", icon="desktop", order=500)
_add_to_menu(_("Pace and retention"), "mail_upkeep", icon="cogs", order=800)
_add_to_menu(_("What staff did"), "mail_deeds", icon="list-ul", order=900)


@hooks.register("register_user_listing_buttons")
def mail_of_a_person(user: Any, request_user: Any) -> Iterator[Button]:
    if can_look_after_mail(request_user):
        yield Button(_("Mail"), reverse("mail_person", args=[user.pk]), icon_name="mail", priority=40)
