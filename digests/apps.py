from django.apps import AppConfig


class DigestsConfig(AppConfig):
    name = "digests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.mail import sends_account_mail
        from digests import events, stories, targets
        from digests.services.account_mail import queue_account_mail

        targets.register_own()
        stories.register_own()
        events.register()
        sends_account_mail(queue_account_mail)
