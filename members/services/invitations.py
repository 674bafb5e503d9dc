"""Inviting people to an organisation by mail, one or many, and what they do with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import events, post, ratelimit
from members.errors import MembersError, NotAllowed, NotWaiting, TooMany
from members.models import INVITATION_LIFETIME, CameBy, Invitation, JoinRequest, Membership, Organisation, Role
from members.models.joining import RequestState
from members.permissions import can_manage_people_of
from members.services.memberships import admit

_LINK = "members.invitation"
MAILS_A_DAY = 1000
BETWEEN_TWO = timedelta(minutes=10)
TIMES = 5


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Whom to invite."""

    address: str
    role: str = Role.MEMBER
    name: str = ""


@transaction.atomic
def invite(*, organisation: Organisation, invited: Invited, by: User) -> Invitation:
    """Write to an address. Raises `NotAllowed`, `TooMany`, and `MembersError` if they belong or are invited already."""
    return invite_many(organisation=organisation, invited=[invited], by=by)[0]


@transaction.atomic
def invite_many(*, organisation: Organisation, invited: Iterable[Invited], by: User) -> list[Invitation]:
    """All of them or, when one cannot be invited, none: as `invite`."""
    _check(by, organisation)
    wanted = list(invited)
    for address, reason in reasons_against(organisation, [one.address for one in wanted]).items():
        raise MembersError(f"{address}: {reason}")
    for _one in wanted:
        if not ratelimit.allow(f"invite:{organisation.pk}", MAILS_A_DAY, 24 * 60 * 60):
            raise TooMany(_("This organisation has invited as many people today as it may. Try again tomorrow."))
    try:
        with transaction.atomic():
            rows = [
                Invitation.objects.create(
                    organisation=organisation, address=one.address.lower(), name=one.name, role=one.role, invited_by=by
                )
                for one in wanted
            ]
    except IntegrityError as error:  # another lead was faster
        raise MembersError(_("Somebody has invited one of these addresses just now. Look at the list.")) from error
    for row in rows:
        _record("sent", row, by, role=str(row.role))
        _write(row, by)
    return rows


def reasons_against(organisation: Organisation, addresses: Iterable[str]) -> dict[str, str]:
    """Those of many addresses that cannot be invited, in lower case, and why in words; two queries."""
    wanted = {address.lower() for address in addresses}
    people = User.objects.filter(
        pk__in=Membership.objects.active().filter(organisation=organisation).values("person")
    ).annotate(at=Lower("email"))
    waiting = Invitation.objects.waiting().filter(organisation=organisation).annotate(at=Lower("address"))
    again = _("This address has been invited already. You can send the invitation again.")
    there = _("This person belongs to the organisation already.")
    return dict.fromkeys(waiting.filter(at__in=wanted).values_list("at", flat=True), again) | dict.fromkeys(
        people.filter(at__in=wanted).values_list("at", flat=True), there
    )


@transaction.atomic
def resend(*, invitation: Invitation, by: User) -> Invitation:
    """Once more, with two weeks from now. Raises `NotAllowed`, `NotWaiting` and `TooMany`."""
    _check(by, invitation.organisation)
    row = _waiting(invitation)
    now = timezone.now()
    if row.times_sent >= TIMES:
        raise TooMany(_("It has been sent five times. Withdraw it, or ask them another way."))
    if row.sent_at > now - BETWEEN_TWO:
        raise TooMany(_("It was sent a few minutes ago. Wait ten minutes before you send it again."))
    row.sent_at, row.expires_at, row.times_sent = now, now + INVITATION_LIFETIME, row.times_sent + 1
    row.save(update_fields=["sent_at", "expires_at", "times_sent"])
    _record("resent", row, by)
    _write(row, by)
    return row


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    """The link stops working. Raises `NotAllowed` and `NotWaiting`."""
    _check(by, invitation.organisation)
    _over(_waiting(invitation), "withdrawn", by)


@transaction.atomic
def decline_invitation(*, invitation: Invitation, person: User) -> None:
    """Raises `NotAllowed` and `NotWaiting`."""
    if not is_for(invitation, person):
        raise NotAllowed(_("This invitation is for another address."))
    _over(_waiting(invitation), "declined", person)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, person: User) -> Membership:
    """Join, as whoever has shown that the invited address is theirs. Raises `NotAllowed` and `NotWaiting`.

    It never takes a role away from somebody who has more by now than a member.
    """
    if not is_for(invitation, person):
        raise NotAllowed(_("This invitation is for another address. Sign in with the address it was sent to."))
    row = _waiting(invitation)
    if not Invitation.objects.open().filter(pk=row.pk).exists():
        raise NotWaiting(_("The time of this invitation is over. Ask for another."))
    row.accepted_at, row.accepted_by = timezone.now(), person
    row.save(update_fields=["accepted_at", "accepted_by"])
    held = Membership.objects.active().filter(person=person, organisation=row.organisation).first()
    role = held.role if held and held.role != Role.MEMBER else row.role
    membership = admit(organisation=row.organisation, person=person, role=role, by=person, came_by=CameBy.INVITATION)
    _record("accepted", row, person, role=str(role))
    JoinRequest.objects.waiting().filter(person=person, organisation=row.organisation).update(
        state=RequestState.WITHDRAWN, decided_at=timezone.now(), decided_by=person
    )
    return membership


def token_of(invitation: Invitation) -> str:
    return signing.Signer(salt=_LINK).sign(str(invitation.pk))


def invitation_of(token: str) -> Invitation:
    """Raises `NotWaiting` for a link that is forged, used, withdrawn or too old."""
    try:
        number = signing.Signer(salt=_LINK).unsign(token)
    except signing.BadSignature as error:
        raise NotWaiting(_("This link does not work. Copy all of it from the mail.")) from error
    found = Invitation.objects.open().select_related("organisation__page", "invited_by").filter(pk=number).first()
    if found is None:
        raise NotWaiting(_("This invitation has been used or withdrawn, or its two weeks are over. Ask for another."))
    return found


def is_for(invitation: Invitation, person: User) -> bool:
    """Twin: `selectors.invitations_for(person)`."""
    own = EmailAddress.objects.filter(user=person, verified=True, email__iexact=invitation.address)
    return person.is_active and own.exists()


def _waiting(invitation: Invitation) -> Invitation:
    row = Invitation.objects.select_for_update().filter(pk=invitation.pk).first()
    if row is None or row.accepted_at is not None or row.withdrawn_at is not None:
        raise NotWaiting(_("This invitation has been used or withdrawn."))
    return row


def _over(row: Invitation, what: str, by: User) -> None:
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    _record(what, row, by)


def _write(row: Invitation, by: User) -> None:
    known = User.objects.filter(email__iexact=row.address, is_active=True).first()
    to: dict[str, Any] = {"person": known} if known else {"address": row.address, "language": by.language}
    post.send(
        name="invitation",
        key=f"invitation:{row.pk}:{row.times_sent}",
        facts={
            "organisation": row.organisation.name,
            "name": row.name,
            "role": row.role,
            "by": by.display_name,
            "token": token_of(row),
        },
        worthless_after=row.expires_at,
        **to,
    )


def _check(by: User, organisation: Organisation) -> None:
    if not can_manage_people_of(by, organisation):
        raise NotAllowed(_("Only the council’s lead or an administrator may invite people to it."))


def _record(what: str, row: Invitation, by: User, **data: str) -> None:
    """Without the address: it is personal, and the log is kept longer than the invitation."""
    events.record(
        kind=f"invitation.{what}",
        subject=("invitation", row.pk),
        by=by,
        targets=[("organisation", row.organisation_id)],
        data=data,
    )
