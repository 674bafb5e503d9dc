"""Dates as people know them: a year, or a month of a year."""

import re
from calendar import monthrange
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

# A month said on its last day in one time zone may have begun in another; a plan is no result.
MONTHS_AHEAD = 1
PARTIAL_DATE = re.compile(r"(?P<year>(?:19|20)\d\d)(?:-(?P<month>0[1-9]|1[0-2]))?", re.ASCII)

partial_date = RegexValidator(
    re.compile(rf"\A{PARTIAL_DATE.pattern}\Z", re.ASCII),
    _("Write a year, like 2013, or a year and a month, like 2013-03."),
)


class PartialDateField(models.CharField):
    """`YYYY` or `YYYY-MM`; sorts as text. Nobody has to invent a day or a month that they do not know."""

    default_validators = [partial_date]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 7
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs


def display(value: str) -> str:
    """`2013-03` → “March 2013”, `2013` → “2013”, in the active language; other text as it is."""
    match = PARTIAL_DATE.fullmatch(value or "")
    if not match:
        return value or ""
    month = match["month"]
    return f"{MONTHS[int(month)]} {match['year']}" if month else match["year"]


def readable(value: date | datetime | str | None, form: str = "month") -> str:
    """A date in words: "March 2024", or "4 March 2024" with "day". Takes a date, an ISO string or a part of one."""
    if isinstance(value, str):
        parsed = parse_datetime(value) if "T" in value else parse_date(value)
        if parsed is None:
            return display(value)
        value = parsed
    if value is None:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formats.date_format(value, "F Y" if form == "month" else "j F Y")


def year_of(value: str) -> int | None:
    match = PARTIAL_DATE.fullmatch(value or "")
    return int(match["year"]) if match else None


def first_day(value: str) -> date | None:
    """The first day that the value can mean."""
    match = PARTIAL_DATE.fullmatch(value or "")
    return date(int(match["year"]), int(match["month"] or 1), 1) if match else None


def add_months(day: date, months: int) -> date:
    """The same day so many months later (earlier, if negative), or that month's last day if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_ago(today: date, months: int) -> date:
    """The latest day since which so many months have passed: `add_months` of it is not after today.

    On 28 February 2025 a year has passed since 29 February 2024 too.
    """
    last = monthrange(today.year, today.month)[1]
    day = add_months(today, -months)
    return day.replace(day=monthrange(day.year, day.month)[1]) if today.day == last else day


def is_ahead(value: str, *, today: date | None = None) -> bool:
    """Whether a year or month begins more than a month from now."""
    day, now = first_day(value), today or timezone.localdate()
    if day is None:
        return False
    return (day.year * 12 + day.month) - (now.year * 12 + now.month) > MONTHS_AHEAD


def check_order(start: str, end: str, *, field: str = "ended") -> None:
    """Raise a `ValidationError` on `field` when `end` comes before `start`, each at its own precision."""
    if start and end and end[: len(start)] < start[: len(end)]:
        raise ValidationError({field: _("The end comes before the start.")})
