"""The CMS edits places; these hooks tell the event log."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks

from places import events
from places.choices import SummingUp
from places.models import Place, RecordEntry
from places.opportunities import hooks as opportunity_hooks  # noqa: F401 - they register themselves


@hooks.register("after_create_snippet")
def added(request: HttpRequest, instance: Any) -> None:
    if isinstance(instance, Place):
        _tell(instance, by=request.user, is_new=True)


@hooks.register("after_edit_snippet")
def edited(request: HttpRequest, instance: Any) -> None:
    if isinstance(instance, Place):
        _tell(instance, by=request.user, is_new=False)


def _tell(place: Place, *, by: Any, is_new: bool) -> None:
    events.place_saved(place, by=by, is_new=is_new)
    if place.summed_up:
        events.place_summed_up(place, by=by, anew=place.summed_up == SummingUp.ANEW)


@hooks.register("before_delete_snippet")
def about_to_delete(request: HttpRequest, instances: list[Any]) -> HttpResponse | None:
    """What people wrote in a place's record does not go with the place."""
    leaving = [one for one in instances if isinstance(one, Place)]
    kept = RecordEntry.objects.filter(place__in=[one.pk for one in leaving]).select_related("place").first()
    if kept is not None:
        told = _("%(place)s has a record, so it stays: what people wrote there would go with it.")
        messages.error(request, told % {"place": kept.place.name})
        return redirect("wagtailsnippets_places_place:edit", kept.place_id)
    if request.method == "POST":
        for instance in leaving:
            events.place_deleted(instance, by=request.user)
    return None
