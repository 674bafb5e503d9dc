"""Where a person belongs, for pages of packages that know nothing of organisations."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from members import people_pages, selectors
from members.models import Invitation, JoinRequest, Membership, Organisation

register = template.Library()


@register.simple_tag
def memberships_of(user: Any) -> Any:
    """The person's active memberships, with their organisations."""
    if not user.is_authenticated:
        return Membership.objects.none()
    return Membership.objects.active().filter(person=user).select_related("organisation__page")


@register.inclusion_tag("members/your_organisations.html", takes_context=True)
def your_organisations(context: dict[str, Any]) -> dict[str, Any]:
    """Everything about the signed-in person and organisations: memberships, invitations, offers, requests."""
    person = context["request"].user
    kept = Membership.objects.kept().filter(person=person)
    return {
        "memberships": kept.select_related("organisation__page").order_by("organisation__short_name"),
        "invitations": selectors.invitations_for(person),
        "offers": selectors.organisations_by_address(person),
        "requests": JoinRequest.objects.waiting().filter(person=person).select_related("organisation"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("members/people/menu.html", takes_context=True)
def people_menu(context: dict[str, Any], organisation: Organisation) -> dict[str, Any]:
    """The pages for those who look after an organisation's people, with how much waits."""
    here = context["request"].path
    asking = JoinRequest.objects.waiting().filter(organisation=organisation).count()
    invited = Invitation.objects.waiting().filter(organisation=organisation).count()
    pages: list[tuple[str, Any, int]] = [
        ("council_people", _("People"), 0),
        ("council_invite", _("Invite somebody"), 0),
        ("council_invite_many", _("Invite many"), 0),
        ("council_invitations", _("Invitations"), invited),
        ("council_requests", _("Requests to join"), asking),
        ("council_domains", _("Email domains"), 0),
        ("council_sign_off", _("Signing off"), 0),
        *((name, text, 0) for name, text in people_pages.registered()),
        ("council_changes", _("What has changed"), 0),
    ]
    links = [
        {"url": (url := reverse(name, args=[organisation.slug])), "text": text, "count": count, "current": url == here}
        for name, text, count in pages
    ]
    return {"organisation": organisation, "links": links}
