"""How long accounts and downloads are kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import EXPORT_KEPT, User
from accounts.privacy.export import erase_old
from core.personal_data import holdings
from core.retention import Rule, register

UNCONFIRMED_KEPT = timedelta(days=30)
OF_A_SIGN_UP = frozenset({"account", "addresses", "mails", "editor-settings"})


def _unconfirmed(now: datetime) -> Any:
    """Signed up, never confirmed an address, never signed in; and nobody gave them a right or waits for them."""
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    return User.objects.filter(
        ~Exists(confirmed),
        last_login=None,
        date_joined__lt=now - UNCONFIRMED_KEPT,
        is_staff=False,
        is_superuser=False,
        is_demonstration=False,
        left_at=None,
        groups=None,
    ).order_by("pk")


def _forget_accounts(ids: Sequence[Any], now: datetime) -> int:
    """Whoever has anything else here was made by others (an import, an administrator), and stays."""
    unused = [person for person in _unconfirmed(now).filter(pk__in=ids) if not _has_anything(person)]
    return len([person.delete() for person in unused])


def _has_anything(person: User) -> bool:
    others = (one for one in holdings() if one.name not in OF_A_SIGN_UP)
    return any(next(iter(one.rows(person)), None) is not None for one in others)


register(
    Rule(
        name="accounts-unconfirmed",
        order=10,
        what=_("An account whose address was never confirmed"),
        kept=UNCONFIRMED_KEPT,
        since=_("the sign-up"),
        why=_("Nobody has shown that it is theirs"),
        due=_unconfirmed,
        forget=_forget_accounts,
    ),
    Rule(
        name="downloads",
        order=15,
        what=_("The file with your data that you asked for"),
        kept=EXPORT_KEPT,
        since=_("the mail that says it is ready"),
        why=_("Long enough to fetch it"),
        run=erase_old,
    ),
    Rule(
        name="where-signed-in",
        order=21,
        what=_("From where, and with which browser, you are signed in on a device"),
        kept=timedelta(0),
        since=_("its end: when you sign out, or two weeks after you signed in"),
        why=_("So that you see where you are signed in, and can end it"),
        due=lambda now: UserSession.objects.exclude(
            session_key__in=Session.objects.filter(expire_date__gte=now).values("session_key")
        ),
    ),
)
