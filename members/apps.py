from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from core.permission_policies import AdministratorsOnly
        from members import events
        from members.models import Membership

        events.connect()
        register_permission_policy(Membership, AdministratorsOnly(Membership))
