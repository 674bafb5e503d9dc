"""How alike two councils are, from their own facts, as a number and in words. No database.

The method, the weights and where they come from are in `docs/decisions/0010-places-like-yours.md`. A fact that is not
known of either side is left out and the others weigh more; with too few facts in common nothing is said at all.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from statistics import pstdev
from typing import Any, Protocol

from django.utils.translation import gettext, gettext_lazy


class Facts(Protocol):
    """What is compared; an `Organisation` has it. Units as on that model; None or empty where it is not known."""

    @property
    def short_name(self) -> str: ...
    @property
    def tier(self) -> str: ...
    @property
    def nation(self) -> str: ...
    @property
    def population(self) -> int | None: ...
    @property
    def density(self) -> float | None: ...
    @property
    def rural_urban(self) -> str: ...
    @property
    def deprivation_score(self) -> float | None: ...
    @property
    def deprivation_decile(self) -> int | None: ...


# The names of these fields.
FACTS = (
    "short_name",
    "tier",
    "nation",
    "population",
    "density",
    "rural_urban",
    "deprivation_score",
    "deprivation_decile",
)

# What each fact counts for. Together 1.
WEIGHTS: Mapping[str, float] = {
    "tier": 0.2,
    "population": 0.2,
    "deprivation": 0.2,
    "density": 0.15,
    "rural_urban": 0.15,
    "nation": 0.1,
}
# Fewer facts in common than this, or facts that count for less than this, are not enough to compare.
FEWEST_FACTS = 3
LEAST_WEIGHT = 0.5

NAMES: Mapping[str, Any] = {
    "tier": gettext_lazy("kind of council"),
    "population": gettext_lazy("population"),
    "deprivation": gettext_lazy("deprivation"),
    "density": gettext_lazy("density"),
    "rural_urban": gettext_lazy("rural or urban"),
    "nation": gettext_lazy("nation"),
}

# The four clusters that the rural–urban classes of the nations come down to, from town to country.
RURALITY = {"urban": 0, "urban with rural areas": 1, "rural": 2, "sparse and rural": 3}

# What a council of each tier is there for: the services of a county, those of a district, those of a parish.
DUTIES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("unitary", "metropolitan", "london", "wales", "scotland"), frozenset({"county", "district"})),
    # Neither schools, social care nor roads.
    "northern-ireland": frozenset({"district"}),
    "county": frozenset({"county"}),
    "district": frozenset({"district"}),
    "parish": frozenset({"parish"}),
}
# Another tier with the same duties is nearly the same kind of council.
SAME_DUTIES = 0.8


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How far councils differ: the standard deviation of each number over all of them. Logarithms are natural."""

    log_population: float
    log_density: float
    deprivation_score: float

    def as_json(self) -> dict[str, float]:
        return asdict(self)


# The spread over the 382 principal councils of July 2025; used until enough councils are known.
REFERENCE = Scale(log_population=0.73, log_density=1.46, deprivation_score=8.64)
FEWEST_COUNCILS = 30
_DECILES = 2.87  # the standard deviation of 1 … 10


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """`score` from 0 (nothing alike) to 1 (the same), `by_fact` the same of each fact that both have.

    None when too little is known; then `missing` says what. It names the facts that one side or both lack.
    """

    score: float | None
    by_fact: Mapping[str, float]
    missing: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        return self.score is not None


def scale_of(councils: Iterable[Facts]) -> Scale:
    """The spread over these councils. A number that too few of them have has the reference's."""
    every = list(councils)
    return Scale(
        log_population=_spread((log(one.population) for one in every), REFERENCE.log_population),
        log_density=_spread((log(one.density) for one in every), REFERENCE.log_density),
        deprivation_score=_spread((number(one.deprivation_score) for one in every), REFERENCE.deprivation_score),
    )


def _spread(values: Iterable[float | None], otherwise: float) -> float:
    known = [value for value in values if value is not None]
    if len(known) < FEWEST_COUNCILS:
        return otherwise
    # A number that hardly differs would make every small difference a large one.
    return max(pstdev(known), otherwise / 10)


