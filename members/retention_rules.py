"""How long this room keeps what it knows of people. Memberships stay: they say who spoke for an organisation."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.retention import Rule, register
from members.models import Invitation, JoinRequest, RequestState

UNANSWERED, ANSWERED = timedelta(days=90), timedelta(days=365)


def _over(now: datetime) -> Any:
    """Nobody has accepted them, and they cannot be accepted any more; the accepted after the same time."""
    before = now - UNANSWERED
    return Invitation.objects.filter(
        Q(accepted_at=None, withdrawn_at=None, expires_at__lt=before)
        | Q(withdrawn_at__lt=before)
        | Q(accepted_at__lt=before)
    )


def _answered(now: datetime) -> Any:
    return JoinRequest.objects.exclude(state=RequestState.WAITING).filter(decided_at__lt=now - ANSWERED)


register(
    Rule(
        name="invitations",
        order=30,
        what=_("Invitations to join an organisation, with the address that they went to"),
        kept=UNANSWERED,
        since=_("their end: accepted, declined, withdrawn, or over"),
        why=_("So that a lead sees what became of them"),
        due=_over,
    ),
    Rule(
        name="join-requests",
        order=31,
        what=_("Requests to join an organisation, and the answers"),
        kept=ANSWERED,
        since=_("the answer"),
        why=_("So that an answer can be questioned"),
        due=_answered,
    ),
)
