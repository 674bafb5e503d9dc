"""The second step at sign-in: who needs it, and whether this session has taken it.

Accounts are the lowest room and know of no roles: a room that has some says so here (`asks_for_it`).
"""

from collections.abc import Callable
from typing import Any, cast

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from core.sealing import seal, unseal

# A recovery code stands in for one of these, and is none by itself.
STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

Role = Callable[[Any], bool]
_roles: list[Role] = []


def asks_for_it(role: Role) -> Role:
    """Whoever has this role acts with a second step, or not at all."""
    if role not in _roles:
        _roles.append(role)
    return role


def is_required_of(person: Any) -> bool:
    return bool(settings.REQUIRE_SECOND_FACTOR and person.is_authenticated and any(role(person) for role in _roles))


def has_one(person: User) -> bool:
    return Authenticator.objects.filter(user_id=person.pk, type__in=STEPS).exists()


def was_taken(request: HttpRequest) -> bool:
    """In this session, by somebody who still has one."""
    person = cast(User, request.user)  # nobody has no records
    records = get_authentication_records(request, person)
    return any(record.get("method") == "mfa" for record in records) and has_one(person)


def is_missing(request: HttpRequest) -> bool:
    return is_required_of(request.user) and not was_taken(request)


def count_setting_up(*, request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    """Who has just set one up has shown that they have it: the session that they did it in goes on.

    Their other sessions do not: each is asked on its own.
    """
    if authenticator.type in STEPS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


class SecondStepAdapter(DefaultMFAAdapter):
    """Secrets are sealed in the database, and a passkey is for the site, whatever name the request came by."""

    def encrypt(self, text: str) -> str:
        return seal(text, purpose="second step")

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, purpose="second step")

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Key %(number)s") % {"number": number}

    def _get_site_name(self) -> str:
        return "Connected Localism"
