from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from accounts.second_step import asks_for_it
        from core.permission_policies import AdministratorsChange, AdministratorsOnly
        from members import events, holdings, letters, permissions, retention_rules, signals  # noqa: F401 - by import
        from members.models import EmailDomain, Membership, Organisation

        events.connect()
        signals.connect()
        for role in (permissions.is_moderator, permissions.is_editor, permissions.is_operator):
            asks_for_it(role)
        register_permission_policy(Membership, AdministratorsOnly(Membership))
        register_permission_policy(EmailDomain, AdministratorsOnly(EmailDomain))
        register_permission_policy(Organisation, AdministratorsChange(Organisation))
