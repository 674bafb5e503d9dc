"""What a window must be before a reviewer reads it, and what it can never be."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from core.dates import add_months
from places.opportunities.times import day_in_london

YEARS_AHEAD = 3
FIRST_YEAR = 2000
WEB = ("http://", "https://")


def trouble_with_dates(opens: datetime | None, closes: datetime | None) -> dict[str, str]:
    """By field: an end before the beginning, and a year that was typed wrongly."""
    wrong: dict[str, str] = {}
    latest = add_months(day_in_london(timezone.now()), 12 * YEARS_AHEAD)
    for name, moment in (("opens", opens), ("closes", closes)):
        if moment is None:
            continue
        day = day_in_london(moment)
        if day > latest:
            wrong[name] = _("This is more than three years away. Check the year.")
        elif day.year < FIRST_YEAR:
            wrong[name] = _("This is before the year 2000. Check the year.")
    if opens and closes and not wrong and closes <= opens:
        wrong["closes"] = _("It closes before it opens. Check both dates.")
    return wrong


def trouble_with_link(address: str) -> str:
    if address and not address.lower().startswith(WEB):
        return _("Give the address of a web page, beginning with https:// or http://.")
    return ""


def has_words(html: Any) -> bool:
    return bool(strip_tags(str(html or "")).replace("\xa0", " ").strip())


def says_how_to_apply(*, how_to_apply: Any, apply_url: str, contact_email: str) -> bool:
    return has_words(how_to_apply) or bool(apply_url) or bool(contact_email)
