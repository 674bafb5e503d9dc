"""The queue itself: what waits, filtered by kind, the most serious and the oldest first."""

from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst

from moderation import queue as waiting
from moderation.permissions import can_moderate, can_see_queue
from moderation.views.access import for_people_who
from moderation.views.claims import just_decided, only_of

PAGE_SIZE = 25


@for_people_who(can_see_queue)
def everything(request: HttpRequest) -> HttpResponse:
    """`/moderation/`, and `?kind=` for one kind of thing."""
    everything, only = waiting.waiting_for(request.user), only_of(request)
    shown = [entry for entry in everything if not only or entry.kind == only]
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    items = waiting.items(list(page.object_list), only=only)
    context = {
        "page_obj": page,
        "items": items,
        "filters": _filters(everything, only),
        "only": only,
        "overdue": sum(entry.overdue for entry in shown),
        "decided": just_decided(request),
        "moderator": can_moderate(request.user),
        "bulk": any(item.bulk for item in items),
    }
    return render(request, "moderation/queue.html", context)


def _filters(everything: list[waiting.Entry], only: str) -> list[dict[str, Any]]:
    """One link for each kind that waits, with its number; the chosen one stays when nothing of it waits."""
    counts = Counter(entry.kind for entry in everything)
    return [
        {"name": source.name, "label": capfirst(str(source.label)), "count": counts[source.name]}
        for source in waiting.sources()
        if counts[source.name] or source.name == only
    ]
