"""What a programme's page says of its case studies: figures summed up, where they are, what changed lately.

All of it is of what the reader may read. That a case study for members belongs to a programme is a fact about it, so
nobody else sees it in a figure either; the page says that it counts this way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum
from django.utils.text import get_text_list
from django.utils.translation import gettext, gettext_lazy, ngettext

from casestudies.choices import Outcome
from casestudies.models import CaseStudyPage, CaseStudyPlace, Measure
from casestudies.querysets import CaseStudyQuerySet
from casestudies.selectors.lists import Overview
from core.maps import MapPoint, SmallMap, small_map
from core.templatetags.components import figure, with_unit
from places.models import Place

SHAPES = {
    Outcome.WORKED: "worked",
    Outcome.PARTLY_WORKED: "partly-worked",
    Outcome.DID_NOT_WORK: "did-not-work",
}
TOOK_PART = ""
KEY = (
    ("worked", gettext_lazy("Worked")),
    ("partly-worked", gettext_lazy("Partly worked")),
    ("did-not-work", gettext_lazy("Did not work")),
    ("open", gettext_lazy("Not yet known")),
    ("place", gettext_lazy("Took part, no case study yet")),
)
# Different outcomes in one place stand beside each other on the map, so that none hides another; in degrees.
ASIDE = 0.16
LATELY = 4


@dataclass(frozen=True, kw_only=True)
class Went:
    """Where it went one way. An outcome of TOOK_PART: places without a case study that the reader may read."""

    outcome: str
    label: str
    places: list[Place]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """`words` is the sum in a sentence, `more` what else there is to say; `key` belongs to the map."""

    overview: Overview
    words: str
    more: list[str]
    went: list[Went]
    map: SmallMap | None
    key: list[tuple[str, str, int]]


def figures(case_studies: CaseStudyQuerySet, *, took_part: Iterable[Place] = ()) -> Figures:
    """The sum of a set of case studies; two queries, however many there are."""
    sums = _sums(case_studies)
    outcomes = [(outcome, sums[f"n_{outcome.value}"]) for outcome in Outcome]
    went = _went(case_studies, took_part)
    places = {place.pk for one in went if one.outcome != TOOK_PART for place in one.places}
    label = gettext("Map of the United Kingdom: where it was used, and how it went. The list says the same.")
    drawn = small_map(_points(went), label=label)
    return Figures(
        overview=Overview(total=sums["total"], outcomes=outcomes, topics=[]),
        words=_in_words(sums, outcomes, places=len(places)),
        more=_more(sums),
        went=went,
        map=drawn,
        key=[(shape, str(said), drawn.counts[shape]) for shape, said in KEY if drawn and shape in drawn.counts],
    )


def lately(case_studies: CaseStudyQuerySet) -> list[CaseStudyPage]:
    """What was published or brought up to date last, each with `is_new`; one query."""
    found = list(case_studies.without_texts().order_by("-last_published_at", "-pk")[:LATELY])
    for page in found:
        page.is_new = page.first_published_at == page.last_published_at
    return found


def _sums(case_studies: CaseStudyQuerySet) -> dict[str, Any]:
    measured = Measure.objects.filter(before__isnull=False, after__isnull=False)
    sums: dict[str, Any] = case_studies.order_by().aggregate(
        total=Count("pk"),
        measured=Count("pk", filter=Q(pk__in=measured.values("page"))),
        priced=Count("setup_cost"),
        cheapest=Min("setup_cost"),
        dearest=Max("setup_cost"),
        adoptions=Sum("standing__adoptions"),
        n_silent=Count("pk", filter=Q(outcome="")),
        **{f"n_{outcome.value}": Count("pk", filter=Q(outcome=outcome)) for outcome in Outcome},
    )
    return sums


def _in_words(sums: dict[str, Any], outcomes: list[tuple[Outcome, int]], *, places: int) -> str:
    """“61 case studies in 40 places: 30 worked, 12 partly worked and 19 did not work.”"""
    n = sums["total"]
    if not n:
        return ""
    head = ngettext("%(n)s case study", "%(n)s case studies", n) % {"n": figure(n)}
    if places:
        where = ngettext("%(n)s place", "%(n)s places", places) % {"n": figure(places)}
        head = gettext("%(case_studies)s in %(places)s") % {"case_studies": head, "places": where}
    how = get_text_list(outcome_parts(outcomes, silent=sums["n_silent"]), gettext("and"))
    return gettext("%(case_studies)s: %(how)s.") % {"case_studies": head, "how": how}


def outcome_parts(outcomes: Iterable[tuple[str, int]], *, silent: int = 0) -> list[str]:
    """“30 worked”, “12 partly worked” …: those that are not nought. Of one alone, how it went without its number."""
    known = dict(outcomes)
    alone = [outcome for outcome, n in known.items() if outcome and n]
    if len(alone) == 1 and sum(known.values()) + silent == 1:
        return [str(Outcome(alone[0]).label).lower()]
    said = (
        (Outcome.WORKED, ngettext("%(n)s worked", "%(n)s worked", known.get(Outcome.WORKED, 0))),
        (
            Outcome.PARTLY_WORKED,
            ngettext("%(n)s partly worked", "%(n)s partly worked", known.get(Outcome.PARTLY_WORKED, 0)),
        ),
        (
            Outcome.DID_NOT_WORK,
            ngettext("%(n)s did not work", "%(n)s did not work", known.get(Outcome.DID_NOT_WORK, 0)),
        ),
        (
            Outcome.TOO_EARLY,
            ngettext(
                "for %(n)s it is too early to say", "for %(n)s it is too early to say", known.get(Outcome.TOO_EARLY, 0)
            ),
        ),
    )
    parts = [words % {"n": figure(known[outcome])} for outcome, words in said if known.get(outcome)]
    if silent:
        parts.append(ngettext("%(n)s does not say", "%(n)s do not say", silent) % {"n": figure(silent)})
    return parts


def _more(sums: dict[str, Any]) -> list[str]:
    more = []
    if n := sums["measured"]:
        more.append(
            ngettext("%(n)s has a figure before and after.", "%(n)s have a figure before and after.", n)
            % {"n": figure(n)}
        )
    if n := sums["priced"]:
        least, most = (with_unit(sums[name], "£") for name in ("cheapest", "dearest"))
        costs = (
            gettext("Setting it up cost %(least)s") % {"least": least}
            if least == most
            else gettext("Setting it up cost between %(least)s and %(most)s") % {"least": least, "most": most}
        )
        says = ngettext("(%(n)s says what)", "(%(n)s say what)", n) % {"n": figure(n)}
        more.append(f"{costs} {says}.")
    if n := sums["adoptions"] or 0:
        adopted = ngettext("Others adopted them %(n)s time.", "Others adopted them %(n)s times.", n)
        more.append(adopted % {"n": figure(n)})
    return more


def _went(case_studies: CaseStudyQuerySet, took_part: Iterable[Place]) -> list[Went]:
    rows = (
        CaseStudyPlace.objects.filter(page__in=case_studies.order_by().values("pk"))
        .order_by()
        .values_list("place", "place__name", "place__slug", "place__lat", "place__lng", "page__outcome")
        .distinct()
    )
    by_outcome: dict[str, dict[int, Place]] = {}
    for pk, name, slug, lat, lng, outcome in rows:
        # One that does not say how it went is shown with those of which it is too early to say.
        there = by_outcome.setdefault(outcome or Outcome.TOO_EARLY, {})
        there[pk] = Place(pk=pk, name=name, slug=slug, lat=lat, lng=lng)
    written_up = {pk for there in by_outcome.values() for pk in there}
    labels = {
        Outcome.WORKED: gettext("It worked in"),
        Outcome.PARTLY_WORKED: gettext("It partly worked in"),
        Outcome.DID_NOT_WORK: gettext("It did not work in"),
        Outcome.TOO_EARLY: gettext("Not yet known in"),
    }
    went = [
        Went(outcome=outcome, label=label, places=_by_name(by_outcome[outcome].values()))
        for outcome, label in labels.items()
        if outcome in by_outcome
    ]
    if others := [place for place in took_part if place.pk not in written_up]:
        went.append(Went(outcome=TOOK_PART, label=gettext("Took part, no case study yet"), places=_by_name(others)))
    return went


def _by_name(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (place.name, place.pk))


def _points(went: Iterable[Went]) -> list[MapPoint]:
    taken: dict[int, int] = {}
    points = []
    for one in went:
        shape = "place" if one.outcome == TOOK_PART else SHAPES.get(Outcome(one.outcome), "open")
        how = Outcome(one.outcome).label if one.outcome else gettext("took part")
        for place in one.places:
            beside = taken.get(place.pk, 0)
            taken[place.pk] = beside + 1
            label = gettext("%(place)s: %(how)s") % {"place": place.name, "how": how}
            points.append(MapPoint(lat=place.lat, lng=place.lng + beside * ASIDE, label=label, shape=shape))
    return points
