"""People joining, changing role and leaving. Groups follow in the same transaction, so access ends at once."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from core import events
from members.errors import NotAllowed
from members.models import Membership, Organisation, Role
from members.permissions import can_manage_people_of

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def add_member(*, organisation: Organisation, person: "User", role: str, by: "User | None") -> Membership:
    """Give a person a role; repeating it changes the role. `by=None` is the system itself (import, demonstration)."""
    _check(by, organisation)
    membership, is_new = Membership.objects.get_or_create(
        person=person, organisation=organisation, ended_at=None, defaults={"role": role}
    )
    if not is_new and membership.role != role:
        membership.role = role
        membership.save(update_fields=["role"])
    _sync_groups(person, organisation, role)
    if is_new:
        events.record(
            kind="membership.started",
            subject=("membership", membership.pk),
            by=by,
            targets=[("organisation", organisation.pk)],
        )
    return membership


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: "User | None") -> Membership:
    """Change an active membership's role. Raises `NotAllowed`."""
    return add_member(organisation=membership.organisation, person=membership.person, role=role, by=by)


@transaction.atomic
def end_membership(*, membership: Membership, by: "User | None") -> None:
    """End it now: groups are left and the next request is a subscriber's. Repeating it does nothing."""
    _check(by, membership.organisation)
    ended = Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=timezone.now())
    if not ended:
        return
    _sync_groups(membership.person, membership.organisation, None)
    events.record(
        kind="membership.ended",
        subject=("membership", membership.pk),
        by=by,
        targets=[("organisation", membership.organisation_id)],
    )


def _check(by: "User | None", organisation: Organisation) -> None:
    if by is not None and not can_manage_people_of(by, organisation):
        raise NotAllowed("Only the council’s lead or an administrator may change who belongs to it.")


def _sync_groups(person: "User", organisation: Organisation, role: str | None) -> None:
    """Authors write; approvers sign off; a lead does both."""
    wanted = {
        organisation.authors: role in {Role.AUTHOR, Role.LEAD},
        organisation.approvers: role in {Role.APPROVER, Role.LEAD},
    }
    for group, belongs in wanted.items():
        if group is not None:
            (person.groups.add if belongs else person.groups.remove)(group)
    for cached in ("_is_member", "_group_names"):
        person.__dict__.pop(cached, None)
