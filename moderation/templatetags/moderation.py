"""`{% moderation_link %}` for the account menu, and small helpers of the moderators' pages."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.permissions import can_see_queue

register = template.Library()


@register.simple_tag(takes_context=True)
def moderation_link(context: Any, css_class: str = "cl-menu__link") -> SafeString | str:
    """A list item that leads to the queue, for those who can work it; nothing for anybody else."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not can_see_queue(user):
        return ""
    return format_html(
        '<li><a class="{}" href="{}">{}</a></li>', css_class, reverse("moderation_queue"), _("Moderation")
    )


@register.filter
def waiting_time(since: datetime) -> str:
    """How long something has waited, in one unit: minutes, hours, days."""
    minutes = int((timezone.now() - since).total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", max(minutes, 1)) % {"n": max(minutes, 1)}
    if minutes < 48 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
