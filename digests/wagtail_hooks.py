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
        path("mail/runs/<int:pk>/", views.run, name="mail_run"),
        path("mail/mails/", mail_views.mail_list, name="mail_mails"),
        path("mail/mails/<int:pk>/", mail_views.mail, name="mail_mail"),
        re_path(r"^mail/mails/(?P<pk>[0-9]{1,18})/(?P<do>again|aside)/$", mail_views.change_mail, name="mail_change"),
        re_path(r"^mail/mails/(?P<do>again|aside)/$", mail_views.change_mails, name="mail_change_all"),
        path("mail/people/", person_views.people, name="mail_people"),
        path("mail/people/<int:pk>/", person_views.person, name="mail_person"),
        path("mail/previews/", preview_views.preview_list, name="mail_previews"),
        path("mail/previews/<slug:kind>/<slug:variant>/", preview_views.preview, name="mail_preview"),
        path("mail/previews/<slug:kind>/<slug:variant>/html/", preview_views.preview_html, name="mail_preview_html"),
        path("mail/dry-run/", rehearsal_views.dry_run, name="mail_dry_run"),
        path("mail/addresses/", address_views.address_list, name="mail_addresses"),
        path("mail/addresses/<int:pk>/", address_views.allow_address, name="mail_address"),
        path("mail/deeds/", person_views.deeds, name="mail_deeds"),
        path("mail/upkeep/", upkeep_views.upkeep, name="mail_upkeep"),
    ]


@hooks.register("register_mail_menu_item")
def runs_menu_item() -> MenuItem:
    return MailMenuItem(_("Digest runs"), reverse("mail_runs"), name="mail-runs", icon_name="history", order=100)


@hooks.register("register_mail_menu_item")
def mails_menu_item() -> MenuItem:
    return MailMenuItem(_("Mails"), reverse("mail_mails"), name="mail-mails", icon_name="mail", order=200)


@hooks.register("register_mail_menu_item")
def people_menu_item() -> MenuItem:
    return MailMenuItem(_("Somebody’s mail"), reverse("mail_people"), name="mail-people", icon_name="user", order=300)


@hooks.register("register_mail_menu_item")
def addresses_menu_item() -> MenuItem:
    return MailMenuItem(
        _("Addresses without mail"), reverse("mail_addresses"), name="mail-addresses", icon_name="warning", order=350
    )


@hooks.register("register_mail_menu_item")
def dry_run_menu_item() -> MenuItem:
    return MailMenuItem(_("Dry run"), reverse("mail_dry_run"), name="mail-dry-run", icon_name="view", order=400)


@hooks.register("register_mail_menu_item")
def previews_menu_item() -> MenuItem:
    return MailMenuItem(_("Previews"), reverse("mail_previews"), name="mail-previews", icon_name="desktop", order=500)


@hooks.register("register_mail_menu_item")
def deeds_menu_item() -> MenuItem:
    return MailMenuItem(_("What staff did"), reverse("mail_deeds"), name="mail-deeds", icon_name="list-ul", order=900)


@hooks.register("register_mail_menu_item")
def upkeep_menu_item() -> MenuItem:
    return MailMenuItem(
        _("Pace and retention"), reverse("mail_upkeep"), name="mail-upkeep", icon_name="cogs", order=800
    )


@hooks.register("register_user_listing_buttons")
def mail_of_a_person(user: Any, request_user: Any) -> Iterator[Button]:
    if can_look_after_mail(request_user):
        yield Button(_("Mail"), reverse("mail_person", args=[user.pk]), icon_name="mail", priority=40)
