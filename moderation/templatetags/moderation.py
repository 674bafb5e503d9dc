"""Small helpers of the moderators' pages."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.models import Decision
from moderation.permissions import window_of

register = template.Library()


@register.filter
def waiting_time(since: datetime) -> str:
    """How long something has waited, in one unit: minutes, hours, days."""
    minutes = int((timezone.now() - since).total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", max(minutes, 1)) % {"n": max(minutes, 1)}
    if minutes < 48 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}


@register.filter
def undo_until(decision: Decision) -> datetime:
    """Until when a decision can be taken back, if nobody builds on it."""
    return decision.decided_at + window_of(decision)


@register.filter
def due_in(due: datetime) -> str:
    """“due in 31 hours”, or how long ago it was due."""
    left = due - timezone.now()
    if left.total_seconds() < 0:
        return _("overdue by %(time)s") % {"time": waiting_time(due)}
    # An hour that has begun counts as one: what is due in 31.9 hours is not said to be due in 32.
    return _("due in %(time)s") % {"time": waiting_time(timezone.now() - left)}
