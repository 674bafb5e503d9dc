"""Words for the staff's pages about mail."""

from datetime import timedelta

from django import template

from digests.staff import runs

register = template.Library()


@register.filter
def spoken(time: timedelta) -> str:
    return runs.spoken(time)
