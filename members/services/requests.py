"""Asking to join an organisation, and the answer."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events, post, ratelimit
from members.errors import MembersError, NotAllowed, NotWaiting, TooMany
from members.models import CameBy, JoinRequest, Membership, Organisation, RequestState, Role
from members.permissions import can_answer_join_request, can_ask_to_join, can_manage_people_of
from members.selectors import people_of
from members.services.memberships import admit

if TYPE_CHECKING:
    from accounts.models import User

A_DAY = 24 * 60 * 60


@transaction.atomic
def ask_to_join(*, person: "User", organisation: Organisation, why: str) -> JoinRequest:
    """Asking again while the first waits is the same request.

    Raises `NotAllowed` (they belong already, or it has left the network) and `TooMany` (five a day).
    """
    if not can_ask_to_join(person, organisation):
        raise NotAllowed(_("You cannot ask to join this organisation: you belong to it, or it has left the network."))
    waiting = JoinRequest.objects.waiting().filter(person=person, organisation=organisation).first()
    if waiting is not None:
        return waiting
    if not ratelimit.allow(f"join:{person.pk}", 5, A_DAY):
        raise TooMany(_("You have asked five times today. Try again tomorrow."))
    request = JoinRequest.objects.create(person=person, organisation=organisation, why=why)
    _record("made", request, person)
    for lead in people_of(organisation, Role.LEAD):
        post.send(
            name="join_request",
            key=f"join-request:{request.pk}:{lead.pk}",
            person=lead,
            facts=_facts(request) | {"who": person.display_name, "at": person.email, "why": why},
        )
    return request


@transaction.atomic
def withdraw_request(*, request: JoinRequest, by: "User") -> None:
    """Its writer needs no answer any more. Raises `NotAllowed` and `NotWaiting`."""
    if request.person_id != by.pk:
        raise NotAllowed(_("Only who asked may withdraw it."))
    _close(request, RequestState.WITHDRAWN, by=by, reason="")


@transaction.atomic
def approve_request(*, request: JoinRequest, by: "User", role: str = Role.MEMBER, reason: str = "") -> Membership:
    """The person joins. A moderator, who answers where there is no lead, admits members only."""
    _check(request, by)
    if role != Role.MEMBER and not can_manage_people_of(by, request.organisation):
        raise NotAllowed(_("Only a lead or an administrator may give more than membership."))
    _close(request, RequestState.APPROVED, by=by, reason=reason)
    membership = admit(
        organisation=request.organisation, person=request.person, role=role, by=by, came_by=CameBy.REQUEST
    )
    _tell("join_approved", request, role=str(role), reason=reason)
    return membership


@transaction.atomic
def decline_request(*, request: JoinRequest, by: "User", reason: str) -> None:
    """The person is told why. Raises `NotAllowed`, `NotWaiting`, and `MembersError` without a reason."""
    _check(request, by)
    if not reason.strip():
        raise MembersError(_("Say why: the person reads it."))
    _close(request, RequestState.DECLINED, by=by, reason=reason)
    _tell("join_declined", request, reason=reason)


def _check(request: JoinRequest, by: "User") -> None:
    if not can_answer_join_request(by, request):
        raise NotAllowed(_("Another lead, or the network’s moderators, answer this."))


def _close(request: JoinRequest, state: RequestState, *, by: "User", reason: str) -> None:
    """Two who answer at once never both do."""
    closed = JoinRequest.objects.filter(pk=request.pk, state=RequestState.WAITING).update(
        state=state, decided_at=timezone.now(), decided_by=by, reason=reason
    )
    if not closed:
        raise NotWaiting(_("Somebody has answered this already, or it was withdrawn."))
    _record(str(state), request, by)


def _tell(name: str, request: JoinRequest, **facts: str) -> None:
    post.send(name=name, key=f"{name}:{request.pk}", person=request.person, facts=_facts(request) | facts)


def _facts(request: JoinRequest) -> dict[str, str]:
    return {"organisation": request.organisation.name, "slug": request.organisation.slug}


def _record(what: str, request: JoinRequest, by: "User") -> None:
    events.record(
        kind=f"join_request.{what}",
        subject=("join_request", request.pk),
        by=by,
        targets=[("organisation", request.organisation_id)],
    )
