"""What an operator should hear of before readers do."""

from typing import Any

from django.conf import settings
from django.core import checks

from digests.webhooks import NotTrusted, view_for


def reports_are_heard(**kwargs: Any) -> list[checks.CheckMessage]:
    """W001: mail leaves through a provider whose reports of bounces and complaints are refused."""
    problems: list[checks.CheckMessage] = []
    for provider in settings.MAIL_REPORTS_FROM:
        try:
            view_for(provider)
        except NotTrusted as error:
            problems.append(
                checks.Warning(
                    f"Bounces and complaints that {provider} reports are refused: {error}",
                    hint=f"README, “Reports about mail”. The address is {settings.BASE_URL}/mail/webhooks/{provider}/.",
                    id="digests.W001",
                )
            )
    return problems
