"""Writing a decision: one row in the append-only log and one event, always together."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from wagtail.models import Page

from accounts.models import User as Person
from core import events
from members.models import Role
from members.selectors import administrators, organisation_of, people_of
from moderation.errors import ReasonNeeded
from moderation.models import SUITS, Decision, Reason, Step

if TYPE_CHECKING:
    from accounts.models import User

NEED_A_REASON = frozenset(SUITS)
TITLE_LENGTH = 255


def check_reason(action: str, reason: str, words: str) -> None:
    """A refusal names a rule and explains it. Raises `ReasonNeeded`."""
    from django.utils.translation import gettext as _

    if reason and not Reason.objects.active().filter(code=reason).exists():
        raise ReasonNeeded(_("Choose a reason from the list."))
    if action in NEED_A_REASON and not reason:
        raise ReasonNeeded(_("Choose a reason: the author is told which rule it was."))
    if action in NEED_A_REASON and not words.strip():
        raise ReasonNeeded(_("Tell the author in a sentence or two what to change, or why."))


def append_decision(
    *,
    subject: models.Model,
    title: str,
    action: str,
    by: "User | None",
    author_id: int | None,
    reason: str = "",
    words: str = "",
    private_note: str = "",
    step: str = Step.NETWORK,
    waited_since: datetime | None = None,
    targets: Any = (),
    data: dict[str, Any] | None = None,
    answers: Decision | None = None,
    state_before: str = "",
    reasons_before: Sequence[str] = (),
    by_notice: bool = True,
) -> Decision:
    """Log a decision and announce it as `decision.made`; the mail to the author is made from that event.

    `by_notice=False`: its author has no account to get notices with, and the caller writes them a letter. Of a page
    whose author is unknown or gone, those hear it who look after it.
    The reason’s words are kept as they are today: staff may change the list, and the log may not change with it.
    """
    given = Reason.objects.filter(code=reason).first() if reason else None
    decision = Decision.objects.create(
        content_type=ContentType.objects.get_for_model(subject),
        object_id=subject.pk,
        subject_title=title[:TITLE_LENGTH],
        action=action,
        reason=reason,
        reason_words=given.words if given else {},
        words=words.strip(),
        private_note=private_note.strip(),
        moderator=by,
        author_id=author_id,
        step=step,
        waited_since=waited_since,
        answers=answers,
        state_before=state_before,
        reasons_before=list(reasons_before),
    )
    events.record(
        kind="decision.made",
        subject=("decision", decision.pk),
        by=by,
        targets=targets,
        data={
            "decision_id": decision.pk,
            "recipient_id": author_id if by_notice else None,
            **_instead_of(author_id, subject),
            "step": str(step),
            **(data or {}),
        },
    )
    return decision


def _instead_of(author_id: int | None, subject: models.Model) -> dict[str, list[int]]:
    if not isinstance(subject, Page) or Person.objects.filter(pk=author_id or 0, is_active=True).exists():
        return {}
    return {"recipient_ids": who_looks_after(subject)}


def who_looks_after(page: Page) -> list[int]:
    """The leads of its organisation; where there are none, the network’s administrators."""
    organisation = organisation_of(page)
    leads = people_of(organisation, Role.LEAD) if organisation else []
    return sorted(one.pk for one in leads if one.is_active) or sorted(one.pk for one in administrators())
