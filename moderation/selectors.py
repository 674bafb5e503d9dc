"""Questions about people, rules and totals that the policy, the queue and its pages ask."""

from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from members.models import Membership
from members.permissions import is_editor, is_moderator
from moderation.models import (
    Contribution,
    ContributionState,
    Decision,
    DecisionAction,
    ModerationSettings,
    Report,
    ReportOutcome,
)
from moderation.policy import PersonFacts, ReasonCode, Rules
from moderation.registry import Kind, kinds
from moderation.standing import standing_of
from moderation.voices import TOGETHER, voices

if TYPE_CHECKING:
    from accounts.models import User

IN_FAVOUR = frozenset({DecisionAction.APPROVE, DecisionAction.RESTORE, DecisionAction.OVERTURN})
AGAINST = frozenset({DecisionAction.DECLINE, DecisionAction.HIDE})
COUNTS = IN_FAVOUR | AGAINST | {DecisionAction.ASK_FOR_CHANGES}


def rules_in_force() -> Rules:
    """What staff set in the CMS, or the defaults."""
    settings = ModerationSettings.objects.first() or ModerationSettings()
    return Rules(
        approvals_for_trust=settings.approvals_for_trust,
        forget_rejections_after_days=settings.forget_rejections_after_days,
        max_links=settings.max_links,
        max_per_hour=settings.max_per_hour,
        max_open_reports=settings.max_open_reports,
        blocked_words=tuple(line.strip() for line in settings.blocked_words.splitlines() if line.strip()),
    )


def contribution_types() -> dict[int, Kind]:
    """The registered kinds by the number of their content type."""
    types = ContentType.objects.get_for_models(*[kind.model for kind in kinds()])
    return {types[kind.model].pk: kind for kind in kinds()}


def record_of(person: "User") -> tuple[int, int]:
    """How many of a person's contributions stand approved, and how many refused within the time that counts.

    The last decision about each thing counts: one that was taken back does not, and a refusal that was overturned is
    an approval.
    """
    since = timezone.now() - timedelta(days=rules_in_force().forget_rejections_after_days)
    rows = Decision.objects.filter(author=person.pk, content_type__in=contribution_types()).order_by("pk")
    standing: dict[tuple[int, int], dict[int, tuple[str, datetime]]] = defaultdict(dict)
    for pk, type_id, number, action, decided, answers in rows.values_list(
        "pk", "content_type", "object_id", "action", "decided_at", "answers"
    ):
        about = standing[type_id, number]
        if action in {DecisionAction.UNDO, DecisionAction.OVERTURN}:
            about.pop(answers or 0, None)
        if action in COUNTS:
            about[pk] = (action, decided)
    last = [list(about.values())[-1] for about in standing.values() if about]
    approved = sum(action in IN_FAVOUR for action, _ in last)
    refused = sum(action in AGAINST and decided >= since for action, decided in last)
    return approved, refused


def person_facts(*, person: "User", in_the_last_hour: int = 0) -> PersonFacts:
    """What the policy needs to know about a person, as things stand."""
    approved, rejected = record_of(person)
    return PersonFacts(
        is_staff=is_moderator(person) or is_editor(person),
        limited=standing_of(person).limited is not None,
        is_member=Membership.objects.active().filter(person=person).exists(),
        approved=approved,
        rejected=rejected,
        in_the_last_hour=in_the_last_hour,
        open_reports=voices_about(person),
    )


def open_reports_about(person: "User") -> int:
    """Contributions of a person that readers reported and nobody has looked at yet."""
    return _open_reports(person).values("content_type", "object_id").distinct().count()


def voices_about(person: "User") -> Fraction:
    """The same weighed as for hiding, so that one reader cannot have everything held that somebody writes.

    As many as the independent readers who reported, and no more than the things that they reported. Once a moderator
    has left a thing, further reports about it count no more.
    """
    left = Report.objects.filter(
        content_type=OuterRef("content_type"),
        object_id=OuterRef("object_id"),
        kind__in=TOGETHER,
        outcome__in=[ReportOutcome.LEFT, ReportOutcome.MISUSED],
    )
    found = list(_open_reports(person).filter(~Q(kind__in=TOGETHER) | ~Exists(left)))
    things: dict[tuple[int | None, int | None], list[Report]] = defaultdict(list)
    for one in found:
        things[one.content_type_id, one.object_id].append(one)
    heard = sum(1 for reports in things.values() if voices(reports))
    return min(voices(found), Fraction(heard))


def _open_reports(person: "User") -> Any:
    about = Q(pk__in=[])
    for pk, kind in contribution_types().items():
        about |= Q(content_type=pk, object_id__in=kind.model._default_manager.filter(author=person).values("pk"))
    return Report.objects.waiting().filter(about)


def history_of(person: "User | None") -> dict[str, int]:
    """A person's short history for a moderator: decisions by action, and what waits now."""
    if person is None:
        return {}
    counted = Decision.objects.filter(author=person.pk).exclude(action=DecisionAction.DISMISS_REPORT)
    by_action = dict(counted.order_by().values_list("action").annotate(n=Count("pk")))
    waiting = sum(
        kind.model._default_manager.filter(author=person, state=ContributionState.HELD).count() for kind in kinds()
    )
    return {
        "approved": by_action.get(DecisionAction.APPROVE, 0) + by_action.get(DecisionAction.RESTORE, 0),
        "changes": by_action.get(DecisionAction.ASK_FOR_CHANGES, 0),
        "declined": by_action.get(DecisionAction.DECLINE, 0) + by_action.get(DecisionAction.HIDE, 0),
        "waiting": waiting,
    }


def taken_back(model: type[Contribution], *, before: datetime) -> Any:
    """What its authors removed before that moment and no case is open about any more."""
    about = Report.objects.filter(content_type=ContentType.objects.get_for_model(model), object_id=OuterRef("pk"))
    removed = model._default_manager.filter(
        state=ContributionState.REMOVED, state_reasons=[ReasonCode.BY_AUTHOR.value], state_changed_at__lt=before
    )
    return removed.filter(~Exists(about.waiting()))
