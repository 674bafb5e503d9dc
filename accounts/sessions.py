"""Where somebody is signed in, in words that they know again, and how each of it ends.

The rows are allauth's (`UserSession`, one for each sign-in); they end together with Django's session.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

SEEN = "seen_at"
SEEN_EVERY = timedelta(hours=1)

# The first that fits: Edge and Opera call themselves Chrome as well, and Chrome calls itself Safari.
BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "macOS"),
    (r"CrOS", "Chromebook"),
    (r"Linux|X11", "Linux"),
)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    pk: int
    device: str
    ip: str
    since: datetime
    seen: datetime
    is_current: bool


def device_in_words(user_agent: str) -> str:
    """“Firefox on Windows”. Whatever else a program says of itself is not repeated: it may be anything, links too."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("an unknown program")


def _first(kinds: Iterable[tuple[str, str]], text: str) -> str:
    return next((name for pattern, name in kinds if re.search(pattern, text)), "")


def sessions_of(*, person: User, current: str | None) -> list[SignedIn]:
    """This one first, then the latest seen. Rows whose session is over are dropped on the way."""
    found = [
        SignedIn(
            pk=row.pk,
            device=device_in_words(row.user_agent),
            ip=row.ip,
            since=row.created_at,
            seen=row.last_seen_at,
            is_current=row.session_key == current,
        )
        for row in UserSession.objects.purge_and_list(person)
    ]
    return sorted(found, key=lambda one: (not one.is_current, -one.seen.timestamp()))


def end_session(*, person: User, pk: int) -> None:
    """One of theirs; it is gone with its next request."""
    _end(UserSession.objects.filter(user=person, pk=pk))


def end_other_sessions(*, person: User, current: str | None) -> None:
    _end(UserSession.objects.filter(user=person).exclude(session_key=current or ""))


def end_every_session(*, person: User) -> None:
    _end(UserSession.objects.filter(user=person))


@transaction.atomic
def _end(rows: Any) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for row in rows:
        store().delete(row.session_key)
    rows.delete()


def end_sessions_of_the_inactive(*, instance: User, **_signal: Any) -> None:
    """After a person was saved: who may not sign in is signed in nowhere, also when they may again one day."""
    if not instance.is_active:
        end_every_session(person=instance)


def note_sign_in(*, request: HttpRequest, **_signal: Any) -> None:
    request.session[SEEN] = timezone.now().timestamp()


def note_seen(request: HttpRequest) -> None:
    """Once an hour, not with every request: that would be a write for each page that is read."""
    seen = request.session.get(SEEN)
    now = timezone.now()
    if seen is None or now.timestamp() - seen < SEEN_EVERY.total_seconds():
        return
    request.session[SEEN] = now.timestamp()
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)
