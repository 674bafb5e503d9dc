"""What the operator has said, or that they have not yet."""

from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from wagtail.templatetags.wagtailcore_tags import richtext

from core.dates import readable

register = template.Library()


def _language() -> SafeString:
    """The operator writes once, in the language of the site."""
    code = settings.LANGUAGE_CODE
    return SafeString() if get_language() == code else format_html(' lang="{}"', code)


def _not_yet() -> SafeString:
    return format_html(
        '<strong class="govuk-tag govuk-tag--yellow cl-owed">{}</strong>', _("Not completed yet by the operator")
    )


@register.simple_tag
def operator_fact(value: Any) -> SafeString:
    """A name, an address, a number, a date; or that it is missing."""
    if not value:
        return _not_yet()
    if hasattr(value, "strftime"):
        return format_html("{}", readable(value, "day"))
    lines = format_html_join(SafeString("<br>"), "{}", ((line,) for line in str(value).splitlines()))
    return format_html("<span{}>{}</span>", _language(), lines)


@register.simple_tag
def operator_text(value: str, optional: bool = False) -> SafeString:
    """Paragraphs; or that they are missing, unless they may be."""
    if not value:
        return SafeString() if optional else format_html('<p class="govuk-body">{}</p>', _not_yet())
    return format_html('<div class="prose"{}>{}</div>', _language(), richtext(value))


@register.filter
def period(kept: timedelta) -> str:
    """“28 days”, “1 year”, “until then”."""
    if not kept:
        return _("Until then")
    if kept.days >= 365:
        years = round(kept.days / 365)
        return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}
    if kept.days:
        return ngettext("%(n)s day", "%(n)s days", kept.days) % {"n": kept.days}
    hours = max(round(kept.total_seconds() / 3600), 1)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
