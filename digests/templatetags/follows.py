"""The follow button, for any page above or below."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.http import urlencode

from digests import selectors

register = template.Library()


@register.inclusion_tag("components/follow_button.html", takes_context=True)
def follow_button(context: dict[str, Any], kind: str, pk: int, label: str = "") -> dict[str, Any]:
    """`{% follow_button "topic" topic.pk topic.name %}`: one query for somebody signed in, none for anybody else.

    An anonymous reader gets a link to sign in and no form, so that the page stays free of cookies.
    """
    request = context.get("request")
    if request is None or not pk or getattr(request, "is_preview", False):
        return {}
    here = request.get_full_path()
    if not request.user.is_authenticated:
        return {"sign_in_url": f"{reverse('account_login')}?{urlencode({'next': here})}", "label": label}
    following = selectors.is_following(request.user, (kind, pk))
    return {
        "action": reverse("unfollow" if following else "follow"),
        "following": following,
        "label": label,
        "fields": {"kind": kind, "id": pk, "next": here},
        "csrf_token": context.get("csrf_token"),
    }
