"""Which entries a digest holds when it cannot hold all, and under which heading each of them stands.

What counts is what the reader chose and what they can use: follows, how like their own council it comes from, how sure
we are, what kind of news. Nothing that other readers did counts. `docs/decisions/0025-what-a-digest-holds.md` says why.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from digests.targets import Target
from members.models import SimilarOrganisation
from members.selectors import own_organisations

if TYPE_CHECKING:
    from digests.rendering.digest import Entry

FOR_EACH_REASON = 2.0
MOST_REASONS = 4
FOR_LIKENESS = 3.0
FOR_EACH_STEP_OF_EVIDENCE = 0.5
NEW, OUTCOME, CHANGED, SAID = 3.0, 2.0, 1.0, 0.0
UNGROUPED = 4


@dataclass(frozen=True, kw_only=True)
class Likenesses:
    """How like each reader's own organisation others are, from 0 to 1, as far as that is known."""

    own: Mapping[int, int] = field(default_factory=dict)
    score: Mapping[tuple[int, int], float] = field(default_factory=dict)

    def of(self, person: int, organisation: int) -> float:
        return self.score.get((self.own.get(person, 0), organisation), 0.0) if self.score else 0.0


def likenesses(people: Collection[int], organisations: Collection[int]) -> Likenesses:
    """For a batch of readers: two queries."""
    own = own_organisations(people)
    rows = SimilarOrganisation.objects.filter(organisation__in=set(own.values()), other__in=organisations)
    return Likenesses(
        own=own,
        score={(mine, other): score for mine, other, score in rows.values_list("organisation", "other", "score")},
    )


def points(entry: "Entry", *, likeness: float) -> float:
    """How much an entry is worth to its reader. A follow of the very thing counts as two of what it belongs to."""
    reasons = len(entry.because)
    kind, pk = entry.root
    for card in entry.because:
        if card.pk == pk and card.kind == kind:
            reasons += 1
            break
    return (
        FOR_EACH_REASON * min(reasons, MOST_REASONS)
        + FOR_LIKENESS * likeness
        + FOR_EACH_STEP_OF_EVIDENCE * entry.evidence
        + _news(entry)
    )


def _news(entry: "Entry") -> float:
    if entry.is_new:
        return NEW
    if entry.noted and any(story.outcome_known for story in entry.noted.values()):
        return OUTCOME
    return CHANGED if entry.change or entry.noted else SAID


def choose(entries: Sequence["Entry"], *, cap: int | None, person: int, alike: Likenesses) -> list["Entry"]:
    """The `cap` most relevant ones, in the order that they had; of two alike the newer one."""
    if cap is None or len(entries) <= cap:
        return list(entries)
    best = heapq.nsmallest(
        cap,
        entries,
        key=lambda entry: (
            -points(entry, likeness=alike.of(person, entry.organisation)),
            -entry.news_at.timestamp(),
            entry.root,
        ),
    )
    chosen = {entry.root for entry in best}
    return [entry for entry in entries if entry.root in chosen]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Entries under one heading; an empty `title` is none."""

    title: str
    entries: list["Entry"]


def group(entries: Sequence["Entry"], *, shown: Iterable["Entry"]) -> list[Group]:
    """Those that are shown, under the follows that brought most of all of them: each entry stands once.

    The follow that brought most comes first and takes all that it brought, then the one that brought most of the rest.
    What is alone stands at the end. A short digest, or one that is all of one group, has no headings.
    """
    visible = {entry.root for entry in shown}
    found = _by_follow(entries) if len(entries) > UNGROUPED else []
    taken = {entry.root for _title, own in found for entry in own}
    rest = [entry for entry in entries if entry.root not in taken]
    if not found or (len(found) == 1 and not rest):
        return [Group(title="", entries=[entry for entry in entries if entry.root in visible])]
    groups = [*found, (_("Also new"), rest)]
    return [
        Group(title=title, entries=there)
        for title, own in groups
        if (there := [entry for entry in own if entry.root in visible])
    ]


def _by_follow(entries: Sequence["Entry"]) -> list[tuple[str, list["Entry"]]]:
    brought: dict[Target, list[int]] = {}
    called: dict[Target, str] = {}
    for position, entry in enumerate(entries):
        for card in entry.because:
            brought.setdefault((card.kind, card.pk), []).append(position)
            called[card.kind, card.pk] = card.called
    left = set(range(len(entries)))
    found = []
    while brought:
        # Of two that bring as many, the one with the newest entry.
        best = min(brought, key=lambda target: (-len(brought[target]), brought[target], target))
        own = brought.pop(best)
        if len(own) < 2:
            break
        found.append((called[best], [entries[position] for position in own]))
        left -= set(own)
        brought = {
            target: there
            for target, positions in brought.items()
            if (there := [position for position in positions if position in left])
        }
    return found