def number(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def log(value: float | None) -> float | None:
    """Nought people, or none to the km², is a gap in the data and no place."""
    known = number(value)
    return math.log(known) if known is not None and known > 0 else None


def likeness(a: Facts, b: Facts, *, scale: Scale = REFERENCE) -> Likeness:
    """How alike two councils are. The same both ways round; 1 for a council and itself when enough is known of it."""
    by_fact = {name: alike for name, compare in _COMPARED.items() if (alike := compare(a, b, scale)) is not None}
    missing = tuple(name for name in WEIGHTS if name not in by_fact)
    weight = math.fsum(WEIGHTS[name] for name in by_fact)
    if len(by_fact) < FEWEST_FACTS or weight < LEAST_WEIGHT - 1e-9:
        return Likeness(score=None, by_fact=by_fact, missing=missing)
    score = math.fsum(WEIGHTS[name] * alike for name, alike in by_fact.items()) / weight
    return Likeness(score=min(max(score, 0.0), 1.0), by_fact=by_fact, missing=missing)


def _near(a: float | None, b: float | None, deviation: float) -> float | None:
    """1 where both are the same, 0.61 one standard deviation apart, 0.14 two apart."""
    if a is None or b is None:
        return None
    return math.exp(-(((a - b) / deviation) ** 2) / 2)


def _tiers(a: Facts, b: Facts, scale: Scale) -> float | None:
    first, second = DUTIES.get(a.tier), DUTIES.get(b.tier)
    if first is None or second is None:
        return None
    return 1.0 if a.tier == b.tier else SAME_DUTIES * len(first & second) / len(first | second)


def _nations(a: Facts, b: Facts, scale: Scale) -> float | None:
    if not a.nation or not b.nation:
        return None
    return 1.0 if a.nation.casefold() == b.nation.casefold() else 0.0


def _rurality(a: Facts, b: Facts, scale: Scale) -> float | None:
    first, second = rurality(a), rurality(b)
    if first is None or second is None:
        return None
    return 1 - abs(first - second) / (len(RURALITY) - 1)


def rurality(one: Facts) -> int | None:
    """0 (urban) to 3 (sparse and rural); None for a class that is not one of the four."""
    return RURALITY.get(one.rural_urban.strip().casefold())


def _deprivation(a: Facts, b: Facts, scale: Scale) -> float | None:
    scores = _near(number(a.deprivation_score), number(b.deprivation_score), scale.deprivation_score)
    if scores is not None:
        return scores
    return _near(number(a.deprivation_decile), number(b.deprivation_decile), _DECILES)


_COMPARED: Mapping[str, Callable[[Facts, Facts, Scale], float | None]] = {
    "tier": _tiers,
    "population": lambda a, b, scale: _near(log(a.population), log(b.population), scale.log_population),
    "deprivation": _deprivation,
    "density": lambda a, b, scale: _near(log(a.density), log(b.density), scale.log_density),
    "rural_urban": _rurality,
    "nation": _nations,
}


# --- In words ---------------------------------------------------------------------------------------

SIMILAR_SIZE, MUCH_LARGER = 1.3, 2.5  # one population over the other
SIMILAR_DENSITY = 1.6
SIMILAR_SCORE, SIMILAR_DECILE = 4.0, 1


def similarity_words(a: Facts, b: Facts) -> str:
    """How `b` compares with `a`, in the reader's language: “similar size, more rural, less deprived”.

    Says only what is known of both, and nothing (an empty text) where that is too little to compare them: then
    `too_little_known` has the sentence.
    """
    if not likeness(a, b).is_known:
        return ""
    return ", ".join(comparison(a, b))


def comparison(a: Facts, b: Facts) -> list[str]:
    """The parts of `similarity_words`: how `b` compares with `a` by each fact that both have."""
    parts = [_size(a, b), _rural(a, b), _deprived(a, b), _kind(a, b), _where(a, b)]
    return [part for part in parts if part]


def _size(a: Facts, b: Facts) -> str:
    first, second = log(a.population), log(b.population)
    if first is None or second is None:
        return ""
    if abs(second - first) <= math.log(SIMILAR_SIZE):
        return gettext("similar size")
    much = abs(second - first) > math.log(MUCH_LARGER)
    if second > first:
        return gettext("much larger") if much else gettext("larger")
    return gettext("much smaller") if much else gettext("smaller")


def _rural(a: Facts, b: Facts) -> str:
    first, second = rurality(a), rurality(b)
    if first is not None and second is not None:
        if first != second:
            return gettext("more rural") if second > first else gettext("more urban")
        return (
            gettext("just as urban"),
            gettext("also urban with rural areas"),
            gettext("just as rural"),
            gettext("just as sparsely settled"),
        )[first]
    crowd, other = log(a.density), log(b.density)
    if crowd is None or other is None:
        return ""
    if abs(other - crowd) <= math.log(SIMILAR_DENSITY):
        return gettext("similarly densely settled")
    return gettext("more densely settled") if other > crowd else gettext("less densely settled")


def _deprived(a: Facts, b: Facts) -> str:
    """A higher score is more deprived; a higher tenth is less."""
    first, second, similar = number(a.deprivation_score), number(b.deprivation_score), SIMILAR_SCORE
    if first is None or second is None:
        if a.deprivation_decile is None or b.deprivation_decile is None:
            return ""
        first, second, similar = -a.deprivation_decile, -b.deprivation_decile, SIMILAR_DECILE
    if abs(second - first) <= similar:
        return gettext("similarly deprived")
    return gettext("more deprived") if second > first else gettext("less deprived")


_KINDS = {
    "county": gettext_lazy("a county council"),
    "district": gettext_lazy("a district council"),
    "unitary": gettext_lazy("a unitary council"),
    "metropolitan": gettext_lazy("a metropolitan borough"),
    "london": gettext_lazy("a London borough"),
    "parish": gettext_lazy("a parish or town council"),
}


def _kind(a: Facts, b: Facts) -> str:
    """Said where it differs. The Welsh, Scottish and Northern Irish have their nation said instead."""
    differs = a.tier in DUTIES and b.tier in DUTIES and a.tier != b.tier
    return str(_KINDS.get(b.tier, "")) if differs else ""


_NATIONS = {
    "england": gettext_lazy("in England"),
    "wales": gettext_lazy("in Wales"),
    "scotland": gettext_lazy("in Scotland"),
    "northern ireland": gettext_lazy("in Northern Ireland"),
}


def _where(a: Facts, b: Facts) -> str:
    if not a.nation or not b.nation or a.nation.casefold() == b.nation.casefold():
        return ""
    return str(_NATIONS.get(b.nation.casefold(), b.nation))


def missing_words(a: Facts, b: Facts) -> str:
    """An honest note on a comparison that had to leave facts out: “Deprivation is not known for Fife.” Else empty."""
    found = likeness(a, b)
    if not found.is_known or not found.missing:
        return ""
    notes = []
    for name in found.missing:
        lacking = [one.short_name for one in (a, b) if name not in known_facts(one)]
        who = gettext("%(one)s and %(other)s") % {"one": a.short_name, "other": b.short_name}
        if len(lacking) == 1:
            who = lacking[0]
        fact = str(NAMES[name])
        notes.append(gettext("%(fact)s is not known for %(council)s.") % {"fact": fact.capitalize(), "council": who})
    return " ".join(notes)


def too_little_known(one: Facts) -> str:
    """What to say instead of a made-up number."""
    return gettext("We do not know enough about %(council)s to compare it with others.") % {"council": one.short_name}


def known_facts(one: Facts) -> set[str]:
    """The facts that are known of a council: those that it shares with itself."""
    return set(likeness(one, one).by_fact)


def is_comparable(one: Facts) -> bool:
    """Whether enough is known of a council to compare it with anybody."""
    return likeness(one, one).is_known
