"""Addresses that stay put, in the reader's language."""

from __future__ import annotations

from django.conf import settings
from django.urls import get_script_prefix
from django.urls.converters import IntConverter
from django.utils.translation import get_language


def site_path(path: str = "") -> str:
    """Return the path from the root of the site, below /cy/ for a reader in Welsh.

    The names of the public pages are promised (`/search/`, `/topics/` …) and some of them are Wagtail pages, which have
    no name to reverse, so the address itself is what the menu knows.
    """
    language = get_language()
    prefix = f"{language}/" if language and language != settings.LANGUAGE_CODE else ""
    return f"{get_script_prefix()}{prefix}{path}"


class NumberConverter(IntConverter):
    """The number of a row, as `<number:pk>`. A longer one than any row can have is an unknown address.

    `<int:pk>` would hand it on, and databases fail on a number that they have no room for.
    """

    regex = "[0-9]{1,12}"
