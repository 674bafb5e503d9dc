from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from accounts.second_step import asks_for_it
        from core.permission_policies import AdministratorsChange, AdministratorsOnly
        from members import events, permissions
        from members import holdings as _holdings  # noqa: F401 - they register themselves
        from members.models import Membership, Organisation

        events.connect()
        for role in (permissions.is_moderator, permissions.is_editor, permissions.is_operator):
            asks_for_it(role)
        register_permission_policy(Membership, AdministratorsOnly(Membership))
        register_permission_policy(Organisation, AdministratorsChange(Organisation))
