"""Who may do what for an organisation. Each predicate about rows has its queryset twin, named beside it."""

from typing import Any

from django.utils import timezone

from members.models import SIGNERS, WRITERS, JoinRequest, Membership, Organisation, OrganisationKind, RequestState, Role
from members.roles import EDITORS, MODERATORS, OPERATIONS

# Anybody who asks: a person or nobody. Requests carry a lazy object that is either.
Person = Any


def in_group(user: Person, name: str) -> bool:
    """Whether somebody whose account is open is in the group; read once for each object of a person."""
    if not user.is_authenticated or not user.is_active:
        return False
    cached: set[str] | None = getattr(user, "_group_names", None)
    if cached is None:
        cached = set(user.groups.values_list("name", flat=True))
        user._group_names = cached
    return name in cached


def is_administrator(user: Person) -> bool:
    return bool(user.is_authenticated and user.is_active and user.is_superuser)


def is_moderator(user: Person) -> bool:
    """A moderator of the network, or an administrator."""
    return is_administrator(user) or in_group(user, MODERATORS)


def is_editor(user: Person) -> bool:
    """One of the network's editors, who write from public sources, or an administrator."""
    return is_administrator(user) or in_group(user, EDITORS)


def is_operator(user: Person) -> bool:
    """Somebody who keeps the network's mail going, or an administrator. It is no right to read what is for members."""
    return is_administrator(user) or in_group(user, OPERATIONS)


def is_member(user: Person) -> bool:
    """Holds an active membership of any organisation, or keeps the network itself. Ends when the membership ends."""
    if not user.is_authenticated or not user.is_active:
        return False
    cached: bool | None = getattr(user, "_is_member", None)
    if cached is None:
        cached = is_moderator(user) or is_editor(user) or Membership.objects.active().filter(person=user).exists()
        user._is_member = cached
    return cached


def has_role(user: Person, organisation: Organisation, *roles: str) -> bool:
    """Twin: `Organisation.objects.with_role(user, *roles)`."""
    if not user.is_authenticated or not user.is_active:
        return False
    return (
        Membership.objects.active()
        .filter(person=user, organisation=organisation, **({"role__in": roles} if roles else {}))
        .exists()
    )


def can_write_for(user: Person, organisation: Organisation) -> bool:
    """Twin: `Organisation.objects.writable_by(user)`."""
    return is_administrator(user) or has_role(user, organisation, *WRITERS)


def can_approve_for(user: Person, organisation: Organisation) -> bool:
    """Twin: `Organisation.objects.approvable_by(user)`."""
    return is_administrator(user) or has_role(user, organisation, *SIGNERS)


def can_manage_people_of(user: Person, organisation: Organisation) -> bool:
    """Twin: `Organisation.objects.managed_by(user)`."""
    return is_administrator(user) or has_role(user, organisation, Role.LEAD)


def can_switch_sign_off(user: Person, organisation: Organisation) -> bool:
    """Say whether the organisation's own approver signs off first: a lead. Twin: `Organisation.objects.managed_by`."""
    return can_manage_people_of(user, organisation)


def can_ask_to_join(user: Person, organisation: Organisation) -> bool:
    """Anybody with an account who does not belong to it. Twin: `Organisation.objects.joinable_by(user)`."""
    if not user.is_authenticated or not user.is_active or organisation.kind == OrganisationKind.NETWORK:
        return False
    left = organisation.left_at is not None and organisation.left_at <= timezone.now()
    return not left and not has_role(user, organisation)


def can_answer_join_request(user: Person, request: JoinRequest) -> bool:
    """A lead of the organisation; where there is none, the network's moderators. Nobody answers themselves.

    Twin: `JoinRequest.objects.answerable_by(user)`.
    """
    if not user.is_authenticated or request.state != RequestState.WAITING or request.person_id == user.pk:
        return False
    if not request.person.is_active:
        return False
    if can_manage_people_of(user, request.organisation):
        return True
    return is_moderator(user) and JoinRequest.objects.without_lead().filter(pk=request.pk).exists()
