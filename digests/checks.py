"""What an operator should hear of before readers do."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from digests.webhooks import NotTrusted, view_for

# The part before the @ has 64 letters at most (RFC 5321), 33 of which are the + and the number.
LONGEST = 31


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


def return_address_can_be_used(**kwargs: Any) -> list[checks.CheckMessage]:
    """E001: with it, every mail would be refused."""
    if not settings.BOUNCE_ADDRESS:
        return []
    problem = ""
    if settings.EMAIL_PROVIDER:
        problem = "is for an SMTP server; a provider has return addresses and reports of its own"
    else:
        try:
            validate_email(settings.BOUNCE_ADDRESS)
        except ValidationError:
            problem = "is no address"
        if "+" in settings.BOUNCE_ADDRESS or len(settings.BOUNCE_ADDRESS.rpartition("@")[0]) > LONGEST:
            problem = f"must have a short name before the @, of {LONGEST} letters at most, without a +"
    hint = "Write bounces@example.org: a mailbox that takes bounces+anything@example.org as well."
    return [checks.Error(f"BOUNCE_ADDRESS {problem}.", hint=hint, id="digests.E001")] if problem else []
