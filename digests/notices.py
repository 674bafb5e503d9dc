"""What somebody is told at once, because it concerns them: which events, and whom. Keys make each mail unique."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from accounts.models import User
from casestudies.models import Adoption
from digests import adoption_news, ask_notices, keys, mention_notices, tokens
from digests.models import MailKind, MailPreference
from digests.services.outbox import Wanted, queue_mails
from digests.stories import COMMENT_PUBLISHED

if TYPE_CHECKING:
    from core.models import Event

DECISION_MADE = "decision.made"
REVIEW_STARTED = "review.started"
KINDS = (
    frozenset({DECISION_MADE, REVIEW_STARTED, COMMENT_PUBLISHED})
    | adoption_news.ADOPTION_KINDS
    | ask_notices.KINDS
    | mention_notices.KINDS
)


def give_notice(batch: Sequence["Event"]) -> None:
    """Queue the mails that these events ask for. The words are found at the moment of sending.

    A reply that names the person whom it answers is one mail: of several with one key the first is taken.
    """
    wanted = [
        *_decisions(batch),
        *_reviews(batch),
        *_replies(batch),
        *_adoptions(batch),
        *ask_notices.wanted(batch),
        *mention_notices.wanted(batch),
    ]
    there = set(
        User.objects.filter(pk__in={one.person_id for one in wanted}, is_active=True).values_list("pk", flat=True)
    )
    queue_mails([one for one in wanted if one.person_id in there])


def _decisions(batch: Sequence["Event"]) -> Iterable[Wanted]:
    """To whose work it was, or who had reported it, or who looks after a page that nobody is the author of; not to
    somebody who decided about their own.
    """
    told = [
        (event, person)
        for event in batch
        if event.kind == DECISION_MADE
        for person in event.data.get("recipient_ids") or [event.data.get("recipient_id")]
        if person and person != event.actor_id
    ]
    for event, person in told:
        yield Wanted(
            key=keys.of_decision(event.data["decision_id"], person),
            kind=MailKind.DECISION,
            person_id=person,
            payload={"decision": event.data["decision_id"]},
        )


def _reviews(batch: Sequence["Event"]) -> Iterable[Wanted]:
    """To everybody whose decision it is now, and who wants to be told."""
    from moderation.models import ReviewTaskState

    ids = [event.data["task_state_id"] for event in batch if event.kind == REVIEW_STARTED]
    states = ReviewTaskState.objects.filter(pk__in=ids).select_related("workflow_state", "revision") if ids else []
    people = {state.pk: _reviewers(state) for state in states}
    asked = {person.pk for own in people.values() for person in own}
    unwilling = MailPreference.objects.unwilling(asked, tokens.REVIEWS)
    for state in states:
        for person in (one for one in people[state.pk] if one.pk not in unwilling):
            yield Wanted(
                key=keys.of_review(state.pk, person.pk),
                kind=MailKind.REVIEW,
                person_id=person.pk,
                payload={"task_state": state.pk},
            )


def _reviewers(state: object) -> list[User]:
    """The people of the step: the organisation's approvers and leads, or the network's moderators."""
    from members.models import Role
    from members.selectors import administrators, moderators, organisation_of, people_of
    from moderation.models import Step
    from moderation.permissions import can_review

    task = state.task.specific  # type: ignore[attr-defined]  # a ReviewTaskState; Wagtail has no types
    page = state.workflow_state.content_object  # type: ignore[attr-defined]  # as above
    if task.step == Step.ORGANISATION:
        organisation = organisation_of(page)
        people = people_of(organisation, Role.APPROVER, Role.LEAD) if organisation else []
    else:
        people = list(moderators()) or list(administrators())
    return [person for person in people if can_review(person, state)]


def _replies(batch: Sequence["Event"]) -> Iterable[Wanted]:
    """To whose comment was answered, or under whose record of an adoption somebody wrote, unless they wrote it
    themselves or do not want to be told.
    """
    comments = [event for event in batch if event.kind == COMMENT_PUBLISHED and not event.data.get("restored")]
    recorded_by = dict(
        Adoption.objects.filter(pk__in={event.data.get("adoption_id") for event in comments} - {None}).values_list(
            "pk", "author"
        )
    )
    replies = [
        (event.subject_id, person)
        for event in comments
        if (person := event.data.get("reply_to_author_id") or recorded_by.get(event.data.get("adoption_id")))
        and person != event.actor_id
    ]
    unwilling = MailPreference.objects.unwilling((person for _comment, person in replies), tokens.REPLIES)
    for comment, person in replies:
        if person not in unwilling:
            yield Wanted(
                key=keys.of_reply(comment, person), kind=MailKind.REPLY, person_id=person, payload={"comment": comment}
            )


def _adoptions(batch: Sequence["Event"]) -> Iterable[Wanted]:
    """To whose case study another place tries, when it is recorded and when its outcome becomes known.

    Not to whoever recorded it, nor to somebody who does not want to be told.
    """
    from casestudies.models import CaseStudyPage
    from casestudies.selectors.due import originators

    events = [event for event in batch if event.kind in adoption_news.ADOPTION_KINDS]
    moved = adoption_news.outcome_moved(events)
    adoptions = adoption_news.published({event.subject_id for event in events}) if events else {}
    pages = CaseStudyPage.objects.live().filter(pk__in={one.case_study_id for one in adoptions.values()})
    people = originators(list(pages)) if adoptions else {}
    told = [
        (event, adoption, person)
        for event in events
        if (adoption := adoptions.get(event.subject_id)) and adoption_news.tells_at_once(event, moved)
        for person in people.get(adoption.case_study_id, ())
        if person not in {event.actor_id, adoption.author_id}
    ]
    unwilling = MailPreference.objects.unwilling((person for *_, person in told), tokens.ADOPTIONS)
    for event, adoption, person in told:
        if person not in unwilling:
            yield Wanted(
                key=keys.of_notice(event, person),
                kind=MailKind.ADOPTION,
                person_id=person,
                payload={"adoption": adoption.pk},
            )
