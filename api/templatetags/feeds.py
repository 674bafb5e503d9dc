"""How a page points at its feed.

{% load feeds %}{% feed_link %}                                      the feed of everything
{% feed_link "topic" topic.slug topic.name %}                        topic, council or programme
{% feed_link "place" place.slug place.name %}                        the record of a place
"""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def feed_link(kind: str = "", slug: str = "", name: Any = "") -> SafeString:
    """A `<link rel="alternate">` for the head of a page."""
    address = reverse(f"feed_{kind}", args=[slug]) if kind else reverse("feed_case_studies")
    title = _("Case studies: %(name)s") % {"name": name} if name else _("Case studies")
    if kind == "place":
        title = _("The record of %(name)s") % {"name": name}
    return format_html('<link rel="alternate" type="application/atom+xml" title="{}" href="{}">', title, address)
