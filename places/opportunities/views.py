"""`/opportunities/`: every council's windows, on one list."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from members.models import Organisation
from places.models import Place, ProgrammePage
from places.opportunities.addresses import addresses
from places.opportunities.selectors import WHICH, directory, with_councils

PAGE_SIZE = 20
LABELS = {
    "current": _("Open and yet to open"),
    "open": _("Open now"),
    "upcoming": _("Not open yet"),
    "over": _("Closed and withdrawn"),
}


def opportunity_list(request: HttpRequest) -> HttpResponse:
    """`/opportunities/?show=&programme=&council=&place=`; what it does not know it leaves out."""
    show = request.GET.get("show", "")
    show = show if show in WHICH else WHICH[0]
    chosen: dict[str, Any] = {
        "programme": _named(ProgrammePage.objects.live(), request.GET.get("programme")),
        "council": _named(Organisation.objects.listed(), request.GET.get("council")),
        "place": _named(Place.objects, request.GET.get("place")),
    }
    page = Paginator(directory(which=show, **chosen), PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = with_councils(list(page.object_list))
    narrowed = [(name, one) for name, one in chosen.items() if one is not None]
    context = {
        "page_obj": page,
        "shows": [(name, LABELS[name]) for name in WHICH],
        "show": show,
        "narrowed": narrowed,
        "kept": "".join(f"&{name}={one.slug}" for name, one in narrowed),
        **addresses(narrowed[0][1] if len(narrowed) == 1 else None),
    }
    return render(request, "places/opportunities/list.html", context)


def _named(found: Any, slug: str | None) -> Any:
    slug = (slug or "")[:120]
    return found.filter(slug=slug).first() if slug else None
