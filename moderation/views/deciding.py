"""What the review pages share: who is looking at a thing, deciding about it, and going on to the next."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from moderation import queue as waiting
from moderation import services
from moderation.errors import AlreadyDecided, ModerationError
from moderation.models import Claim, Decision
from moderation.views.access import refused
from moderation.views.claims import in_the_way, just_decided, only_of, remember


class Item(NamedTuple):
    """What is decided here, and since when it has waited (None: it had jumped the queue)."""

    kind: str
    number: int
    since: Any


def claimed(request: HttpRequest, kind: str, pk: int, claim: Claim | None, waits: bool) -> dict[str, Any]:
    """What the templates say about claims: whose it is, or how to let go of one's own; and the queue at its side."""
    item, only = f"{kind}-{pk}" if waits else "", only_of(request)
    return {
        "claim": claim,
        "item": item,
        "only": only,
        "decided": just_decided(request),
        "beside": waiting.around(request.user, kind, pk, only=only),
    }


def wait_for(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Nothing is decided under the eyes of whoever was first; the page says how to take it over."""
    messages.info(request, in_the_way(claim))
    return redirect(request.get_full_path())


def decide(request: HttpRequest, form: Form, item: Item, act: Callable[..., Decision | str]) -> HttpResponse:
    """Do it, say so, and go on to the next. Whoever comes second is told who was first, and goes on too."""
    user: Any = request.user
    try:
        decision = act(by=user, **form.cleaned_data)
    except AlreadyDecided as late:
        messages.info(request, str(late))
    except ModerationError as error:
        return refused(request, str(error))
    else:
        messages.success(request, str(decision))
        if isinstance(decision, Decision):
            remember(request, decision)
    services.release_claim(kind=item.kind, number=item.number, by=user)
    return redirect(waiting.next_after(user, item.since, only=only_of(request)))
