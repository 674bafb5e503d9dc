"""Who may manage rows that are not pages."""

from collections.abc import Iterable
from typing import Any

from wagtail.permission_policies import ModelPermissionPolicy


class AdministratorsOnly(ModelPermissionPolicy):
    """Whatever the groups' permissions say. For what could be used to give oneself more rights: people and groups."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(user.is_active and user.is_superuser)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return self.user_has_permission(user, "")


class AdministratorsChange(AdministratorsOnly):
    """What is made and ended elsewhere, by services, and only mended here."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in {"change", "view"} and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)
