"""People joining, changing role and leaving. Groups follow in the same transaction, so access ends at once."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events, post
from core.models import Event
from members.errors import LastLead, NotAllowed
from members.models import Invitation, Membership, Organisation, Role
from members.permissions import can_manage_people_of, is_administrator
from members.services.access import sync_groups, sync_organisation

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def add_member(
    *, organisation: Organisation, person: "User", role: str, by: "User | None", came_by: str = ""
) -> Membership:
    """Give a person a role; repeating it changes the role. `by=None` is the system itself (import, a verified address).

    One that has lapsed is over: a new one starts. Raises `NotAllowed`, and `LastLead` when it would leave nobody who
    looks after the organisation's people.
    """
    _one_at_a_time(organisation)
    _check(by, organisation)
    return admit(organisation=organisation, person=person, role=role, by=by, came_by=came_by)


@transaction.atomic
def admit(*, organisation: Organisation, person: "User", role: str, by: "User | None", came_by: str = "") -> Membership:
    """The same, where the caller has asked whether `by` may: a person who accepts an invitation, a moderator."""
    _one_at_a_time(organisation)
    kept = Membership.objects.kept().filter(person=person, organisation=organisation).first()
    if kept is not None and kept.is_lapsed and organisation.left_at is None:
        _end(kept, at=kept.expires_at or timezone.now(), by=None)
        kept = None
    if kept is None:
        membership = Membership.objects.create(person=person, organisation=organisation, role=role, came_by=came_by)
        _record("membership.started", membership, by=by, role=str(role), came_by=came_by)
        if by is not None and not came_by:
            _tell("made_member", membership, by=by, key=f"made-member:{membership.pk}", role=str(role))
    else:
        membership = kept
        if membership.role != role:
            _keep_a_lead(membership, by)
            before, membership.role = membership.role, role
            membership.save(update_fields=["role"])
            event = _record("membership.role_changed", membership, by=by, **{"from": str(before), "to": str(role)})
            _take_back_invitations(membership, by)
            _tell("role_changed", membership, by=by, key=f"role:{event.pk}", role=str(role))
    sync_groups(person, organisation)
    return membership


def change_role(*, membership: Membership, role: str, by: "User | None") -> Membership:
    """Change an active membership's role. Raises `NotAllowed` and `LastLead`."""
    return add_member(organisation=membership.organisation, person=membership.person, role=role, by=by)


@transaction.atomic
def set_expiry(*, membership: Membership, expires_at: datetime | None, by: "User | None") -> Membership:
    """Let it lapse at a moment, or never; a later one revives what has lapsed. Raises `NotAllowed` and `LastLead`."""
    _one_at_a_time(membership.organisation)
    _check(by, membership.organisation)
    row = Membership.objects.select_related("organisation", "person").get(pk=membership.pk)
    if row.ended_at is not None or row.expires_at == expires_at:
        return row
    if expires_at is not None:
        _keep_a_lead(row, by)
    row.expires_at = expires_at
    row.save(update_fields=["expires_at"])
    until = expires_at.isoformat() if expires_at else ""
    event = _record("membership.dated", row, by=by, until=until)
    _tell("last_day", row, by=by, key=f"last-day:{event.pk}", until_day=until)
    sync_groups(row.person, row.organisation)
    return row


@transaction.atomic
def end_membership(*, membership: Membership, by: "User | None") -> None:
    """End it now: groups are left and the next request is a subscriber's. Repeating it does nothing.

    Everybody may end their own. Raises `NotAllowed` and `LastLead`.
    """
    _one_at_a_time(membership.organisation)
    if by is None or by.pk != membership.person_id:
        _check(by, membership.organisation)
    if not Membership.objects.kept().filter(pk=membership.pk).exists():
        return
    _keep_a_lead(membership, by)
    _end(membership, at=timezone.now(), by=by)
    sync_groups(membership.person, membership.organisation)
    _take_back_invitations(membership, by)
    _tell("membership_ended", membership, by=by, key=f"membership-ended:{membership.pk}")


def end_quietly(*, membership: Membership, by: "User") -> None:
    """What a person's own doing has ended, a lead's place included; nobody is asked."""
    _end(membership, at=timezone.now(), by=by)
    sync_groups(membership.person, membership.organisation)


@transaction.atomic
def leave_network(*, organisation: Organisation, left_at: datetime | None, by: "User | None") -> Organisation:
    """The organisation leaves the network at a moment, or comes back (`None`): so do the rights of its people.

    Nobody's membership is ended: an organisation that pays its fee a month late finds everybody where they were.
    """
    if by is not None and not is_administrator(by):
        raise NotAllowed(_("Only an administrator may say when an organisation leaves the network."))
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if row.left_at == left_at:
        return row
    row.left_at = left_at
    row.save(update_fields=["left_at"])
    events.record(
        kind="organisation.left" if left_at else "organisation.returned",
        subject=("organisation", row.pk),
        by=by,
        data={"name": row.name, "at": left_at.isoformat() if left_at else ""},
    )
    sync_organisation(row)
    return row


def _end(membership: Membership, *, at: datetime, by: "User | None") -> None:
    membership.ended_at, membership.ended_by = at, by
    membership.save(update_fields=["ended_at", "ended_by"])
    _record("membership.ended", membership, by=by)


def _tell(name: str, membership: Membership, *, by: "User | None", key: str, **facts: str) -> None:
    """What somebody else did to a person's membership; they know what they did themselves."""
    if by is None or by.pk == membership.person_id:
        return
    organisation = membership.organisation
    given = {"organisation": organisation.name, "slug": organisation.slug, "by": by.display_name}
    post.send(name=name, key=key, person=membership.person, facts=given | facts)


def _take_back_invitations(membership: Membership, by: "User | None") -> None:
    """A lead whose place was taken by somebody else leaves no way back in."""
    if by is None or by.pk == membership.person_id or (membership.role == Role.LEAD and membership.ended_at is None):
        return
    sent = Invitation.objects.waiting().filter(organisation=membership.organisation_id, invited_by=membership.person_id)
    sent.update(withdrawn_at=timezone.now())


def _record(kind: str, membership: Membership, *, by: "User | None", **data: Any) -> Event:
    return events.record(
        kind=kind,
        subject=("membership", membership.pk),
        by=by,
        targets=[("organisation", membership.organisation_id)],
        data={name: value for name, value in data.items() if value},
    )


def _check(by: "User | None", organisation: Organisation) -> None:
    if by is not None and not can_manage_people_of(by, organisation):
        raise NotAllowed(_("Only the council’s lead or an administrator may change who belongs to it."))


def _one_at_a_time(organisation: Organisation) -> None:
    """Two leads who demote each other at once must not leave none; nor does one act after the other has ended their
    right to. So it comes before anything is asked.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)


def _keep_a_lead(membership: Membership, by: "User | None") -> None:
    """Administrators, and the system when an account goes, may leave an organisation without a lead."""
    if by is None or is_administrator(by) or membership.role != Role.LEAD or membership.is_lapsed:
        return
    others = Membership.objects.active().filter(organisation=membership.organisation_id, role=Role.LEAD)
    if not others.exclude(pk=membership.pk).exists():
        raise LastLead(_("Name another lead first: somebody has to look after the people of this organisation."))
