"""What a higher room offers beside the comment form: a box to tick, and what ticking it does.

A room registers an offer when it starts (`AppConfig.ready`); the form shows those that are open to its writer, never
ticked, and after a comment was added those that were ticked are taken.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from accounts.models import User

# The page, the place or the ask that is commented on.
Place = Any


@dataclass(frozen=True, kw_only=True)
class Offer:
    """`is_open` says whether this person is offered it here; `take` does it, and may be asked for twice."""

    name: str
    label: str | Promise
    help_text: str | Promise
    is_open: "Callable[[User, Place], bool]"
    take: "Callable[[User, Place], None]"

    @property
    def field(self) -> str:
        return f"offer_{self.name}"


_offers: dict[str, Offer] = {}


def register(offer: Offer) -> None:
    _offers[offer.name] = offer


def open_to(person: "User", place: Place) -> list[Offer]:
    return [offer for offer in _offers.values() if offer.is_open(person, place)]


def take_ticked(offers: Iterable[Offer], ticked: Mapping[str, Any], *, person: "User", place: Place) -> None:
    for offer in offers:
        if ticked.get(offer.field):
            offer.take(person, place)
