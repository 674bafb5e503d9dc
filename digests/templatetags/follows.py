"""The follow button, for any page above or below."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from digests import addresses, counting, selectors, targets
from search.saved import canonical, why_not
from search.state import SearchState

register = template.Library()


@register.inclusion_tag("components/follow_button.html", takes_context=True)
def follow_button(
    context: dict[str, Any], kind: str, pk: int, label: str = "", *, words: str = "", counted: bool = True
) -> dict[str, Any]:
    """`{% follow_button "topic" topic.pk topic.name %}`: one query for somebody signed in, none for anybody else.

    How many follow it costs one query more every five minutes (`digests.counting`). `words` stand on the button
    instead of “Follow”. An anonymous reader gets a link to a page of its own and no form, so that this page stays free
    of cookies.
    """
    request = context.get("request")
    if request is None or not pk or getattr(request, "is_preview", False):
        return {}
    here = request.get_full_path()
    own = {"label": label, "words": words, "count": counting.in_words(kind, pk) if counted else ""}
    if not request.user.is_authenticated:
        return {"ask_url": _ask([("kind", kind), ("id", pk)]), **own}
    following = selectors.is_following(request.user, (kind, pk))
    return {
        "action": reverse("unfollow" if following else "follow"),
        "following": following,
        **own,
        "fields": {"kind": kind, "id": pk, "next": here},
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/follow_button.html", takes_context=True)
def follow_search(context: dict[str, Any], state: SearchState) -> dict[str, Any]:
    """`{% follow_search state %}`: follow what this page found; where nobody can, why.

    One query for somebody signed in, none for anybody else.
    """
    request = context.get("request")
    if request is None:
        return {}
    if reason := why_not(state):
        return {"reason": reason}
    here = request.get_full_path()
    words = {"words": _("Follow this search"), "following_words": _("Following this search")}
    if not request.user.is_authenticated:
        return {"ask_url": _ask(canonical(state).pairs()), **words}
    saved = selectors.followed_search(request.user, state)
    own = [("kind", targets.SAVED_SEARCH), ("id", saved)] if saved else canonical(state).pairs()
    return {
        "action": reverse("unfollow" if saved else "follow_search"),
        "following": bool(saved),
        "pairs": [*own, ("next", here)],
        "csrf_token": context.get("csrf_token"),
        **words,
    }


@register.inclusion_tag("digests/address_notice.html", takes_context=True)
def address_notice(context: dict[str, Any], here: str = "") -> dict[str, Any]:
    """`{% address_notice %}`: why the reader's address gets no mail, and its repair; else nothing, in one query.

    `here` is the page to come back to: "following", or the account.
    """
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return {}
    state = addresses.address_state(request.user)
    if state is None:
        return {}
    return {**vars(state), "address": request.user.email, "from": here, "csrf_token": context.get("csrf_token")}


def _ask(pairs: list[tuple[str, Any]]) -> str:
    """Where somebody who is not signed in follows it by email address."""
    return f"{reverse('follow_new')}?{urlencode(pairs)}"
