"""What the organisations' room keeps of a person."""

from typing import Any

from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.personal_data import Blocker, both, cuts, deletes, nobody_leaves_while, register, table
from members.models import EmailDomain, Invitation, JoinRequest, Membership, Role
from members.services import end_membership


def _memberships(person: Any) -> Any:
    return Membership.objects.filter(person=person.pk).order_by("pk")


def _end_memberships(person: Any) -> int:
    """By the service, so that rights and the organisation's record follow; then what was is forgotten."""
    for membership in _memberships(person).filter(ended_at=None):
        end_membership(membership=membership, by=None)
    return deletes(_memberships)(person) + cuts(Membership, "ended_by")(person)


def only_lead(person: Any) -> Blocker | None:
    """Names every organisation that would be left without a lead while others belong to it."""
    without: list[str] = []
    for one in Membership.objects.active().filter(person=person.pk, role=Role.LEAD).select_related("organisation"):
        others = Membership.objects.active().filter(organisation=one.organisation).exclude(person=person.pk)
        if others.exists() and not others.filter(role=Role.LEAD).exists():
            without.append(one.organisation.name)
    if not without:
        return None
    words = _("You are the only lead of %(names)s, and others belong to it. Name another lead first.")
    return Blocker(code="only-lead", words=words % {"names": ", ".join(without)})


def _invitations(person: Any) -> Any:
    found = Invitation.objects.annotate(lower=Lower("address"))
    return found.filter(lower=person.email.lower()) | found.filter(accepted_by=person.pk)


nobody_leaves_while(only_lead)
register(
    table(
        name="memberships",
        order=20,
        what=_("The organisations that you belong or belonged to, and your role there"),
        find=_memberships,
        fields={
            "organisation__name": _("organisation"),
            "role": _("role"),
            "started_at": _("since when"),
            "expires_at": _("until when it runs"),
            "ended_at": _("when it ended"),
            "came_by": _("how you came to it"),
        },
        columns=("members.membership.person", "members.membership.ended_by"),
        on_leaving=_("Ended, then deleted. What you wrote for an organisation stays with it."),
        erase=_end_memberships,
    ),
    table(
        name="domains-confirmed",
        order=20,
        what=_("Email domains of organisations that you confirmed"),
        find=lambda person: EmailDomain.objects.filter(verified_by=person.pk).order_by("pk"),
        fields={"domain": _("domain"), "verified_at": _("when")},
        columns=("members.emaildomain.verified_by",),
        on_leaving=_("Stays without your name."),
        erase=cuts(EmailDomain, "verified_by"),
    ),
    table(
        name="join-requests",
        order=21,
        what=_("Where you asked to join an organisation"),
        find=lambda person: JoinRequest.objects.filter(person=person.pk).order_by("pk"),
        fields={
            "organisation__name": _("organisation"),
            "why": _("why, in your words"),
            "state": _("how it stands"),
            "created_at": _("when you asked"),
            "decided_at": _("when it was decided"),
            "reason": _("what you were told"),
        },
        columns=("members.joinrequest.person", "members.joinrequest.decided_by"),
        on_leaving=_("Deleted."),
        erase=both(
            deletes(lambda person: JoinRequest.objects.filter(person=person.pk)), cuts(JoinRequest, "decided_by")
        ),
    ),
    table(
        name="invitations",
        order=22,
        what=_("Invitations to you, and those that you sent"),
        find=lambda person: (
            (_invitations(person) | Invitation.objects.annotate(lower=Lower("address")).filter(invited_by=person.pk))
            .distinct()
            .order_by("pk")
        ),
        fields={
            "organisation__name": _("organisation"),
            "role": _("role"),
            "created_at": _("when"),
            "accepted_at": _("when it was accepted"),
            "withdrawn_at": _("when it was withdrawn or declined"),
        },
        columns=("members.invitation.invited_by", "members.invitation.accepted_by"),
        on_leaving=_("Those to you are deleted; those that you sent stay without your name."),
        erase=both(
            lambda person: Invitation.objects.filter(
                pk__in=list(_invitations(person).values_list("pk", flat=True))
            ).delete()[0],
            cuts(Invitation, "invited_by"),
        ),
    ),
)
