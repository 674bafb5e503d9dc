"""From a person's text to what everybody reads, and back. The only code that changes a contribution's state."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from moderation.errors import AlreadyDecided, IllegalMove, NotAllowed, OwnWork
from moderation.locked_cases import can_open, is_locked
from moderation.models import MOVES, RETURNS, Contribution, ContributionState, Decision, DecisionAction, ReportOutcome
from moderation.permissions import can_moderate
from moderation.policy import BY_REPORTS, ReasonCode, TextFacts, Verdict, judge
from moderation.registry import kind_of
from moderation.selectors import person_facts, rules_in_force
from moderation.services.log import append_decision, check_reason
from moderation.services.reports import close_reports

if TYPE_CHECKING:
    from accounts.models import User

State = ContributionState
DECISIONS = {
    DecisionAction.APPROVE: State.PUBLISHED,
    DecisionAction.ASK_FOR_CHANGES: State.DRAFT,
    DecisionAction.DECLINE: State.REMOVED,
}
# Every decision about a contribution, and the state that it puts it into.
PUT_INTO: dict[str, State] = {
    **{str(action): state for action, state in DECISIONS.items()},
    DecisionAction.HIDE: State.HIDDEN,
    DecisionAction.RESTORE: State.PUBLISHED,
}


@transaction.atomic
def submit(
    *, contribution: Contribution, by: "User", hold_because: Sequence[ReasonCode] = (), shared: bool = False
) -> Verdict:
    """Let the policy judge a saved contribution, new or edited, and hold or publish it.

    `hold_because` names what the caller knows and the policy does not; it holds whatever the policy says. `shared`
    is for what several people keep together, like the record of an organisation: the caller has asked whether this
    one may, and the policy judges who edited.
    Records `<kind>.held` or `<kind>.published`; an edit of a published one that stays published, `<kind>.changed`.
    Raises `NotAllowed` for somebody else's, `IllegalMove` for one that was hidden or removed.
    """
    if not shared and contribution.author_id != by.pk:
        raise NotAllowed(_("Only its author may submit it."))
    kind, rules, was = kind_of(contribution), rules_in_force(), _lock(contribution).state
    text = kind.text(contribution)
    hour_ago = timezone.now() - timedelta(hours=1)
    recent = kind.model._default_manager.filter(author=by, created_at__gte=hour_ago).exclude(pk=contribution.pk)
    repeats = bool(text.strip()) and any(kind.text(other).strip() == text.strip() for other in recent)
    changes_asked = was == State.DRAFT and Decision.objects.about(contribution).exists()
    verdict = judge(
        person=person_facts(person=by, in_the_last_hour=len(recent)),
        text=TextFacts.of(text, rules=rules, repeats=repeats, changes_asked=changes_asked),
        rules=rules,
    ).held_because(hold_because)
    to = State.PUBLISHED if verdict.publish else State.HELD
    _move(contribution, to=to, reasons=verdict.codes)
    happened = ("published" if was != State.PUBLISHED else "changed") if verdict.publish else "held"
    _record(contribution, happened, by)
    return verdict


@transaction.atomic
def decide_contribution(
    *, contribution: Contribution, action: str, by: "User", reason: str = "", words: str = "", private_note: str = ""
) -> Decision:
    """Approve, ask for changes or decline one that is held.

    Raises `NotAllowed` (also for what a locked case is about), `OwnWork`, `ReasonNeeded`, and `AlreadyDecided` when
    it no longer waits: of two moderators who decide at once, the second is told who was first.
    """
    _check_moderator(contribution, by)
    if action not in DECISIONS:
        raise IllegalMove(_("That is not a decision about something that waits."))
    check_reason(action, reason, words)
    locked = _lock_for(by, contribution)
    if locked.state != State.HELD:
        raise AlreadyDecided(Decision.objects.about(contribution).select_related("moderator").first())
    waited_since, before = locked.state_changed_at, locked.state_reasons
    _move(contribution, to=DECISIONS[DecisionAction(action)], reasons=[ReasonCode.DECISION])
    if action == DecisionAction.APPROVE:
        was_public = bool(BY_REPORTS.intersection(locked.state_reasons))
        _record(contribution, "published", by, **({"restored": True} if was_public else {}))
        if was_public:
            close_reports(contribution, by=by, outcome=ReportOutcome.LEFT)
    else:
        close_reports(contribution, by=by)
    return _decided(
        contribution,
        action,
        by,
        reason=reason,
        words=words,
        private_note=private_note,
        waited_since=waited_since,
        state_before=State.HELD,
        reasons_before=before,
    )


@transaction.atomic
def hide(*, contribution: Contribution, by: "User", reason: str, words: str, private_note: str = "") -> Decision:
    """Take a published one away from every reader, and close the reports about it. Repeating it is refused.

    What a report had hidden already stays hidden, now by a decision.
    """
    _check_moderator(contribution, by)
    check_reason(DecisionAction.HIDE, reason, words)
    locked = _lock_for(by, contribution)
    before_us = locked.state == State.HIDDEN and bool(BY_REPORTS.intersection(locked.state_reasons))
    if locked.state != State.PUBLISHED and not before_us:
        raise AlreadyDecided(Decision.objects.about(contribution).select_related("moderator").first())
    waited_since = close_reports(contribution, by=by)
    if before_us:
        _explain(contribution, ReasonCode.DECISION)
    else:
        _move(contribution, to=State.HIDDEN, reasons=[ReasonCode.DECISION])
        _record(contribution, "removed", by, hidden=True)
    return _decided(
        contribution,
        DecisionAction.HIDE,
        by,
        reason=reason,
        words=words,
        private_note=private_note,
        waited_since=waited_since,
        state_before=locked.state,
        reasons_before=locked.state_reasons,
    )


@transaction.atomic
def hold_after_reports(*, contribution: Contribution, reason: ReasonCode, hidden: bool) -> None:
    """Take a published one from readers before a moderator has looked: held, or hidden from its author as well."""
    _move(contribution, to=State.HIDDEN if hidden else State.HELD, reasons=[reason])
    _record(contribution, "removed" if hidden else "held", None, hidden=True)


@transaction.atomic
def keep_hidden(*, contribution: Contribution) -> None:
    """Of what only a report had hidden: a moderator has looked, and it stays away."""
    locked = _lock(contribution)
    if locked.state == State.HIDDEN and BY_REPORTS.intersection(locked.state_reasons):
        _explain(locked, ReasonCode.DECISION)


@transaction.atomic
def release_after_reports(*, contribution: Contribution, by: "User") -> bool:
    """Show again what only reports had taken away. False where a moderator decided meanwhile."""
    locked = _lock(contribution)
    if locked.state not in {State.HELD, State.HIDDEN} or not BY_REPORTS.intersection(locked.state_reasons):
        return False
    _move(contribution, to=State.PUBLISHED, reasons=[ReasonCode.DECISION])
    _record(contribution, "published", by, restored=True)
    return True


@transaction.atomic
def restore(*, contribution: Contribution, by: "User", words: str = "", private_note: str = "") -> Decision:
    """Show a hidden one again."""
    _check_moderator(contribution, by)
    locked = _lock_for(by, contribution)
    if locked.state != State.HIDDEN:
        raise AlreadyDecided(Decision.objects.about(contribution).select_related("moderator").first())
    _move(contribution, to=State.PUBLISHED, reasons=[ReasonCode.DECISION])
    _record(contribution, "published", by, restored=True)
    return _decided(
        contribution,
        DecisionAction.RESTORE,
        by,
        reason="",
        words=words,
        private_note=private_note,
        waited_since=None,
        state_before=State.HIDDEN,
        reasons_before=locked.state_reasons,
    )


@transaction.atomic
def remove_own(*, contribution: Contribution, by: "User", shared: bool = False) -> None:
    """An author takes back what they wrote. Open reports about it are closed. Repeating it does nothing.

    `shared` as in `submit`: the caller has asked whether this person may.
    """
    if not shared and contribution.author_id != by.pk:
        raise NotAllowed(_("Only its author may remove it."))
    locked = _lock(contribution)
    if locked.state == State.REMOVED and locked.state_reasons != [ReasonCode.DECISION]:
        return
    was_public = locked.state == State.PUBLISHED
    _move(contribution, to=State.REMOVED, reasons=[ReasonCode.BY_AUTHOR])
    close_reports(contribution, by=None, outcome=ReportOutcome.GONE)
    if was_public:
        _record(contribution, "removed", by)


@transaction.atomic
def bring_back(
    *, contribution: Contribution, decision: Decision, to: State, by: "User", reasons: Sequence[str], since: Any = None
) -> bool:
    """Undo what a decision did to a contribution, for whoever takes it back or overturns it. False if it has moved on.

    What its author removed meanwhile stays removed, and what a locked case is about stays as it is.
    """
    put_into = PUT_INTO.get(decision.action)
    locked = _lock(contribution)
    by_author = locked.state == State.REMOVED and locked.state_reasons != [ReasonCode.DECISION]
    if put_into is None or locked.state != put_into or by_author or is_locked(locked):
        return False
    _move(contribution, to=to, reasons=reasons, returning=True, since=since)
    if to == State.PUBLISHED:
        _record(contribution, "published", by, restored=True)
    elif put_into == State.PUBLISHED:
        _record(contribution, "removed", by, hidden=True)
    return True


def _check_moderator(contribution: Contribution, by: "User") -> None:
    if not can_moderate(by):
        raise NotAllowed(_("Only the network’s moderators decide about this."))
    if contribution.author_id == by.pk:
        raise OwnWork


def _lock_for(by: "User", contribution: Contribution) -> Contribution:
    """As `_lock`, for a moderator who may open it, which is asked under the lock: the report that makes a locked case
    of it waits for the same row to hide it.
    """
    locked = _lock(contribution)
    if not can_open(by, locked):
        raise NotAllowed(_("Only people named for such cases work on them."))
    return locked


def _lock(contribution: Contribution) -> Contribution:
    """The row as it is now, held until the transaction ends; another moderator waits here."""
    model = type(contribution)
    found: Contribution = model._default_manager.select_for_update(of=("self",)).get(pk=contribution.pk)
    return found


def _move(
    contribution: Contribution, *, to: State, reasons: Sequence[str], returning: bool = False, since: Any = None
) -> None:
    """One step of the state machine, conditional on the state it starts from. Raises `IllegalMove`.

    `returning` brings back what a moderator removed: only what takes back or overturns that decision says so. `since`
    is when it came into the state that it returns to.
    """
    allowed = [state for state, targets in MOVES.items() if to in targets]
    now = timezone.now() if since is None else since
    codes = [str(reason) for reason in reasons]
    possible = Q(state__in=allowed)
    if (returning and to in RETURNS) or to == State.REMOVED:
        possible |= Q(state=State.REMOVED, state_reasons=[ReasonCode.DECISION.value])
    moved = (
        type(contribution)
        ._default_manager.filter(possible, pk=contribution.pk)
        .update(state=to, state_reasons=codes, state_changed_at=now)
    )
    if not moved:
        raise IllegalMove(_("This cannot be done to it in its present state."))
    contribution.state, contribution.state_reasons, contribution.state_changed_at = to, codes, now


def _explain(contribution: Contribution, reason: ReasonCode) -> None:
    """Another reason for the state that it is in."""
    contribution.state_reasons = [reason.value]
    contribution.save(update_fields=["state_reasons"])


def _record(contribution: Contribution, happened: str, by: "User | None", **more: Any) -> None:
    kind = kind_of(contribution)
    events.record(
        kind=f"{kind.name}.{happened}",
        subject=(kind.name, contribution.pk),
        by=contribution.author if happened in {"published", "held"} else by,
        targets=kind.targets(contribution),
        data={**kind.data(contribution), **more},
    )


def _decided(
    contribution: Contribution,
    action: str,
    by: "User",
    *,
    reason: str,
    words: str,
    private_note: str,
    waited_since: Any,
    **more: Any,
) -> Decision:
    kind = kind_of(contribution)
    return append_decision(
        subject=contribution,
        title=kind.title(contribution),
        action=action,
        by=by,
        author_id=contribution.author_id,
        reason=reason,
        words=words,
        private_note=private_note,
        waited_since=waited_since,
        targets=kind.targets(contribution),
        data={"url": kind.url(contribution)},
        **more,
    )
