"""What may wait in the queue. Each kind of thing is a source, and registers itself in `AppConfig.ready`.

    register(Source(name="appeal", label=_("Appeals"), entries=…, rows=…, url=…))

`name` is the entry's kind: it stands in claims and in `/moderation/?kind=`. The kinds of contribution need no source
of their own: each registered `moderation.registry.Kind` is one. Packages below this one (`members`) are registered
here, in `moderation`, because they may not import it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DUE = timedelta(hours=48)
WAITED = (24, 48)


class Severity(IntEnum):
    """How serious it is; the queue puts the lower number first, whatever waits longer."""

    GRAVE = 0  # sexual abuse of children, intimate images
    UNLAWFUL = 1  # anything else that may be against the law
    CLOCK = 2  # the law or our own rules give it a clock (defamation, personal data, appeals)
    USUAL = 3

    @property
    def words(self) -> Any:
        return _SEVERITIES.get(self, "")


_SEVERITIES = {
    Severity.GRAVE: _("Look at this first"),
    Severity.UNLAWFUL: _("May be against the law"),
    Severity.CLOCK: _("Has a deadline by law"),
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The number of a thing that waits, since when, and when it should be decided (48 hours if nobody says).

    `turn` is since when it is the network's to act, where that is not since it came; it may lie in the future.
    """

    kind: str
    pk: int
    since: datetime
    due: datetime | None = None
    severity: Severity = Severity.USUAL
    turn: datetime | None = None

    @property
    def ours_since(self) -> datetime:
        return self.turn or self.since

    @property
    def urgent(self) -> bool:
        return self.severity < Severity.USUAL

    @property
    def order(self) -> tuple[Any, ...]:
        return (self.severity, self.since, self.kind, self.pk)

    @property
    def deadline(self) -> datetime:
        return self.due or self.since + DUE

    @property
    def overdue(self) -> bool:
        return timezone.now() > self.deadline

    @property
    def key(self) -> str:
        """As a form names it: `comment-7`."""
        return f"{self.kind}-{self.pk}"


class Row(NamedTuple):
    """One line in words: what it is, what it says, who, where it stands; `person` is the author's number."""

    label: str
    title: str
    who: str = ""
    where: str = ""
    person: int | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """One kind of thing that waits.

    `label` names several, `one` a single thing. `entries(user)` are the numbers of everything that this person may
    decide (nothing for others): a constant number of queries, no rows loaded. `waiting()` are all, whoever may decide
    them, so that what nobody may decide is noticed. `rows(numbers)` loads one page of them, again at a constant cost.
    `url(number)` is where it is decided. `bulk` says that several may be declined at once with one reason.
    """

    name: str
    label: Any
    entries: Callable[[Any], Iterable[Entry]]
    rows: Callable[[list[int]], dict[int, Row]]
    url: Callable[[int], str]
    waiting: Callable[[], Iterable[Entry]] = field(default=tuple)
    one: Any = ""
    bulk: bool = field(default=False)


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Registering a name again replaces it: a richer source takes the place of a simple one."""
    _sources[source.name] = source


def sources() -> list[Source]:
    """Everything registered, and each kind of contribution."""
    from moderation.queue.contributions import sources_of_contributions

    return [*_sources.values(), *sources_of_contributions()]


def source_named(name: str) -> Source | None:
    return next((one for one in sources() if one.name == name), None)
