"""What every page needs around its content."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.models import InformationPage
from core.urls import LEGAL_SLUGS
from moderation.permissions import can_see_queue
from network.demo.loader import PASSWORD
from search import held

DEMO_LOGINS = (
    ("author@demo.example", _("Author of a council")),
    ("approver@demo.example", _("Approver of the same council")),
    ("lead@demo.example", _("Lead of the same council")),
    ("moderator@demo.example", _("Moderator of the network")),
    ("administrator@demo.example", _("Administrator")),
    ("practitioner@demo.example", _("Practitioner")),
)


def site_furniture(request: HttpRequest) -> dict[str, Any]:
    """`footer_links` are the standing pages that exist; `demo_logins` are for the sign-in page of a demonstration."""
    context: dict[str, Any] = {
        "BASE_URL": settings.BASE_URL,
        "demo_mode": settings.DEMO,
        "footer_links": SimpleLazyObject(_footer_links),
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        context["account_links"] = lambda: list(_account_links(user))
    match = request.resolver_match
    if settings.DEMO and match and match.view_name == "account_login":
        context["demo_logins"] = [{"email": email, "password": PASSWORD, "role": role} for email, role in DEMO_LOGINS]
    return context


def _account_links(user: Any) -> Iterator[dict[str, Any]]:
    """The ways to the CMS and to the queue, for those who may use them."""
    if user.has_perm("wagtailadmin.access_admin"):
        yield {"text": _("Write"), "url": reverse("wagtailadmin_home")}
    if can_see_queue(user):
        yield {"text": _("Moderation"), "url": reverse("moderation_queue")}


def _footer_links() -> list[dict[str, Any]]:
    """Two lists, the standing pages that exist, those that the law asks for, and the policy, rendered from the rules
    in force.

    Held in memory until somebody changes one of those pages (`network.apps`).
    """
    links: list[dict[str, Any]] = held.held(f"footer {get_language()}", _read_footer_links)
    return links


def _read_footer_links() -> list[dict[str, Any]]:
    pages = InformationPage.objects.live().filter(show_in_footer=True).exclude(slug__in=LEGAL_SLUGS).order_by("path")
    links: list[dict[str, Any]] = [{"text": page.title, "url": page.get_url()} for page in pages]
    return [
        # What the main menu has no room for on a phone.
        {"text": _("Opportunities"), "url": reverse("opportunities")},
        {"text": _("Briefings"), "url": reverse("briefings")},
        *links,
        {"text": _("Accessibility"), "url": reverse("accessibility")},
        {"text": _("Privacy"), "url": reverse("privacy")},
        {"text": _("Cookies"), "url": reverse("cookies")},
        {"text": _("Terms"), "url": reverse("terms")},
        {"text": _("Complaints"), "url": reverse("complaints")},
        {"text": _("Moderation policy"), "url": reverse("moderation_policy")},
        {"text": _("Open data"), "url": reverse("data")},
    ]
