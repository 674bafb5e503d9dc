"""How a practice travelled, in words: what became of its adoptions, summed up in a sentence. No database."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext, gettext_lazy, ngettext

from casestudies.choices import AdoptionStatus, Outcome, StopReason
from core.dates import display


class Tried(Protocol):
    """What is read of an adoption."""

    status: str
    outcome: str
    reasons: Sequence[str]
    other_reason: str


NOT_YET_TRIED = (AdoptionStatus.INTERESTED, AdoptionStatus.PLANNING)
_BECAUSE = {
    StopReason.LEADERSHIP: gettext_lazy("of leadership"),
    StopReason.MONEY: gettext_lazy("of money"),
    StopReason.PEOPLE: gettext_lazy("of people"),
    StopReason.RULES: gettext_lazy("of rules"),
    StopReason.TECHNOLOGY: gettext_lazy("of technology"),
    StopReason.CONTEXT: gettext_lazy("the place is different"),
    StopReason.NO_EFFECT: gettext_lazy("it had no effect"),
}
# More reasons than this that are equally common are a list, and no sentence.
MOST_REASONS = 2


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many ended in which way; each adoption counts once.

    `stopped` and `failed` worked neither wholly nor in part: `stopped` are over, `failed` still go on. What was
    stopped after it had worked, because it was meant to end, is among those that worked. `open` are those that
    began and have not said how it went, `ahead` those that have not begun. `reasons` are the most common ones.
    """

    worked: int = 0
    partly: int = 0
    stopped: int = 0
    failed: int = 0
    open: int = 0
    ahead: int = 0
    reasons: tuple[str, ...] = ()
    reasons_given: int = 0

    @property
    def tried(self) -> int:
        return self.worked + self.partly + self.stopped + self.failed + self.open


def fate(adoption: Tried) -> str:
    """Which figure of the tally an adoption counts in."""
    if adoption.outcome == Outcome.WORKED:
        return "worked"
    if adoption.outcome == Outcome.PARTLY_WORKED:
        return "partly"
    if adoption.status == AdoptionStatus.STOPPED:
        return "stopped"
    if adoption.outcome == Outcome.DID_NOT_WORK:
        return "failed"
    return "ahead" if adoption.status in NOT_YET_TRIED else "open"


def tally(adoptions: Iterable[Tried]) -> Tally:
    fates: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    given = 0
    for adoption in adoptions:
        fates[fate(adoption)] += 1
        reasons.update(set(adoption.reasons))
        given += bool(adoption.reasons)
    most = max(reasons.values(), default=0)
    common = tuple(reason for reason in StopReason.values if most and reasons[reason] == most)
    return Tally(**fates, reasons=common if len(common) <= MOST_REASONS else (), reasons_given=given)


def outcome_summary(adoptions: Iterable[Tried]) -> str:
    """“Tried in 7 places: worked in 4, partly in 1, stopped in 2, most often because of money.” Empty without any."""
    found = tally(adoptions)
    sentences = []
    if found.tried:
        head = ngettext("Tried in %(n)d place", "Tried in %(n)d places", found.tried) % {"n": found.tried}
        parts = [*_parts(found), *([because] if (because := _because(found)) else [])]
        sentences.append(gettext("%(head)s: %(parts)s.") % {"head": head, "parts": gettext(", ").join(parts)})
    if found.ahead:
        text = (
            ngettext("%(n)d more is interested or planning.", "%(n)d more are interested or planning.", found.ahead)
            if found.tried
            else ngettext(
                "%(n)d place is interested or planning.", "%(n)d places are interested or planning.", found.ahead
            )
        )
        sentences.append(text % {"n": found.ahead})
    return " ".join(sentences)


def _parts(found: Tally) -> list[str]:
    """The figures that are not nought, in words; last those that the reasons belong to."""
    said = (
        (found.worked, ngettext("worked in %(n)d", "worked in %(n)d", found.worked)),
        (found.partly, ngettext("partly in %(n)d", "partly in %(n)d", found.partly)),
        (found.open, ngettext("too early to say in %(n)d", "too early to say in %(n)d", found.open)),
        (found.failed, ngettext("did not work in %(n)d", "did not work in %(n)d", found.failed)),
        (found.stopped, ngettext("stopped in %(n)d", "stopped in %(n)d", found.stopped)),
    )
    return [text % {"n": n} for n, text in said if n]


def _because(found: Tally) -> str:
    reasons = [str(_BECAUSE[StopReason(code)]) for code in found.reasons if code in _BECAUSE]
    if not reasons:
        return ""
    what = gettext(" and because ").join(reasons)
    if found.reasons_given == 1:
        return gettext("because %(reasons)s") % {"reasons": what}
    return gettext("most often because %(reasons)s") % {"reasons": what}


def outcomes_in_words(adoptions: Iterable[Tried]) -> str:
    """“worked in 4, partly in 1”: beside a number that has been said already."""
    return gettext(", ").join(_parts(tally(adoptions)))


def adoption_dates(adoption: Any) -> str:
    """“March 2024 to September 2024”, “Since March 2024”, or nothing."""
    started, ended = display(adoption.started), display(adoption.ended)
    if started and ended:
        return started if started == ended else gettext("%(from)s to %(to)s") % {"from": started, "to": ended}
    if ended:
        return gettext("Until %(ended)s") % {"ended": ended}
    if not started:
        return ""
    if adoption.status in {AdoptionStatus.TRYING, AdoptionStatus.RUNNING}:
        return gettext("Since %(started)s") % {"started": started}
    return gettext("From %(started)s") % {"started": started}


def known_first(adoptions: Iterable[Any]) -> list[Any]:
    """Those that say what happened, then those that go on, then those that have not begun; the newest of each first."""
    return sorted(
        adoptions,
        key=lambda one: (one.has_known_outcome, fate(one) != "ahead", one.ended or one.started or "", one.pk),
        reverse=True,
    )
