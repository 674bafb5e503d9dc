from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from core.permission_policies import AdministratorsChange, AdministratorsOnly
        from members import events
        from members.models import Membership, Organisation

        events.connect()
        register_permission_policy(Membership, AdministratorsOnly(Membership))
        register_permission_policy(Organisation, AdministratorsChange(Organisation))
