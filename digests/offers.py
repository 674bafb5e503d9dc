"""Following what one comments on: offered beside the form, never taken for granted."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from casestudies.models import CaseStudyPage
from digests import selectors, targets
from digests.errors import NothingToFollow
from digests.services.follows import follow
from discussion import offers
from discussion.models import Ask
from places.models import Place


def register_own() -> None:
    offers.register(
        offers.Offer(
            name="follow",
            label=_("Email me when others comment here"),
            help_text=_("You follow it then: what others say, and what changes, comes with the rest of your mail."),
            is_open=_may_be_offered,
            take=_follow,
        )
    )


def _target(place: Any) -> targets.Target | None:
    if isinstance(place, CaseStudyPage):
        return "case_study", place.pk
    if isinstance(place, Ask):
        return "ask", place.pk
    if isinstance(place, Place):
        return "place", place.pk
    return None


def _may_be_offered(person: User, place: Any) -> bool:
    target = _target(place)
    return target is not None and target[0] in targets.kinds() and not selectors.is_following(person, target)


def _follow(person: User, place: Any) -> None:
    """A comment is not lost because there is nothing to follow any more."""
    target = _target(place)
    if target is not None:
        try:
            follow(person=person, target=target)
        except NothingToFollow:
            return
