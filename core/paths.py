"""Addresses that stay put, in the reader's language."""

from __future__ import annotations

from django.conf import settings
from django.urls import get_script_prefix
from django.utils.translation import get_language


def site_path(path: str = "") -> str:
    """Return the path from the root of the site, below /cy/ for a reader in Welsh.

    The names of the public pages are promised (`/search/`, `/topics/` …) and some of them are Wagtail pages, which have
    no name to reverse, so the address itself is what the menu knows.
    """
    language = get_language()
    prefix = f"{language}/" if language and language != settings.LANGUAGE_CODE else ""
    return f"{get_script_prefix()}{prefix}{path}"
