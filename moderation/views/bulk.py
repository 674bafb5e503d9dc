"""Declining several contributions at once: choose, see the list, say why, read what was done."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moderation import queue as waiting
from moderation import services
from moderation.forms import DecisionForm
from moderation.models import DecisionAction
from moderation.permissions import can_moderate
from moderation.views.access import for_people_who, trail
from moderation.views.claims import only_of

MOST = 100
SPAM = {"reason": "promotion"}


@for_people_who(can_moderate)
@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """`/moderation/bulk/?item=comment-7&item=…`, or `?person=3` for everything held by one person.

    GET shows what would be declined; POST declines exactly the listed ones, each in a transaction of its own.
    """
    only, entries = only_of(request), _chosen(request)
    items = [item for item in waiting.items(entries[:MOST], only=only) if item.bulk]
    posted = request.POST if request.method == "POST" else None
    form = DecisionForm(posted, actions=[DecisionAction.DECLINE], initial=SPAM)
    context: dict[str, Any] = {
        "items": items,
        "left": max(0, len(entries) - MOST),
        "form": form,
        "ticked": request.POST.getlist("item"),
        "only": only,
        "back": waiting.queue_url(only),
        "breadcrumbs": trail(_("Decline several")),
    }
    if request.method == "POST" and form.is_valid():
        outcomes = services.decline_several(
            chosen=[(item.entry.kind, item.entry.pk) for item in items],
            by=request.user,  # type: ignore[arg-type]  # signed in, see the door
            **{name: form.cleaned_data[name] for name in ("reason", "words", "private_note")},
        )
        titles = {(item.entry.kind, item.entry.pk): item.title for item in items}
        context["outcomes"] = [(titles[key], why) for key, why in outcomes]
        context["passed"] = sum(bool(why) for _key, why in outcomes)
        context["declined"] = len(outcomes) - context["passed"]
        context["gone"] = len(set(request.POST.getlist("item"))) - len(items)
        return render(request, "moderation/bulk_done.html", context)
    return render(request, "moderation/bulk.html", context, status=422 if form.errors else 200)


def _chosen(request: HttpRequest) -> list[waiting.Entry]:
    """What was ticked, or everything held by one person; only what waits and this moderator may decide."""
    person = request.GET.get("person", "")
    if request.method == "GET" and person.isascii() and person.isdigit():
        return waiting.held_by(request.user, int(person[:18]))
    keys = set((request.POST if request.method == "POST" else request.GET).getlist("item"))
    return [entry for entry in waiting.waiting_for(request.user) if entry.key in keys]
