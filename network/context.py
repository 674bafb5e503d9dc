"""What every page needs around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core.models import InformationPage


def site_furniture(request: HttpRequest) -> dict[str, Any]:
    """`footer_links` are the standing pages that exist."""
    return {
        "BASE_URL": settings.BASE_URL,
        "demo_mode": settings.DEMO,
        "footer_links": _footer_links,
    }


def _footer_links() -> Any:
    return InformationPage.objects.live().filter(show_in_footer=True).order_by("path")
