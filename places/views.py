"""Places: the list and one place."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from core.maps import MapPoint, small_map
from members.models import Organisation
from moderation.standing import may_contribute
from places.models import Place
from places.record.timeline import OLDEST, timeline

PAGE_SIZE = 60
MAX_QUERY = 100


def place_list(request: HttpRequest) -> HttpResponse:
    """`/places/?q=`: by name."""
    q = " ".join(request.GET.get("q", "").split())[:MAX_QUERY]
    found = Place.objects.prefetch_related("organisations")
    page = Paginator(found.filter(name__icontains=q) if q else found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "places/place_list.html", {"page_obj": page, "q": q})


def place(request: HttpRequest, slug: str) -> HttpResponse:
    """`/places/<slug>/`; its case studies and programmes come from the package that owns them. `?timeline=` is a
    page of the record, `?first=oldest` its order.
    """
    councils = Prefetch("organisations", Organisation.objects.select_related("page"))
    found = get_object_or_404(Place.objects.prefetch_related(councils), slug=slug)
    # The network writes from everywhere; it serves no place.
    served_by = [one for one in found.organisations.all() if one.kind != "network"]
    label = _("Map: where %(place)s is") % {"place": found.name}
    context = {
        "place": found,
        "councils": served_by,
        "map": small_map([MapPoint(lat=found.lat, lng=found.lng, label=found.name)], label=label),
        "timeline": timeline(
            place=found,
            user=request.user,
            number=request.GET.get("timeline", 1),
            oldest_first=request.GET.get("first") == OLDEST,
        ),
        "may_write": not request.user.is_authenticated or may_contribute(request.user),
    }
    return render(request, "places/place.html", context)
