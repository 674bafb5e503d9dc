"""What a comment stands on: a page of the CMS, or a place, which is none. An answer stands on its ask alone."""

from typing import Any

from django.db.models import Q

from discussion.models import Comment
from members.models import OrganisationKind
from places.models import Place


def page_of(comment: Comment) -> Any:
    """The page that it stands on, as what it is, or the place; None for an answer to an ask."""
    return comment.page.specific if comment.page is not None else comment.place


def columns(page: Any) -> dict[str, int | None]:
    """The two columns of a comment that say on which page or place it stands, in this order; empty for an answer."""
    on_place = isinstance(page, Place)
    return {
        "page_id": page.pk if page is not None and not on_place else None,
        "place_id": page.pk if on_place else None,
    }


def path_of(page: Any, request: Any = None) -> str:
    return page.get_absolute_url() if isinstance(page, Place) else page.get_url(request) or ""


def held_with(page: Any) -> Q:
    """The memberships of whose page it is: the organisation above it, or those that serve the place. The network
    writes from everywhere; it serves no place.
    """
    if isinstance(page, Place):
        return Q(organisation__places=page) & ~Q(organisation__kind=OrganisationKind.NETWORK)
    return Q(organisation__page__path=page.path[: -page.steplen])
