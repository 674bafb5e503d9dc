"""Asking people whether what they wrote is still true, and how what they adopted goes: one mail for everything due.

Planned in batches of people, each one transaction of a constant number of statements: the mails, and that these things
were asked about. Two planners on one day meet the mails' keys; a person is asked at most once in 28 days.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from casestudies.models import Adoption, Standing
from casestudies.selectors import due
from digests import keys, tokens
from digests.models import MailKind, MailPreference, MailState, OutgoingEmail, Suppression
from digests.services.outbox import Wanted, queue_mails

BATCH = 1000
QUIET = timedelta(days=28)
Thing = TypeVar("Thing")


@dataclass
class Questions:
    """What one person is asked about: ids of case studies, and of adoptions with the months of their nudge."""

    case_studies: list[int] = field(default_factory=list)
    adoptions: dict[int, int] = field(default_factory=dict)


@dataclass
class AskReport:
    """`case_studies` and `adoptions` are due; `unreachable` of `people` were left out: switched off, asked lately, or
    their address does not work.
    """

    case_studies: int = 0
    adoptions: int = 0
    people: int = 0
    mails: int = 0
    unreachable: int = 0


def ask_what_is_due(
    *, today: date | None = None, dry_run: bool = False, told: Callable[[int], None] | None = None
) -> AskReport:
    """Queue the mails that are due; `told` hears after each batch how many people have been planned."""
    today = today or timezone.localdate()
    report = AskReport()
    asked = _gather(today, report)
    report.people = len(asked)
    for people in _chunks(sorted(asked)):
        reachable = _reachable(people)
        report.unreachable += len(people) - len(reachable)
        report.mails += len(reachable)
        if not dry_run:
            _ask(today, {person: asked[person] for person in reachable})
        if told:
            told(len(people))
    return report


def _gather(today: date, report: AskReport) -> dict[int, Questions]:
    """Person id → what they are asked; ids only, in three queries for each thousand things."""
    asked: dict[int, Questions] = defaultdict(Questions)
    columns = ("pk", "path", "depth", "owner", "written_by")
    pages = due.case_studies_to_ask_about(today).only(*columns).order_by("pk")
    for some in _chunks(pages.iterator(chunk_size=BATCH)):
        report.case_studies += len(some)
        for pk, people in due.responsible_for_case_studies(some).items():
            for person in people:
                asked[person].case_studies.append(pk)
    for pairs in _chunks(due.adoptions_to_ask_about(today)):
        report.adoptions += len(pairs)
        months = {adoption.pk: due_at for adoption, due_at in pairs}
        for pk, people in due.responsible_for_adoptions([adoption for adoption, _ in pairs]).items():
            for person in people:
                asked[person].adoptions[pk] = months[pk]
    return asked


def _reachable(people: Sequence[int]) -> list[int]:
    """Those who may and want to be asked now, in the same order."""
    recently = OutgoingEmail.objects.filter(
        kind=MailKind.QUESTION, person__in=people, created_at__gt=timezone.now() - QUIET
    ).exclude(state=MailState.SUPPRESSED)
    unwilling = MailPreference.objects.unwilling(people, tokens.QUESTIONS)
    dead = Suppression.objects.values(lower=Lower("address"))
    able = User.objects.filter(pk__in=people, is_active=True).annotate(lower=Lower("email")).exclude(lower__in=dead)
    left_out = {*recently.values_list("person", flat=True), *unwilling}
    return sorted(set(able.values_list("pk", flat=True)) - left_out)


@transaction.atomic
def _ask(today: date, asked: dict[int, Questions]) -> None:
    queue_mails(
        [
            Wanted(
                key=keys.of_questions(today, person),
                kind=MailKind.QUESTION,
                person_id=person,
                payload={"case_studies": one.case_studies, "adoptions": sorted(one.adoptions)},
                urgency=5,
            )
            for person, one in asked.items()
        ]
    )
    Standing.objects.bulk_create(
        [
            Standing(page_id=pk, asked_on=today)
            for pk in sorted({pk for one in asked.values() for pk in one.case_studies})
        ],
        update_conflicts=True,
        unique_fields=["page"],
        update_fields=["asked_on"],
        batch_size=BATCH,
    )
    nudged: dict[int, set[int]] = defaultdict(set)
    for one in asked.values():
        for pk, months in one.adoptions.items():
            nudged[months].add(pk)
    for months, ids in nudged.items():
        Adoption.objects.filter(pk__in=ids, nudged_months__lt=months).update(nudged_months=months)


def _chunks(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    rest = iter(things)
    while some := list(islice(rest, BATCH)):
        yield some
