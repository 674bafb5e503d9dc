"""What results are filtered and counted by.

A closed facet has its values in code, so that an unknown one in an address is dropped; the names of an
open one's values come with the counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from casestudies.choices import Outcome, Stage
from members.models import Tier
from search.documents.base import Term, sources


@dataclass(frozen=True, kw_only=True)
class Facet:
    """`name` is the parameter in addresses; `choices` gives the values in the order shown, None for an open facet."""

    name: str
    label: Any
    choices: Callable[[], Mapping[str, Any]] | None = None
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


COSTS = {
    "none": _("No cost"),
    "under-10k": _("Under £10,000"),
    "10k-100k": _("£10,000 to £100,000"),
    "100k-1m": _("£100,000 to £1 million"),
    "over-1m": _("£1 million or more"),
}

FACETS: dict[str, Facet] = {
    facet.name: facet
    for facet in (
        Facet(name="type", label=_("Type"), choices=_types),
        Facet(name="outcome", label=_("Outcome"), choices=lambda: dict(Outcome.choices)),
        Facet(name="topic", label=_("Topic")),
        Facet(name="programme", label=_("Programme")),
        Facet(name="stage", label=_("Stage"), choices=lambda: dict(Stage.choices)),
        Facet(name="cost", label=_("Cost"), choices=lambda: COSTS),
        Facet(name="year", label=_("Year started"), latest_first=True),
        Facet(name="region", label=_("Region or nation")),
        Facet(name="tier", label=_("Kind of council"), choices=lambda: dict(Tier.choices)),
        Facet(name="council", label=_("Council")),
        Facet(name="place", label=_("Place")),
    )
}
