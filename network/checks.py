"""Combinations of settings with which a public site must not start. They run in web, worker and commands alike."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def public_site_is_safe(**kwargs: Any) -> list[CheckMessage]:
    """E001–E005 and E007: errors, so that no command of a public site runs before they are mended."""
    if not settings.PRODUCTION:
        return []
    problems: list[CheckMessage] = []
    if settings.DEBUG:
        problems.append(Error("DEBUG is on for a public BASE_URL.", hint="Remove DEBUG.", id="network.E001"))
    if len(settings.SECRET_KEY) < 50:
        problems.append(
            Error("SECRET_KEY is shorter than 50 characters.", hint="Make a long random one.", id="network.E002")
        )
    host = urlsplit(settings.BASE_URL).hostname
    if "*" in settings.ALLOWED_HOSTS or not any(_matches(host, allowed) for allowed in settings.ALLOWED_HOSTS):
        problems.append(
            Error(
                f"ALLOWED_HOSTS must name {host}, and must not be “*”.",
                hint=f"Set ALLOWED_HOSTS={host}.",
                id="network.E003",
            )
        )
    if settings.DEMO:
        problems.append(
            Error("DEMO is on for a public BASE_URL: its passwords are known.", hint="Remove DEMO.", id="network.E004")
        )
    if not settings.REQUIRE_SECOND_FACTOR:
        problems.append(
            Error(
                "REQUIRE_SECOND_FACTOR is off for a public BASE_URL: a stolen password could moderate.",
                hint="Remove REQUIRE_SECOND_FACTOR.",
                id="network.E007",
            )
        )
    if settings.OUTGOING_EMAIL_BACKEND.endswith(("EmlFileBackend", "console.EmailBackend", "locmem.EmailBackend")):
        problems.append(
            Error(
                "EMAIL_URL sends nothing: readers would never get their digests.",
                hint="Set EMAIL_URL=smtp+starttls://user:password@host:587.",
                id="network.E005",
            )
        )
    return problems


@register()
def search_server_can_be_asked(**kwargs: Any) -> list[CheckMessage]:
    """E006, on any site: with an address that is none each search would be an error. The key may be in what is said."""
    if settings.ELASTICSEARCH_URL:
        from search.engines.elastic import ElasticsearchEngine

        try:
            settings.ELASTICSEARCH_API_KEY.encode("ascii")
            ElasticsearchEngine.from_settings()
        except ValueError:
            return [
                Error(
                    "ELASTICSEARCH_URL or ELASTICSEARCH_API_KEY cannot be right.",
                    hint="Write https://host:9200, several of them with commas between, and the key as it was given.",
                    id="network.E006",
                )
            ]
    return []


def _matches(host: str | None, allowed: str) -> bool:
    return host == allowed or (allowed.startswith(".") and bool(host) and f".{host}".endswith(allowed))
