"""Small helpers of the moderators' pages."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from moderation.locked_cases import can_open, page_types
from moderation.models import Decision, DecisionAction
from moderation.permissions import can_moderate, window_of

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
def can_moderate_page(user: Any, page: Page) -> bool:
    """Whether a page shows somebody the way to hide it."""
    return can_moderate(user) and can_open(user, page)


@register.filter
def page_taken_away(decision: Decision) -> int | None:
    """The number of the page that a decision hid or showed again: what else can be done with it stands there."""
    about_page = decision.content_type_id in {one.pk for one in page_types()}
    hid = decision.action in {DecisionAction.HIDE, DecisionAction.RESTORE}
    return decision.object_id if about_page and hid else None


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
