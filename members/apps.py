from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in, user_signed_up
        from wagtail.permissions import register_permission_policy

        from accounts.second_step import asks_for_it
        from core.permission_policies import AdministratorsChange, AdministratorsOnly
        from members import events, holdings, letters, permissions, retention_rules, sign_in, signals  # noqa: F401 - by import
        from members.models import EmailDomain, Membership, Organisation, SignInProvider

        events.connect()
        signals.connect()
        for role in (permissions.is_moderator, permissions.is_editor, permissions.is_operator):
            asks_for_it(role)
        register_permission_policy(Membership, AdministratorsOnly(Membership))
        register_permission_policy(EmailDomain, AdministratorsOnly(EmailDomain))
        register_permission_policy(Organisation, AdministratorsChange(Organisation))
        register_permission_policy(SignInProvider, AdministratorsOnly(SignInProvider))
        user_logged_in.connect(sign_in.connect_after_proof, dispatch_uid="members.connect_after_proof")
        user_signed_up.connect(sign_in.join_by_council, dispatch_uid="members.join_by_council")
