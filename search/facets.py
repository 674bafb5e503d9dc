"""What results are filtered and counted by.

A closed facet has its values in code, so that an unknown one in an address is dropped; the names of an
open one's values come with the counts.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from casestudies.choices import Audience, Outcome, Stage
from core.dates import PARTIAL_DATE
from core.models import Topic
from members.models import Organisation, OrganisationKind, Tier
from places.models import Place, ProgrammePage
from search.documents.base import Term, sources
from search.documents.terms import region_value


@dataclass(frozen=True, kw_only=True)
class Facet:
    """`name` is the parameter in addresses; `choices` gives the values in the order shown, None for an open facet.

    `known` gives those of some values of an open facet that exist, counted or not, with their names; one query.
    """

    name: str
    label: Any
    choices: Callable[[], Mapping[str, Any]] | None = None
    known: Callable[[Collection[str]], Mapping[str, Term]] | None = None
    latest_first: bool = False

    def accepts(self, value: str) -> bool:
        return self.choices is None or value in self.choices()

    def label_of(self, term: Term) -> str:
        """A value's name in the active language; the slug in words if nothing better is known."""
        if self.choices is not None:
            return str(self.choices().get(term.value, term.value))
        own = term.label_cy if (get_language() or "").startswith("cy") else ""
        return own or term.label or term.value.replace("-", " ").capitalize()


def _types() -> Mapping[str, Any]:
    return {source.type: source.label for source in sources().values()}


def _topics(values: Collection[str]) -> Mapping[str, Term]:
    return {one.slug: Term(one.slug, one.name, one.name_cy) for one in Topic.objects.filter(slug__in=values)}


def _programmes(values: Collection[str]) -> Mapping[str, Term]:
    return {one.slug: Term(one.slug, one.title) for one in ProgrammePage.objects.live().filter(slug__in=values)}


def _councils(values: Collection[str]) -> Mapping[str, Term]:
    found = Organisation.objects.listed().exclude(kind=OrganisationKind.NETWORK).filter(slug__in=values)
    return {one.slug: Term(one.slug, one.short_name) for one in found}


def _regions(values: Collection[str]) -> Mapping[str, Term]:
    names = Organisation.objects.listed().exclude(region="").order_by().values_list("region", flat=True).distinct()
    return {value: Term(value, name) for name in names if (value := region_value(name)) in values}


def _places(values: Collection[str]) -> Mapping[str, Term]:
    return {one.slug: Term(one.slug, one.name) for one in Place.objects.filter(slug__in=values)}


def _years(values: Collection[str]) -> Mapping[str, Term]:
    return {value: Term(value) for value in values if PARTIAL_DATE.fullmatch(value) and len(value) == 4}


# Rating → what it takes, in a few words (docs/decisions has the whole table).
EVIDENCE = {
    "5": _("5 of 5: repeated by others"),
    "4": _("4 of 5: independently evaluated"),
    "3": _("3 of 5: compared with another group"),
    "2": _("2 of 5: measured before and after"),
    "1": _("1 of 5: an outcome with its source"),
    "0": _("0 of 5: no outcome with a source"),
}

COSTS = {
    "none": _("No cost"),
    "under-10k": _("Under £10,000"),
    "10k-100k": _("£10,000 to £100,000"),
    "100k-1m": _("£100,000 to £1 million"),
    "over-1m": _("£1 million or more"),
}

ACCESS = {Audience.PUBLIC.value: _("Open to everybody"), Audience.MEMBERS.value: _("Members only")}

FACETS: dict[str, Facet] = {
    facet.name: facet
    for facet in (
        Facet(name="type", label=_("Type"), choices=_types),
        Facet(name="outcome", label=_("Outcome"), choices=lambda: dict(Outcome.choices)),
        Facet(name="topic", label=_("Topic"), known=_topics),
        Facet(name="programme", label=_("Programme"), known=_programmes),
        Facet(name="stage", label=_("Stage"), choices=lambda: dict(Stage.choices)),
        Facet(name="evidence", label=_("Evidence"), choices=lambda: EVIDENCE),
        Facet(name="cost", label=_("Cost"), choices=lambda: COSTS),
        Facet(name="year", label=_("Year started"), latest_first=True, known=_years),
        Facet(name="region", label=_("Region or nation"), known=_regions),
        Facet(name="tier", label=_("Kind of council"), choices=lambda: dict(Tier.choices)),
        Facet(name="council", label=_("Council"), known=_councils),
        Facet(name="place", label=_("Place"), known=_places),
        Facet(name="access", label=_("Who may read it"), choices=lambda: ACCESS),
    )
}
