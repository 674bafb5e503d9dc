"""Taking a decision back while nothing has come of it."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from accounts.models import User as Person
from moderation.errors import NotAllowed, TooLate
from moderation.models import Contribution, ContributionState, Decision, DecisionAction, Report
from moderation.permissions import can_undo
from moderation.policy import ReasonCode
from moderation.registry import kind_of
from moderation.services.contributions import PUT_INTO, bring_back
from moderation.services.log import append_decision
from moderation.services.report_cases import reopen
from moderation.services.sanctions import end_sanction
from moderation.services.undo_pages import bring_page_back
from moderation.subjects import hold, targets_of

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def undo(*, decision: Decision, by: "User", words: str = "", private_note: str = "") -> Decision:
    """Take a decision back, one’s own or a colleague’s, within a day: what it was about is as it was before. What
    published a page, within half an hour.

    Raises `NotAllowed`, and `TooLate` once the time is over or somebody has built on the decision: decided again,
    appealed, answered, or changed it meanwhile.
    """
    subject: Any = decision.subject
    if not can_undo(by, decision, whatever_its_age=True):
        raise NotAllowed(_("Only the network’s moderators take such a decision back, and nobody one about themselves."))
    _hold(subject)
    if subject is None or not can_undo(by, decision) or _built_on(decision, subject) or not _reverse(decision, by):
        raise TooLate(_("It is too late to take this back: its time is over, or something has come of it."))
    return append_decision(
        subject=subject,
        title=decision.subject_title,
        action=DecisionAction.UNDO,
        by=by,
        author_id=decision.author_id,
        words=words,
        private_note=private_note,
        step=decision.step,
        answers=decision,
        targets=_targets(subject),
        state_before=PUT_INTO[decision.action] if isinstance(subject, Contribution) else "",
    )


def _reverse(decision: Decision, by: "User") -> bool:
    """Put things back; False, with nothing done that stays, where somebody has gone on from it."""
    subject: Any = decision.subject
    if isinstance(subject, Contribution):
        since = decision.waited_since if decision.state_before == ContributionState.HELD else None
        return bring_back(
            contribution=subject,
            decision=decision,
            to=ContributionState(decision.state_before),
            by=by,
            reasons=decision.reasons_before or [ReasonCode.TAKEN_BACK],
            since=since,
        )
    if isinstance(subject, Page):
        return bring_page_back(page=subject, decision=decision, by=by)
    if isinstance(subject, Report):
        return reopen(report=subject, by=by)
    end_sanction(sanction=decision.sanction, by=by)
    return True


def _targets(subject: Any) -> Any:
    if isinstance(subject, Report):
        return targets_of(subject.subject) if subject.subject is not None else ()
    return targets_of(subject) if isinstance(subject, Contribution | Page) else ()


def _hold(subject: Any) -> None:
    """Lock what it is about, so that of two who take it back at once the second finds it done.

    A page's review is locked where it is put back, in the order in which deciding locks it.
    """
    if isinstance(subject, Report):
        hold(subject.subject)
    if isinstance(subject, Contribution | Person | Report):
        type(subject)._default_manager.select_for_update(of=("self",)).get(pk=subject.pk)


def _built_on(decision: Decision, subject: Any) -> bool:
    later = Decision.objects.about(subject).filter(pk__gt=decision.pk)
    if later.exists() or decision.answered_by.exists() or hasattr(decision, "appeal"):
        return True
    if isinstance(subject, Page):
        return False
    if isinstance(subject, Report):
        thing: Any = subject.subject
        return thing is not None and Decision.objects.about(thing).filter(pk__gt=decision.pk).exists()
    if not isinstance(subject, Contribution):
        return not decision.sanction.is_in_force
    published = PUT_INTO[decision.action] == ContributionState.PUBLISHED
    return published and kind_of(subject).built_upon(subject)
