"""Where a person belongs, for pages of packages that know nothing of organisations."""

from typing import Any

from django import template

from members.models import Membership

register = template.Library()


@register.simple_tag
def memberships_of(user: Any) -> Any:
    """The person's active memberships, with their organisations."""
    if not user.is_authenticated:
        return Membership.objects.none()
    return Membership.objects.active().filter(person=user).select_related("organisation__page")
