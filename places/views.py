"""Places: the list and one place."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from places.models import Place

PAGE_SIZE = 60


def place_list(request: HttpRequest) -> HttpResponse:
    """`/places/`"""
    page = Paginator(Place.objects.prefetch_related("organisations__page"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "places/place_list.html", {"page_obj": page})


def place(request: HttpRequest, slug: str) -> HttpResponse:
    """`/places/<slug>/`"""
    found = get_object_or_404(Place.objects.prefetch_related("organisations__page"), slug=slug)
    return render(request, "places/place.html", {"place": found})
