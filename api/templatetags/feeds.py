"""What pages say about themselves to machines.

{% load feeds %}{% feed_link %}                                      the feed of everything
{% feed_link "topic" topic.slug topic.name %}                        topic, council or programme
{% schema_org page %}                                                a case study as schema.org metadata
"""

import json
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from api.schema_org import case_study_metadata
from casestudies.models import CaseStudyPage

register = template.Library()
# As in Django's json_script: nothing inside can end the element.
IN_SCRIPT = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def feed_link(kind: str = "", slug: str = "", name: Any = "") -> SafeString:
    """A `<link rel="alternate">` for the head of a page."""
    address = reverse(f"feed_{kind}", args=[slug]) if kind else reverse("feed_case_studies")
    title = _("Case studies: %(name)s") % {"name": name} if name else _("Case studies")
    return format_html('<link rel="alternate" type="application/atom+xml" title="{}" href="{}">', title, address)


@register.simple_tag
def schema_org(page: CaseStudyPage) -> SafeString:
    """The page's metadata as a block of data, which no browser runs. Public facts only, whoever is reading."""
    data = json.dumps(case_study_metadata(page), ensure_ascii=False).translate(IN_SCRIPT)
    return mark_safe(f'<script type="application/ld+json">{data}</script>')  # noqa: S308 - escaped above
