from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.models import Group
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import post_save
        from wagtail.permissions import register_permission_policy

        from accounts import holdings as _holdings  # noqa: F401 - as above
        from accounts import letters, retention_rules, second_step, services, sessions  # noqa: F401 - they register by import
        from accounts.models import User
        from accounts.privacy import letters as _letters  # noqa: F401 - they register themselves
        from core.permission_policies import AdministratorsOnly

        # Who may change people or groups may make an administrator of anybody, so no group's permission opens this.
        # Exactly these classes: Wagtail's own, looser policies are registered later.
        for model in (User, Group):
            register_permission_policy(model, AdministratorsOnly(model), exact_class=True)
        email_confirmed.connect(services.distrust_password_before_code, dispatch_uid="accounts.distrust_password")
        authenticator_added.connect(second_step.count_setting_up, dispatch_uid="accounts.count_setting_up")
        user_logged_in.connect(sessions.note_sign_in, dispatch_uid="accounts.note_sign_in")
        post_save.connect(sessions.end_sessions_of_the_inactive, sender=User, dispatch_uid="accounts.end_sessions")
