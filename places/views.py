"""Places: the list and one place."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from members.models import Organisation
from places.models import Place

PAGE_SIZE = 60
MAX_QUERY = 100


def place_list(request: HttpRequest) -> HttpResponse:
    """`/places/?q=`: by name."""
    q = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:MAX_QUERY]
    found = Place.objects.prefetch_related("organisations")
    page = Paginator(found.filter(name__icontains=q) if q else found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "places/place_list.html", {"page_obj": page, "q": q})


def place(request: HttpRequest, slug: str) -> HttpResponse:
    """`/places/<slug>/`; its case studies come from the package that owns them."""
    councils = Prefetch("organisations", Organisation.objects.select_related("page"))
    found = get_object_or_404(Place.objects.prefetch_related(councils), slug=slug)
    # The network writes from everywhere; it serves no place.
    served_by = [one for one in found.organisations.all() if one.kind != "network"]
    return render(request, "places/place.html", {"place": found, "councils": served_by})
