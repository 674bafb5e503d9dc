"""Opening an item claims it; these let go of it, take it over, and go on to the next."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from moderation import queue as waiting
from moderation import services
from moderation.models import Claim, Decision
from moderation.permissions import can_see_queue, can_undo
from moderation.views.access import for_people_who

DECIDED = "moderation_decided"


@for_people_who(can_see_queue)
@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """`/moderation/claims/`: `do` is `take` or `release`, `item` the entry (`comment-7`), `kind` the queue's filter."""
    only = only_of(request)
    entry = _entry(request, request.POST.get("item", ""))
    if entry is None:
        messages.info(request, _("This no longer waits for a decision."))
        return redirect(waiting.queue_url(only))
    given: dict[str, Any] = {"kind": entry.kind, "number": entry.pk, "by": request.user}
    if request.POST.get("do") == "take":
        services.open_claim(**given, take_over=True)
        return redirect(waiting.url_of_entry(entry, only=only))
    services.release_claim(**given)
    return redirect(waiting.beside(request.user, entry, only=only))


@for_people_who(can_see_queue)
@require_GET
def beside(request: HttpRequest) -> HttpResponse:
    """`/moderation/next/?item=comment-7`: on to the next, or with `back=1` to the one before."""
    only = only_of(request)
    entry = _entry(request, request.GET.get("item", ""))
    if entry is None:
        return redirect(waiting.next_after(request.user, None, only=only))
    return redirect(waiting.beside(request.user, entry, back="back" in request.GET, only=only))


def opened(request: HttpRequest, kind: str, number: int) -> Claim | None:
    """Claim it for whoever opens it; the claim that is in the way, when somebody else was first."""
    user: Any = request.user
    found = services.open_claim(kind=kind, number=number, by=user)
    return None if found.by_id == user.pk else found


def in_the_way(claim: Claim) -> str:
    """Who is looking at it, in words."""
    return _("%(person)s has been reviewing this since %(time)s.") % {
        "person": claim.by.display_name,
        "time": timezone.localtime(claim.since).strftime("%H:%M"),
    }


def remember(request: HttpRequest, decision: Decision) -> None:
    """So that the next page can offer to take it back."""
    request.session[DECIDED] = decision.pk


def just_decided(request: HttpRequest) -> Decision | None:
    """The person's last decision in this session, while it can be taken back."""
    number = request.session.get(DECIDED)
    if not number or Decision.objects.filter(answers=number).exists():
        return None
    decision = Decision.objects.filter(pk=number).first()
    return decision if decision and can_undo(request.user, decision) else None


def only_of(request: HttpRequest) -> str:
    """The kind that the queue is filtered by; one that nobody registered is no filter."""
    asked = request.POST.get("kind") or request.GET.get("kind") or ""
    return asked if waiting.source_named(asked) else ""


def _entry(request: HttpRequest, key: str) -> waiting.Entry | None:
    kind, _dash, number = key.rpartition("-")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return waiting.entry_of(request.user, kind, int(number))
