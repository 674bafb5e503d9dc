"""Whole addresses: what leaves the site must be readable elsewhere."""

from typing import Any

from django.conf import settings


def absolute(path: str) -> str:
    return path if path.startswith(("http://", "https://")) else f"{settings.BASE_URL}{path}"


def page_address(page: Any) -> str:
    """The public address of a page, whatever host its Wagtail site is registered under."""
    parts = page.get_url_parts()
    return absolute(parts[2]) if parts and parts[2] else ""
