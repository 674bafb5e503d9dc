"""What came of moderation, month by month, for everybody: numbers that say nothing about any one person.

A number below `SMALL` that might lead to somebody (sanctions, the gravest reports) is not told; and where it could be
reckoned from the others, the smallest of those is left out as well.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.utils import timezone

from moderation.models import Appeal, AppealOutcome, Decision, DecisionAction, Report, ReportKind, ReportOutcome, Step

MONTHS = 12
SMALL = 5
DUE = timedelta(hours=48)
ABOUT_PEOPLE = frozenset({DecisionAction.WARN, DecisionAction.LIMIT, DecisionAction.SUSPEND, DecisionAction.BAN})
CONTENT = (
    DecisionAction.APPROVE,
    DecisionAction.ASK_FOR_CHANGES,
    DecisionAction.DECLINE,
    DecisionAction.HIDE,
    DecisionAction.RESTORE,
)
SENSITIVE = frozenset({ReportKind.CHILD_ABUSE, ReportKind.INTIMATE_IMAGE, ReportKind.DEFAMATION})


@dataclass(kw_only=True)
class Month:
    """One calendar month in London. None stands for a small number that is not told."""

    first: date
    decisions: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    late: int = 0
    people: int | None = 0
    reports: int = 0
    reports_decided: int = 0
    reports_late: int = 0
    acted_on: int = 0
    hidden_at_once: int = 0
    appeals: int = 0
    appeals_decided: int = 0
    overturned: int = 0

    @property
    def decided(self) -> int:
        """Decisions about pages and contributions."""
        return sum(self.decisions[action] for action in CONTENT)

    @property
    def median_hours(self) -> float | None:
        return round(median(self.waits), 1) if self.waits else None

    @property
    def of_reports(self) -> list[int]:
        """In the order of the second table."""
        reports = [self.reports, self.hidden_at_once, self.reports_decided, self.acted_on, self.reports_late]
        return [*reports, self.appeals, self.appeals_decided, self.overturned]

    @property
    def by_action(self) -> list[int]:
        return [self.decisions[action] for action in CONTENT]


@dataclass(frozen=True, kw_only=True)
class Year:
    months: list[Month]
    kinds: list[tuple[Any, int | None]]
    overdue_now: int
    median_hours: float | None
    overturned: int
    appeals_decided: int

    @property
    def anything(self) -> bool:
        return any(month.decided or month.reports or month.appeals for month in self.months)

    @property
    def share_overturned(self) -> int | None:
        """Per cent; None for too few appeals to speak of a share."""
        return round(100 * self.overturned / self.appeals_decided) if self.appeals_decided >= SMALL else None


def year(*, now: datetime | None = None) -> Year:
    """The last twelve months, the present one included, the newest first. Four queries, whatever there was."""
    today = timezone.localdate(now)
    firsts = [date(today.year - (today.month <= back), (today.month - back - 1) % 12 + 1, 1) for back in range(MONTHS)]
    months = {(first.year, first.month): Month(first=first) for first in firsts}
    since = timezone.make_aware(datetime.combine(firsts[-1], datetime.min.time()))
    people = _decisions(months, since)
    _reports(months, since)
    _appeals(months, since)
    for key, month in months.items():
        month.people = told(people[key])
    received = Counter(Report.objects.filter(created_at__gte=since).order_by().values_list("kind", flat=True))
    kinds = suppressed({kind.value: received[kind] for kind in ReportKind}, sensitive=SENSITIVE)
    waits = [hours for month in months.values() for hours in month.waits]
    return Year(
        months=list(months.values()),
        kinds=[(kind.label, kinds[kind]) for kind in ReportKind],
        overdue_now=Report.objects.overdue().count(),
        median_hours=round(median(waits), 1) if waits else None,
        overturned=sum(month.overturned for month in months.values()),
        appeals_decided=sum(month.appeals_decided for month in months.values()),
    )


def told(number: int) -> int | None:
    """A number that is none, or large enough."""
    return number if number == 0 or number >= SMALL else None


def suppressed(numbers: Mapping[str, int], *, sensitive: Collection[str]) -> dict[str, int | None]:
    """The numbers without small sensitive ones, and without what the total would give away."""
    shown = {name: told(n) if name in sensitive else n for name, n in numbers.items()}
    hidden = [name for name, n in shown.items() if n is None]
    rest = [name for name, n in shown.items() if n]
    if len(hidden) == 1 and rest:
        shown[min(rest, key=lambda name: numbers[name])] = None
    return shown


def rows(found: Year) -> Iterator[list[Any]]:
    """As a table, with its heading; “<5” stands for a number that is not told, and nothing for one that is none."""
    yield [
        *("month", *(f"decided_{action}" for action in CONTENT), "about_people", "median_hours", "later_than_48_hours"),
        *("reports_received", "reports_decided", "reports_decided_late", "reports_acted_on", "hidden_by_reports"),
        *("appeals_received", "appeals_decided", "appeals_overturned"),
    ]
    for month in found.months:
        people = f"<{SMALL}" if month.people is None else month.people
        median_hours = "" if month.median_hours is None else month.median_hours
        yield [
            *(f"{month.first:%Y-%m}", *month.by_action, people, median_hours, month.late),
            *(month.reports, month.reports_decided, month.reports_late, month.acted_on, month.hidden_at_once),
            *(month.appeals, month.appeals_decided, month.overturned),
        ]


Months = dict[tuple[int, int], Month]


def _of(months: Months, moment: datetime | None) -> Month | None:
    local = timezone.localtime(moment) if moment else None
    return months.get((local.year, local.month)) if local else None


def _decisions(months: Months, since: datetime) -> dict[tuple[int, int], int]:
    """How often the network decided each and let it stand; returns the sanctions of each month.

    What an organisation signs off before is its own affair, and what was taken back has come to nothing.
    """
    people: dict[tuple[int, int], int] = defaultdict(int)
    found = Decision.objects.filter(decided_at__gte=since, step=Step.NETWORK).order_by()
    taken_back = Decision.objects.filter(action=DecisionAction.UNDO, answers__isnull=False)
    found = found.exclude(pk__in=taken_back.values("answers"))
    for action, waited, decided in found.values_list("action", "waited_since", "decided_at").iterator():
        month = _of(months, decided)
        if month is None:
            continue
        if action in ABOUT_PEOPLE:
            people[month.first.year, month.first.month] += 1
            continue
        month.decisions[action] += 1
        if waited and action in CONTENT:
            month.waits.append((decided - waited).total_seconds() / 3600)
            month.late += decided - waited > DUE
    return people


def _reports(months: Months, since: datetime) -> None:
    found: Iterable[Any] = Report.objects.filter(created_at__gte=since).order_by()
    columns = ("created_at", "handled_at", "due_at", "outcome", "hid_at")
    for created, handled, due, outcome, hid in found.values_list(*columns).iterator():  # type: ignore[attr-defined]  # a queryset
        came, ended = _of(months, created), _of(months, handled)
        if came:
            came.reports += 1
            came.hidden_at_once += hid is not None
        if ended:
            ended.reports_decided += 1
            ended.reports_late += handled > due
            ended.acted_on += outcome == ReportOutcome.ACTED


def _appeals(months: Months, since: datetime) -> None:
    for created, decided, outcome in Appeal.objects.filter(created_at__gte=since).values_list(
        "created_at", "decided_at", "outcome"
    ):
        came, ended = _of(months, created), _of(months, decided)
        if came:
            came.appeals += 1
        if ended:
            ended.appeals_decided += 1
            ended.overturned += outcome == AppealOutcome.OVERTURNED
