"""Mail through a provider's web interface instead of SMTP: `EMAIL_URL=anymail:postmark` and the provider's secrets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from django.core.exceptions import ImproperlyConfigured

PREFIX = "ANYMAIL_"
# Any provider's: what its reports have to show (user:password), and how long we wait for its answer, in seconds.
COMMON = ("WEBHOOK_SECRET", "REQUESTS_TIMEOUT")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What it `needs` and what it `takes`, without its name in front; `tracks` is whether it has pixels to refuse."""

    needs: tuple[str, ...] = ("API_KEY",)
    takes: tuple[str, ...] = ("API_URL",)
    tracks: bool = True


PROVIDERS = {
    "amazon_ses": Provider(needs=(), takes=("CONFIGURATION_SET_NAME",), tracks=False),
    "brevo": Provider(tracks=False),
    "mailersend": Provider(needs=("API_TOKEN",), takes=("API_URL", "SIGNING_SECRET")),
    "mailgun": Provider(takes=("API_URL", "SENDER_DOMAIN", "WEBHOOK_SIGNING_KEY")),
    "mailjet": Provider(needs=("API_KEY", "SECRET_KEY")),
    "mailtrap": Provider(needs=("API_TOKEN",), takes=("API_URL", "TRACKING_SECRET"), tracks=False),
    "mandrill": Provider(takes=("API_URL", "WEBHOOK_KEY", "WEBHOOK_URL")),
    "postal": Provider(needs=("API_KEY", "API_URL"), takes=("WEBHOOK_KEY",), tracks=False),
    "postmark": Provider(needs=("SERVER_TOKEN",), takes=("API_URL", "MESSAGE_STREAM")),
    "resend": Provider(takes=("API_URL", "SIGNING_SECRET"), tracks=False),
    "sparkpost": Provider(takes=("API_URL", "SUBACCOUNT")),
}
# Whose SMTP server may be in EMAIL_URL, and whose reports are understood, without an interface of its own to send by.
REPORT_ONLY = {"sendgrid"}


def provider_settings(name: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Django's settings for it. An unknown one, a secret that is missing or misspelt: `ImproperlyConfigured`."""
    if name not in PROVIDERS:
        raise ImproperlyConfigured(
            f"EMAIL_URL: there is no mail provider {name!r}. Write anymail: and one of {', '.join(PROVIDERS)}."
        )
    provider, own = PROVIDERS[name], f"{name.upper()}_"
    given = {
        key.removeprefix(PREFIX): value
        for key, value in environment.items()
        if key.startswith(PREFIX) and value.strip()
    }
    known = {f"{own}{one}" for one in (*provider.needs, *provider.takes)} | set(COMMON)
    if strange := sorted(set(given) - known):
        raise ImproperlyConfigured(
            f"{_named(strange)}: not known for the mail provider {name}, which takes {_named(sorted(known))}."
        )
    if missing := sorted(f"{own}{one}" for one in provider.needs if f"{own}{one}" not in given):
        raise ImproperlyConfigured(f"The mail provider {name} needs {_named(missing)}.")
    if name == "amazon_ses" and find_spec("boto3") is None:
        raise ImproperlyConfigured("The mail provider amazon_ses needs boto3: install requirements/s3.txt.")
    if provider.tracks:
        # Nobody is watched while they read: no pixel, and links stay as we wrote them.
        given[f"{own}SEND_DEFAULTS"] = {"track_opens": False, "track_clicks": False}  # type: ignore[assignment]  # the others are texts
    try:
        timeout = float(given.pop("REQUESTS_TIMEOUT", 20))
    except ValueError as error:
        raise ImproperlyConfigured(f"{PREFIX}REQUESTS_TIMEOUT: {error}.") from error
    return {
        "OUTGOING_EMAIL_BACKEND": f"anymail.backends.{name}.EmailBackend",
        "EMAIL_PROVIDER": name,
        "ANYMAIL": {**given, "REQUESTS_TIMEOUT": timeout},
    }


def report_secrets(names: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    """How the reports of these providers show whose they are: the shared secret, and what they sign with.

    An unknown provider: `ImproperlyConfigured`.
    """
    if strange := sorted(set(names) - set(PROVIDERS) - REPORT_ONLY):
        raise ImproperlyConfigured(f"MAIL_REPORTS_FROM: there is no mail provider {', '.join(strange)}.")
    own = tuple(f"{PREFIX}{name.upper()}_" for name in names)
    return {
        key.removeprefix(PREFIX): value
        for key, value in environment.items()
        if own and value.strip() and (key == f"{PREFIX}WEBHOOK_SECRET" or key.startswith(own))
    }


def _named(settings: list[str]) -> str:
    return ", ".join(f"{PREFIX}{one}" for one in settings)
