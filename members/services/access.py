"""The CMS's groups follow memberships. Wagtail asks the groups, so they are put right before it can ask.

Memberships lapse by the clock, and nobody is there at that moment. Every predicate of ours asks
`Membership.objects.active()` and needs nothing else; for the CMS `settle` runs at the door of each request, and
`settle_everybody` each night for whoever never comes.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

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
    stale = _unfounded().filter(user=person)
    if not stale.exists():
        return False
    stale.delete()
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


def _unfounded() -> Any:
    """Places in organisations' groups that no active membership gives."""
    held = Membership.objects.active().filter(person=OuterRef("user"))
    writes = held.filter(organisation__authors=OuterRef("group"), role__in=WRITERS)
    signs = held.filter(organisation__approvers=OuterRef("group"), role__in=SIGNERS)
    of_organisations = Q(group__authors_of__isnull=False) | Q(group__approvers_of__isnull=False)
    return _places().filter(of_organisations).exclude(Exists(writes) | Exists(signs))
