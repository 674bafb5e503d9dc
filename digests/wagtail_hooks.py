"""The CMS's “Mail” menu, for those who keep mail going. `register_mail_menu_item` adds to it."""

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from digests.permissions import can_look_after_mail
from digests.staff import views


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
    ]


@hooks.register("register_mail_menu_item")
def runs_menu_item() -> MenuItem:
    return MailMenuItem(_("Digest runs"), reverse("mail_runs"), name="mail-runs", icon_name="history", order=100)
