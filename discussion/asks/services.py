"""Asking, accepting an answer, having the same problem, closing. Whether an ask is published is moderation’s."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casestudies.models import CaseStudyPage
from casestudies.services import start_case_study
from core.models import Topic
from discussion.asks.words import checked_body, checked_title
from discussion.contributions import ask_happened
from discussion.errors import AlreadySettled, BadField, NotAllowed, TooLate
from discussion.models import MOST_TOPICS, Ask, AskBacker, AskVersion, ClosedReason, Comment
from discussion.permissions import can_accept, can_ask, can_back, can_close, can_delete_ask, can_edit, can_write_up
from discussion.services import check_name
from members.models import Membership, Organisation
from members.permissions import can_write_for
from members.selectors import organisation_of
from moderation import services as moderation
from moderation.models import ContributionState, Report
from moderation.permissions import can_moderate
from moderation.policy import Verdict

if TYPE_CHECKING:
    from accounts.models import User
    from places.models import Place

SAME_AGAIN = timedelta(hours=1)
# How long an ask waits for a first answer before it is brought up again, and how many at a time.
WAIT = timedelta(days=7)
MOST_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class AskFacts:
    """What the asker says. `title` and `body` as typed; one to three topics."""

    title: str
    body: str
    topics: tuple[Topic, ...]
    organisation: Organisation | None = None
    place: "Place | None" = None


@transaction.atomic
def create_ask(*, facts: AskFacts, by: "User", name: str = "") -> tuple[Ask, Verdict | None]:
    """Ask the network. The same words again within an hour (a button pressed twice) are the ask that is there, and no
    verdict. `name` becomes the person’s name if they have none yet. Raises `NotAllowed`, `BadText` and `BadField`.
    """
    if not can_ask(by):
        raise NotAllowed(_("Sign in to ask."))
    told = _checked(facts, by)
    again = Ask.objects.filter(author=by, created_at__gte=timezone.now() - SAME_AGAIN).filter(
        title=told["title"], body=told["body"]
    )
    if found := again.exclude(state=ContributionState.REMOVED).first():
        return found, None
    check_name(by, name)
    ask = Ask.objects.create(author=by, state=ContributionState.DRAFT, **told)
    ask.topics.set(facts.topics)
    return ask, moderation.submit(contribution=ask, by=by)


@transaction.atomic
def edit_ask(*, ask: Ask, facts: AskFacts, by: "User") -> Verdict:
    """Change one’s own ask; the policy judges it again. Raises `NotAllowed`, `TooLate` and `BadField`."""
    locked = _locked(ask)
    if locked.author_id != by.pk:
        raise NotAllowed(_("Only the asker may change an ask."))
    if not can_edit(by, locked):
        raise TooLate(_("An ask can be changed for 15 minutes. Add what is new as an answer."))
    told = _checked(facts, by)
    if (locked.title, locked.body) != (told["title"], told["body"]):
        AskVersion.objects.create(ask=locked, title=locked.title, body=locked.body)
    for name, value in told.items():
        setattr(locked, name, value)
    if locked.state == ContributionState.PUBLISHED:
        locked.edited_at = timezone.now()
    locked.save(update_fields=["title", "body", "organisation", "place", "edited_at"])
    locked.topics.set(facts.topics)
    verdict = moderation.submit(contribution=locked, by=by)
    ask.refresh_from_db()
    return verdict


@transaction.atomic
def delete_ask(*, ask: Ask, by: "User") -> None:
    """Take one’s own ask back while nobody has answered it. Its words go too; if somebody has reported it and no
    moderator has looked, a year later. Repeating it does nothing. Raises `NotAllowed`.
    """
    locked = _locked(ask)
    if locked.author_id == by.pk and locked.state == ContributionState.REMOVED:
        return
    if not can_delete_ask(by, locked):
        raise NotAllowed(_("Only the asker may remove an ask, and only before somebody has answered it."))
    reported = Report.objects.waiting().about(locked).exists()
    moderation.remove_own(contribution=locked, by=by)
    if not reported:
        forget_words([locked.pk])
    ask.refresh_from_db()


@transaction.atomic
def forget_words(numbers: Sequence[int]) -> int:
    """What removed asks said, with their versions. Returns how many still said something."""
    said = Ask.objects.filter(pk__in=numbers, state=ContributionState.REMOVED).exclude(body="")
    gone = list(said.values_list("pk", flat=True))
    AskVersion.objects.filter(ask__in=gone).delete()
    return Ask.objects.filter(pk__in=gone).update(title="", body="")


@transaction.atomic
def accept_answer(*, answer: Comment, by: "User", instead_of: int | None = None) -> None:
    """Say which answer helped. `instead_of` is the accepted answer that the asker saw when they chose.

    Of two that are chosen at once, the second is told so: `AlreadySettled`. Repeating it does nothing. Raises
    `NotAllowed`.
    """
    ask = _locked(answer.ask) if answer.ask else None
    if ask is not None:
        answer = Comment.objects.select_related("ask").get(pk=answer.pk)
    if ask is None or not can_accept(by, answer):
        raise NotAllowed(_("Only the asker says which answer helped."))
    current = ask.accepted_id if ask.is_settled else None
    if current == answer.pk:
        return
    if current != instead_of:
        raise AlreadySettled(_("Another answer was chosen meanwhile. Look at it, then choose again if you want to."))
    Ask.objects.filter(pk=ask.pk).update(accepted=answer)
    ask_happened(ask, "answered", by=by, comment_id=answer.pk)


@transaction.atomic
def back_ask(*, ask: Ask, by: "User") -> None:
    """“I have this too”, once. Raises `NotAllowed`."""
    if not can_back(by, ask):
        raise NotAllowed(_("You cannot say this here."))
    AskBacker.objects.get_or_create(ask=ask, person=by)


@transaction.atomic
def unback_ask(*, ask: Ask, by: "User") -> None:
    """Take it back, whether it is there or not."""
    AskBacker.objects.filter(ask=ask, person=by).delete()


@transaction.atomic
def close_ask(
    *,
    ask: Ask,
    reason: str,
    by: "User",
    duplicate_of: Ask | None = None,
    case_study: CaseStudyPage | None = None,
) -> None:
    """No more answers, and why. Closing a closed one again changes nothing. Raises `NotAllowed` and `BadField`."""
    locked = _locked(ask)
    if not can_close(by, locked):
        raise NotAllowed(_("Only the asker and the moderators may close an ask."))
    if locked.closed_at is not None:
        return
    why = ClosedReason(reason)
    if why == ClosedReason.DUPLICATE and (duplicate_of is None or duplicate_of.pk == locked.pk):
        raise BadField("where", _("Give the address of the other ask."))
    if why == ClosedReason.CASE_STUDY and not (case_study or locked.case_study_id):
        raise BadField("where", _("Give the address of the case study on this site."))
    if why == ClosedReason.CASE_STUDY and case_study and not _may_tie(by, locked, case_study):
        # Its page would say that it began with this ask.
        raise BadField("where", _("Only who writes for that organisation, or a moderator, can say this."))
    locked.closed_at, locked.closed_reason = timezone.now(), why
    locked.duplicate_of = duplicate_of if why == ClosedReason.DUPLICATE else None
    if why == ClosedReason.CASE_STUDY and case_study:
        locked.case_study = case_study
    locked.save(update_fields=["closed_at", "closed_reason", "duplicate_of", "case_study"])
    ask_happened(locked, "closed", by=by, reason=why.value)
    ask.refresh_from_db()


@transaction.atomic
def reopen_ask(*, ask: Ask, by: "User") -> None:
    """Answers are wanted again. Raises `NotAllowed`."""
    locked = _locked(ask)
    if not can_close(by, locked):
        raise NotAllowed(_("Only the asker and the moderators may open an ask again."))
    if locked.closed_at is None:
        return
    locked.closed_at, locked.closed_reason, locked.duplicate_of = None, "", None
    locked.save(update_fields=["closed_at", "closed_reason", "duplicate_of"])
    ask_happened(locked, "reopened", by=by)
    ask.refresh_from_db()


@transaction.atomic
def write_up(*, ask: Ask, organisation: Organisation, summary: str, by: "User") -> CaseStudyPage:
    """Start a case study from the ask’s words. The two stay tied, so that the page can thank asker and answerers.

    One ask is written up once, unless that draft is deleted. Raises `NotAllowed`.
    """
    locked = _locked(ask)
    if not can_write_up(by, locked) or locked.case_study_id:
        raise NotAllowed(_("Somebody is writing this up already."))
    page = start_case_study(organisation=organisation, title=locked.title, summary=summary, problem=locked.body, by=by)
    page.topics = list(locked.topics.all())
    page.save(clean=False)
    page.save_revision(user=by, log_action=True, clean=False)
    Ask.objects.filter(pk=locked.pk).update(case_study=page)
    return page


@transaction.atomic
def raise_unanswered() -> int:
    """Bring up again, once, what nobody has answered for a week; return how many."""
    now = timezone.now()
    due = (
        Ask.objects.published()
        .unanswered()
        .filter(raised_at=None, created_at__lte=now - WAIT)
        .prefetch_related("topics")
        .order_by("pk")[:MOST_AT_ONCE]
    )
    raised = 0
    for ask in due:
        if Ask.objects.filter(pk=ask.pk, raised_at=None).update(raised_at=now):
            ask_happened(ask, "waiting")
            raised += 1
    return raised


def _checked(facts: AskFacts, by: "User") -> dict[str, object]:
    title, body = checked_title(facts.title), checked_body(facts.body)
    if not 1 <= len(facts.topics) <= MOST_TOPICS:
        raise BadField("topic", _("Choose one to three topics."))
    of = facts.organisation
    if of is not None and not Membership.objects.active().filter(person=by, organisation=of).exists():
        raise BadField("organisation", _("Choose an organisation that you belong to."))
    return {"title": title, "body": body, "organisation": of, "place": facts.place}


def _may_tie(by: "User", ask: Ask, case_study: CaseStudyPage) -> bool:
    """Whether the person may say of somebody’s case study that it began as this ask."""
    organisation = organisation_of(case_study)
    speaks = organisation is not None and can_write_for(by, organisation)
    return case_study.pk == ask.case_study_id or speaks or can_moderate(by)


def _locked(ask: Ask) -> Ask:
    """The ask as it is once nobody else holds it.

    The accepted answer is read afterwards: PostgreSQL gives the row as whoever held it left it, and what is joined to
    it as it was before we waited.
    """
    locked = Ask.objects.select_for_update().get(pk=ask.pk)
    return Ask.objects.select_related("accepted").get(pk=locked.pk)
