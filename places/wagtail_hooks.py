"""The CMS edits places; these hooks tell the event log."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from places import events
from places.models import Place


@hooks.register("after_create_snippet")
def added(request: HttpRequest, instance: Any) -> None:
    if isinstance(instance, Place):
        events.place_saved(instance, by=request.user, is_new=True)


@hooks.register("after_edit_snippet")
def edited(request: HttpRequest, instance: Any) -> None:
    if isinstance(instance, Place):
        events.place_saved(instance, by=request.user, is_new=False)


@hooks.register("before_delete_snippet")
def about_to_delete(request: HttpRequest, instances: list[Any]) -> None:
    if request.method == "POST":
        for instance in instances:
            if isinstance(instance, Place):
                events.place_deleted(instance, by=request.user)
