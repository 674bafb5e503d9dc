"""Appealing against a decision, once, and deciding about it."""

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from accounts.models import User as Person
from core import events, post
from moderation.account_letters import APPEAL_UPHELD, facts_of
from moderation.errors import AlreadyDecided, IllegalMove, NotAllowed, ReasonNeeded, TooLate
from moderation.locked_cases import is_locked
from moderation.models import Appeal, AppealOutcome, Contribution, ContributionState, Decision, DecisionAction, Sanction
from moderation.models.appeals import WINDOW
from moderation.permissions import can_appeal, can_decide_appeal
from moderation.policy import ReasonCode
from moderation.services.contributions import bring_back
from moderation.services.log import append_decision
from moderation.services.sanctions import end_sanction
from moderation.subjects import targets_of, url_of

if TYPE_CHECKING:
    from accounts.models import User

WORDS_LENGTH = 4000


@transaction.atomic
def appeal(*, decision: Decision, by: "User", words: str) -> Appeal:
    """Ask that another moderator looks again. Once, within thirty days, by whose work or account it was about.

    Raises `NotAllowed`, `TooLate`, `AlreadyDecided` for a second appeal, and `ReasonNeeded` without words.
    """
    if not can_appeal(by, decision, whatever_its_age=True):
        raise NotAllowed(_("This is not yours to appeal against."))
    if not words.strip():
        raise ReasonNeeded(_("Say why you think that the decision was wrong."))
    if hasattr(decision, "appeal"):
        raise AlreadyDecided(None)
    if not can_appeal(by, decision):
        # Their other window may have sent it between the two looks.
        if Appeal.objects.filter(decision=decision).exists():
            raise AlreadyDecided(None)
        raise TooLate(_("The thirty days in which you could appeal are over, or the decision no longer stands."))
    try:
        with transaction.atomic():
            made = Appeal.objects.create(
                decision=decision,
                by=by,
                first_decided_by_id=decision.moderator_id,
                words=words.strip()[:WORDS_LENGTH],
                deadline=decision.decided_at + WINDOW,
            )
    except IntegrityError as error:
        raise AlreadyDecided(None) from error
    events.record(kind="appeal.made", subject=("appeal", made.pk), by=by, data={"decision_id": decision.pk})
    return made


@transaction.atomic
def decide_appeal(*, appeal: Appeal, outcome: str, by: "User", reply: str, private_note: str = "") -> Decision:
    """Uphold or overturn, with an answer. Overturning puts everything back as if the decision had not been made:
    what was declined or hidden is published, a page that was declined goes to review again, a sanction ends.

    Raises `NotAllowed` (also for everybody who had a part in the decision), `ReasonNeeded` without a reply, and
    `AlreadyDecided` when another was faster.
    """
    if outcome not in AppealOutcome.values:
        raise IllegalMove(_("Uphold the decision or overturn it."))
    Appeal.objects.select_for_update().get(pk=appeal.pk)
    locked = Appeal.objects.select_related("decision", "by").get(pk=appeal.pk)
    decided = locked.decision
    if not can_decide_appeal(by, locked, whatever_its_state=True):
        raise NotAllowed(_("A moderator who had no part in the decision decides about the appeal."))
    if not reply.strip():
        raise ReasonNeeded(_("Answer the person: say why the decision stands, or why it does not."))
    if not locked.is_open:
        raise AlreadyDecided(Decision.objects.filter(answers=decided).select_related("moderator").first())
    overturned = outcome == AppealOutcome.OVERTURNED
    subject: Any = decided.subject
    state_before = subject.state if isinstance(subject, Contribution) else ""
    if overturned:
        put_back(decision=decided, by=by)
    banned = locked.by is not None and not Person.objects.filter(pk=locked.by.pk, is_active=True).exists()
    about_thing = isinstance(subject, Contribution | Page)
    decision = append_decision(
        subject=subject if subject is not None else decided,
        title=decided.subject_title,
        action=DecisionAction.OVERTURN if overturned else DecisionAction.UPHOLD,
        by=by,
        author_id=decided.author_id,
        reason="",
        words=reply,
        private_note=private_note,
        waited_since=locked.created_at,
        answers=decided,
        targets=targets_of(subject) if about_thing else (),
        data={"url": url_of(subject)} if about_thing else {},
        state_before=state_before,
        by_notice=not banned,
    )
    Appeal.objects.filter(pk=locked.pk).update(
        outcome=outcome, reply=reply.strip(), decided_by=by, decided_at=timezone.now()
    )
    if banned and locked.by is not None:
        post.send(
            name=APPEAL_UPHELD,
            key=f"appeal:{decision.pk}",
            address=locked.by.email,
            language=locked.by.language,
            facts=facts_of(decision),
        )
    appeal.refresh_from_db()
    return decision


def put_back(*, decision: Decision, by: "User") -> None:
    """Undo what a decision did, however long ago; what its author removed meanwhile stays removed, and what a locked
    case is about stays away.
    """
    subject: Any = decision.subject
    if isinstance(subject, Contribution):
        bring_back(
            contribution=subject,
            decision=decision,
            to=ContributionState.PUBLISHED,
            by=by,
            reasons=[ReasonCode.DECISION],
        )
    elif isinstance(subject, Page):
        _put_page_back(subject, decision)
    for sanction in Sanction.objects.filter(decision=decision) | Sanction.objects.filter(seconding=decision):
        end_sanction(sanction=sanction, by=by)


def _put_page_back(page: Page, decision: Decision) -> None:
    """A hidden page is published as readers last saw it; a declined one goes to its reviewers again."""
    specific = page.specific
    if is_locked(specific):
        return
    if decision.action == DecisionAction.HIDE and not specific.live:
        specific.save_revision(clean=False, changed=False).publish(skip_permission_checks=True)
    elif decision.action == DecisionAction.DECLINE and not specific.workflow_in_progress:
        workflow = specific.get_workflow()
        author = Person.objects.filter(pk=decision.author_id or 0).first()
        if workflow is not None and author is not None:
            workflow.start(specific, author)
