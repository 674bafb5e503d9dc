from typing import Any

from django.apps import AppConfig
from django.core.checks import register


class DigestsConfig(AppConfig):
    name = "digests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import email_changed
        from anymail.signals import tracking

        from accounts.mail import sends_account_mail
        from core import post
        from digests import checks, events, offers, stories, targets, webhooks
        from digests import holdings as _holdings  # noqa: F401 - they register themselves
        from digests import retention_rules as _rules  # noqa: F401 - they register themselves
        from digests.services.account_mail import queue_account_mail
        from digests.services.post import queue_letters, withdraw_letter

        targets.register_own()
        offers.register_own()
        stories.register_own()
        events.register()
        sends_account_mail(queue_account_mail)
        post.delivered_by(queue_letters, recall=withdraw_letter)
        register(checks.reports_are_heard)
        register(checks.return_address_can_be_used)
        tracking.connect(webhooks.take_in, dispatch_uid="digests.webhooks")
        email_changed.connect(_write_to_the_new_address, dispatch_uid="digests.email_changed")


def _write_to_the_new_address(sender: Any, user: Any, **kwargs: Any) -> None:
    from digests.services import revive_mail

    revive_mail(person=user)
