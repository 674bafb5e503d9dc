"""The CMS's groups follow memberships. Wagtail asks the groups, so they are put right before it can ask.

Memberships lapse by the clock, and nobody is there at that moment. Every predicate of ours asks
`Membership.objects.active()` and needs nothing else; for the CMS `settle` runs at the door of each request, and
`settle_everybody` each night for whoever never comes.
"""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from members.models import SIGNERS, WRITERS, Membership, Organisation

if TYPE_CHECKING:
    from accounts.models import User

# What a person object remembers of its rights within one request.
REMEMBERED = ("_is_member", "_group_names", "_perm_cache", "_group_perm_cache", "_user_perm_cache")


def sync_groups(person: "User", organisation: Organisation) -> None:
    """Put a person into the groups that their membership of this organisation gives now, and out of the others."""
    held = Membership.objects.active().filter(person=person, organisation=organisation).first()
    role = held.role if held else None
    for group, belongs in ((organisation.authors, role in WRITERS), (organisation.approvers, role in SIGNERS)):
        if group is not None:
            (person.groups.add if belongs else person.groups.remove)(group)
    forget_rights(person)


def sync_organisation(organisation: Organisation) -> None:
    """The same for everybody in it: it has left the network, or come back."""
    for group, roles in ((organisation.authors, WRITERS), (organisation.approvers, SIGNERS)):
        if group is not None:
            held = Membership.objects.active().filter(organisation=organisation, role__in=roles)
            group.user_set.set(held.values_list("person", flat=True))


@transaction.atomic
def settle(person: "User") -> bool:
    """Leave the groups of organisations whose membership has lapsed; True if there were any. One query if none."""
    if not _holds_more_than_due(person):
        return False
    _unfounded().filter(user=person).delete()
    forget_rights(person)
    return True


@transaction.atomic
def settle_everybody() -> int:
    """How many places in a group were given up."""
    stale = list(_unfounded().values_list("pk", flat=True))
    _places().filter(pk__in=stale).delete()
    return len(stale)


def forget_rights(person: "User") -> None:
    for remembered in REMEMBERED:
        getattr(person, "__dict__", {}).pop(remembered, None)


def _places() -> Any:
    return Group.user_set.through._default_manager


def _holds_more_than_due(person: "User") -> bool:
    """Asked at each request to the CMS: to word it anew took Django five milliseconds, to answer it takes a tenth."""
    sql, values = _question(connection.vendor)
    moment = connection.ops.adapt_datetimefield_value
    meant = {_SOMEBODY: person.pk, moment(_SOMETIME): moment(timezone.now())}
    with connection.cursor() as cursor:
        cursor.execute(sql, [meant.get(value, value) for value in values])
        return cursor.fetchone() is not None


# They stand in the question for who it is about and for now.
_SOMEBODY, _SOMETIME = -1, datetime(2000, 1, 1, 1, 1, 1, tzinfo=UTC)


@cache
def _question(vendor: str) -> tuple[str, tuple[Any, ...]]:
    found: tuple[str, tuple[Any, ...]] = (
        _unfounded(at=_SOMETIME).filter(user=_SOMEBODY).values_list("pk")[:1].query.sql_with_params()
    )
    return found


def _unfounded(at: datetime | None = None) -> Any:
    """Places in organisations' groups that no active membership gives."""
    held = Membership.objects.active(at).filter(person=OuterRef("user"))
    writes = held.filter(organisation__authors=OuterRef("group"), role__in=WRITERS)
    signs = held.filter(organisation__approvers=OuterRef("group"), role__in=SIGNERS)
    of_organisations = Q(group__authors_of__isnull=False) | Q(group__approvers_of__isnull=False)
    return _places().filter(of_organisations).exclude(Exists(writes) | Exists(signs))
