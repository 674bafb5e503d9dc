"""Where a person stands: what sanctions leave them. It is asked anew with each request."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from moderation.models import Sanction, SanctionKind

STOPS = (SanctionKind.SUSPEND, SanctionKind.BAN)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The sanctions in force. A ban that waits for a second moderator stops somebody like a suspension."""

    sanctions: tuple[Sanction, ...] = ()

    @property
    def limited(self) -> Sanction | None:
        return next((one for one in self.sanctions if one.kind == SanctionKind.LIMIT), None)

    @property
    def stopped(self) -> Sanction | None:
        """What keeps the person from writing: of several, the one that ends last."""
        own = [one for one in self.sanctions if one.kind in STOPS]
        return next((one for one in own if one.ends_at is None), None) or max(
            own, key=lambda one: (one.ends_at, one.pk), default=None
        )


def standing_of(person: Any) -> Standing:
    """Read once for each object of a person, which lives as long as a request."""
    if not person.is_authenticated:
        return Standing()
    held: Standing | None = getattr(person, "_standing", None)
    if held is None:
        held = Standing(sanctions=tuple(Sanction.objects.in_force().filter(person=person.pk)))
        person._standing = held
    return held


def forget_standing(person: Any) -> None:
    """After a change, for whoever goes on with the same object."""
    person._standing = None


def may_contribute(user: Any) -> bool:
    """Whether the person may write anything at all. Twin: `contributors`."""
    return bool(user.is_authenticated and user.is_active) and standing_of(user).stopped is None


def contributors() -> QuerySet[User]:
    """The queryset twin of `may_contribute`."""
    stopped = Sanction.objects.in_force().filter(kind__in=STOPS)
    return User.objects.filter(is_active=True).exclude(pk__in=stopped.values("person"))
