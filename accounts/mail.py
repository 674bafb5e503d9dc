"""The mails about signing in: which there are, how long each is worth sending, and who sends them.

Accounts are the lowest room and know nothing of an outbox; whoever has one registers (`digests`). Each mail is a name
and a few facts in plain text: the words are found later, in the language of its reader.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import User

# What nobody waits for any more is not sent a day late: who asked has asked again, or has gone.
AN_ANSWER = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class AccountMail:
    """`name` is the last part of allauth's template (`login_code`); `facts` are secrets, to be treated as such.

    It goes to `address`, which need not be the person's address of today: that an address was changed is told to the
    old one. `person` is None when nobody has an account with it; then `language` is that of the page.
    """

    name: str
    address: str
    person: User | None
    language: str
    facts: dict[str, str]
    worthless_after: datetime | None


Sender = Callable[[AccountMail], None]
_senders: list[Sender] = []


def sends_account_mail(sender: Sender) -> None:
    """The one who sends them; the last who registers."""
    _senders[:] = [sender]


def send(*, name: str, address: str, person: User | None, context: Mapping[str, Any]) -> None:
    """Hand over a mail that allauth asks for. Raises `LookupError` when nobody sends."""
    if not _senders:
        raise LookupError("Nobody sends account mails.")
    lifetime = lifetime_of(name, by_code="code" in context)
    _senders[0](
        AccountMail(
            name=name,
            address=address,
            person=person,
            language=(get_language() or settings.LANGUAGE_CODE)[:2],
            facts=_facts(context),
            worthless_after=timezone.now() + lifetime if lifetime else None,
        )
    )


def lifetime_of(name: str, *, by_code: bool = False) -> timedelta | None:
    """How long a code or a link works; None for news, which stays worth knowing."""
    confirming = (
        timedelta(seconds=app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
        if by_code
        else timedelta(days=app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS)
    )
    return {
        "login_code": timedelta(seconds=app_settings.LOGIN_BY_CODE_TIMEOUT),
        "password_reset_code": timedelta(seconds=app_settings.PASSWORD_RESET_BY_CODE_TIMEOUT),
        "password_reset_key": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
        "email_confirmation": confirming,
        "email_confirmation_signup": confirming,
        "unknown_account": AN_ANSWER,
        "account_already_exists": AN_ANSWER,
    }.get(name)


def _facts(context: Mapping[str, Any]) -> dict[str, str]:
    """What the words need, as text. Links lead to our own address, whatever name the request came by."""
    links = {"activate_url", "password_reset_url", "signup_url"}
    plain = {"code", "ip", "user_agent", "from_email", "to_email", "deleted_email"}
    facts = {name: str(context[name]) for name in plain & context.keys()}
    facts |= {name: _ours(str(context[name])) for name in links & context.keys()}
    if isinstance(when := context.get("timestamp"), datetime):
        facts["at"] = when.isoformat()
    return facts


def _ours(url: str) -> str:
    parts = urlsplit(url)
    return f"{settings.BASE_URL}{parts.path}" + (f"?{parts.query}" if parts.query else "")
