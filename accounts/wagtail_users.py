"""Wagtail's people pages, for a user model whose login is its email address."""

from typing import Any

from wagtail.users.apps import WagtailUsersAppConfig


class UsersAppConfig(WagtailUsersAppConfig):
    user_viewset = "accounts.viewsets.PersonViewSet"

    # Declared here so that no other AppConfig of wagtail.users is chosen by default.
    default: Any = False
