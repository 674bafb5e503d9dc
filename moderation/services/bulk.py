"""Declining several contributions for one reason: spam comes in tens."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from moderation.errors import ModerationError, NotAllowed
from moderation.models import Claim, DecisionAction
from moderation.permissions import can_moderate
from moderation.registry import kind_named
from moderation.services.contributions import decide_contribution
from moderation.services.log import check_reason

if TYPE_CHECKING:
    from accounts.models import User

Key = tuple[str, int]


def decline_several(
    *, chosen: Sequence[Key], by: "User", reason: str, words: str, private_note: str = ""
) -> list[tuple[Key, str]]:
    """Decline each in a transaction of its own; answer for each with what kept it from being declined, or nothing.

    One that somebody else decided or is looking at is passed by: the rest is done all the same. Raises `NotAllowed`
    and `ReasonNeeded` before anything is done.
    """
    if not can_moderate(by):
        raise NotAllowed(_("Only the network’s moderators decide about this."))
    check_reason(DecisionAction.DECLINE, reason, words)
    taken = {
        (claim.kind, claim.number): claim for claim in Claim.objects.in_force().exclude(by=by).select_related("by")
    }
    outcomes = []
    for key in dict.fromkeys(chosen):
        claim = taken.get(key)
        why = _("%(person)s is reviewing it.") % {"person": claim.by.display_name} if claim else ""
        outcomes.append((key, why or _decline(key, by=by, reason=reason, words=words, private_note=private_note)))
    Claim.objects.filter(by=by, kind__in={kind for kind, _n in chosen}, number__in={n for _k, n in chosen}).delete()
    return outcomes


def _decline(key: Key, *, by: "User", reason: str, words: str, private_note: str) -> str:
    kind = kind_named(key[0])
    found = kind.model._default_manager.filter(pk=key[1]).select_related(*kind.select).first() if kind else None
    if found is None:
        return _("It is no longer there.")
    try:
        decide_contribution(
            contribution=found,
            action=DecisionAction.DECLINE,
            by=by,
            reason=reason,
            words=words,
            private_note=private_note,
        )
    except ModerationError as error:
        return str(error)
    return ""
