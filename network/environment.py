"""Typed readers for the environment that `network/settings.py` is made from.

Every reader raises `ImproperlyConfigured` with the variable's name and what to write instead;
a value that cannot be understood never falls back to the default in silence.
"""

import os
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from network.providers import provider_settings

Number = TypeVar("Number", int, float)
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def email_settings(url: str) -> dict[str, Any]:
    """Where mail leaves, from one address: `OUTGOING_EMAIL_BACKEND`, and Django's settings of the server.

    `smtp://user:password@host:port` (plain), `smtp+starttls://…`, `smtps://…` (TLS from the first
    byte), `anymail:provider` (its secrets are variables of their own, `network/providers.py`),
    `file:///folder` or `file:folder` (one file a message), `console:` and `memory:`.
    `?timeout=` is in seconds (default 20). Written by us because the common parser turned
    `smtp+tls://` into an unencrypted connection.
    """
    parts = urlsplit(url)
    backends = {"console": "console", "memory": "locmem"}
    if parts.scheme in backends:
        return {"OUTGOING_EMAIL_BACKEND": f"django.core.mail.backends.{backends[parts.scheme]}.EmailBackend"}
    if parts.scheme == "file":
        if not parts.path:
            raise ImproperlyConfigured("EMAIL_URL: file: needs a folder, for example file:///var/mail.")
        return {
            "OUTGOING_EMAIL_BACKEND": "core.mail.EmlFileBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    if parts.scheme == "anymail":
        return provider_settings(parts.path, os.environ)
    if parts.scheme not in {"smtp", "smtp+starttls", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(
            "EMAIL_URL must look like smtp://host:25, smtp+starttls://user:password@host:587, "
            "smtps://user:password@host:465, anymail:provider, file:///folder, console: or memory:."
        )
    default_ports = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
    try:
        port = parts.port or default_ports[parts.scheme]
        timeout = int(parse_qs(parts.query).get("timeout", ["20"])[0])
    except ValueError as error:
        raise ImproperlyConfigured(f"EMAIL_URL: {error}.") from error
    return {
        "OUTGOING_EMAIL_BACKEND": "digests.backend.SMTPBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+starttls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": timeout,
    }


def mail_limits(text: str) -> dict[str, float]:
    """`gmail.com=300,*=600`: how many mails a minute each domain gets; `*` is any other."""
    limits: dict[str, float] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        domain, _equals, number = part.partition("=")
        try:
            limits[domain.strip().lower()] = per_minute = float(number)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"MAIL_PER_MINUTE_PER_DOMAIN: {part!r} must look like gmail.com=300 or *=600."
            ) from error
        if not domain.strip() or not 0 < per_minute < 1_000_000:
            raise ImproperlyConfigured(f"MAIL_PER_MINUTE_PER_DOMAIN: {part!r} needs a domain and a number above 0.")
    return limits


def not_negative(name: str, number: Number) -> Number:
    if not 0 <= number < float("inf"):
        raise ImproperlyConfigured(f"{name} must be 0 (no limit) or more.")
    return number


def base_url(value: str) -> str:
    """The public address without a trailing slash."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ImproperlyConfigured(
            "BASE_URL must be the site's public address without a path, for example https://practice.example.org."
        )
    return value.rstrip("/")


def is_public(url: str) -> bool:
    """Whether the address is one that other machines reach: then production's rules apply."""
    return urlsplit(url).hostname not in LOOPBACK_HOSTS
