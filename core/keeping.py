"""What somebody wrote and could not send because they were not, or no longer, signed in, kept until they are.

It lies in a row of its own, whose key is in the session, under the address that it was sent to, and is put back into
the form there: once. It is never sent by us: whoever wrote it looks it over and presses the button. A form of a few
words is kept by its fields (`keep`), one with many as a whole (`keep_form`), for an hour, because the next at a shared
computer may be somebody else.

Nobody has to sign in to have something kept. So one address has so much kept an hour, and all addresses together no
more than `MOST_KEPT` and `MOST_SIZE`: what is oldest goes for what is new.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from core.models import KeptForm
from core.ratelimit import allow, visitor_key

KEY = "kept_words"
FORM = "kept_form"
KEPT_FOR = 3600
# By its name a field is not words: passwords, codes and keys are neither kept nor shown.
SECRET = re.compile(r"pass|token|secret|(^|[_-])(code|key)|otp|csrf|recovery|credential", re.IGNORECASE)
# Longer than any form of ours takes; what is longer would be refused anyway.
LENGTH = 20_000
# So often an hour one address may have something kept while nobody is signed in: each lies in a session of its own.
KEPT_AN_HOUR = 20
# All that is kept at one time, in forms and in characters.
MOST_KEPT, MOST_SIZE = 5_000, 50_000_000
FIELDS = ("body", "name", "title", "words", "source_url")

View = Callable[..., HttpResponse]


def signed_in_or_kept(view: View) -> View:
    """Like `login_required`, but words that were sent without being signed in are not lost."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            keep(request, {name: request.POST[name] for name in FIELDS if request.POST.get(name, "").strip()})
        return redirect_to_login(request.get_full_path())

    return guarded


def keep(request: HttpRequest, words: Mapping[str, str]) -> None:
    """For this address, until somebody is signed in."""
    if words and sum(map(len, words.values())) <= LENGTH and _may_keep(request):
        _store(request, KEY, request.path, json.dumps(dict(words)))


def take_kept(request: HttpRequest) -> dict[str, str]:
    """What was kept for this address: once, and for an hour."""
    kept = _taken(request, KEY, request.path)
    words: dict[str, str] = json.loads(kept) if kept else {}
    return words


def form_kept(view: View) -> View:
    """Like `signed_in_or_kept`, for a form with many fields: all of it is kept, and taken with `take_form`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        keep_form(request)
        return redirect_to_login(request.get_full_path())

    return guarded


def keep_form(request: HttpRequest) -> None:
    """All that was sent to this address and is no secret; files have to be chosen again."""
    if request.method != "POST":
        return
    form, size = QueryDict(mutable=True), 0
    for name, values in request.POST.lists():
        if not SECRET.search(name):
            form.setlist(name, values)
            size += sum(map(len, values))
    said = form.urlencode() if size <= 3 * LENGTH else ""
    wrote = any(value.strip() for _name, values in form.lists() for value in values)
    if wrote and 0 < len(said) <= 3 * LENGTH and _may_keep(request):
        _store(request, FORM, request.get_full_path(), said)


def take_form(request: HttpRequest, *, told: bool = True) -> QueryDict | None:
    """The form that was kept for this address, once, and for an hour; the page says that it is there again (`told`)."""
    kept = _taken(request, FORM, request.get_full_path())
    if not kept:
        return None
    if told:
        messages.info(
            request, _("You were signed out when you sent this. We kept what you wrote: look it over and send it.")
        )
    return QueryDict(kept)


def forget_form(request: HttpRequest) -> None:
    """It was sent after all."""
    if key := request.session.pop(FORM, None):
        KeptForm.objects.filter(key=key).delete()


def _may_keep(request: HttpRequest) -> bool:
    """Anybody can send a form without signing in, and what is kept fills our storage: so many an hour."""
    if request.user.is_authenticated or allow(f"kept:{visitor_key(request)}", KEPT_AN_HOUR, KEPT_FOR):
        return True
    messages.warning(
        request, _("You have sent a lot in a short time, so this was not kept. Go back in your browser to copy it.")
    )
    return False


def _store(request: HttpRequest, name: str, path: str, words: str) -> None:
    """Instead of what this session had kept under the name before."""
    KeptForm.objects.filter(key=request.session.get(name, "")).delete()
    kept = KeptForm.objects.create(key=get_random_string(40), path=path, words=words, size=len(path) + len(words))
    request.session[name] = kept.key
    forget_kept(timezone.now())


def _taken(request: HttpRequest, name: str, path: str) -> str:
    """What was kept for this address, which is then gone: for an hour, and in one of two windows alone."""
    key = request.session.get(name) if request.method == "GET" else None
    kept = KeptForm.objects.filter(key=key).first() if key else None
    if kept is None or kept.path != path:
        return ""
    del request.session[name]
    gone, _rows = KeptForm.objects.filter(pk=kept.pk).delete()
    return kept.words if gone and timezone.now() - kept.kept_at <= timedelta(seconds=KEPT_FOR) else ""


def forget_kept(now: datetime) -> int:
    """Do away with what is older than an hour, and with the oldest of what is too much. Returns how many."""
    gone, _rows = KeptForm.objects.filter(kept_at__lt=now - timedelta(seconds=KEPT_FOR)).delete()
    there = KeptForm.objects.aggregate(n=Count("pk"), size=Sum("size", default=0))
    number, size = there["n"] - MOST_KEPT, there["size"] - MOST_SIZE
    oldest: list[int] = []
    if number > 0 or size > 0:
        for pk, length in KeptForm.objects.order_by("kept_at", "pk").values_list("pk", "size").iterator():
            if number <= 0 and size <= 0:
                break
            oldest.append(pk)
            number, size = number - 1, size - length
    return gone + (KeptForm.objects.filter(pk__in=oldest).delete()[0] if oldest else 0)


def words_in(sent: Mapping[str, Any]) -> Iterator[str]:
    """What somebody wrote among what a form sent: sentences, and none of what is there for us or is secret."""
    for name in sent:
        value = str(sent[name]).strip()
        if not SECRET.search(name) and len(value) <= LENGTH and len(value.split()) > 2:
            yield value
