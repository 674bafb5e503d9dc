"""“Similar to my council”: which council is meant, in which order others follow it, and why in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from members.models import Organisation
from members.selectors import comparable_councils, council_named, most_like, own_organisation
from members.similarity import is_comparable, similarity_words, too_little_known
from search.engines.base import SIMILAR, Hit
from search.state import SearchState


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """`council` is the chosen one, `order` the slugs of those most like it, itself last: who asks knows their own.

    `problem` says in a sentence why nothing is ranked; `choices` are the councils to choose from.
    """

    council: Organisation | None = None
    order: tuple[str, ...] = ()
    problem: str = ""
    choices: Sequence[Organisation] = ()
    by_slug: Mapping[str, Organisation] = field(default_factory=dict)

    def why(self, hit: Hit) -> str:
        """“Like Stockport: similar size, more rural”; empty where nothing can be said."""
        slug = hit.card.get("council_slug", "")
        if self.council is None or not slug:
            return ""
        if slug == self.council.slug:
            return gettext("From %(council)s itself") % {"council": self.council.short_name}
        other = self.by_slug.get(slug)
        words = similarity_words(self.council, other) if other else ""
        return (
            gettext("Like %(council)s: %(words)s") % {"council": self.council.short_name, "words": words}
            if words
            else ""
        )


NOTHING = Likeness()


def read(state: SearchState, *, user: Any) -> Likeness:
    """What the address asks to be like, or the reader's own council; two queries, none where it asks for nothing."""
    if not state.like and state.sort != SIMILAR:
        return NOTHING
    choices = comparable_councils()
    by_slug = {one.slug: one for one in choices}
    chosen = _chosen(state, by_slug, user=user)
    if chosen is None:
        problem = ""
        if state.like:
            problem = gettext("We know no council called “%(name)s”. Choose one from the list.") % {"name": state.like}
        elif state.sort == SIMILAR:
            problem = gettext("Choose a council to see first what was done in places like it.")
        return Likeness(problem=problem, choices=choices)
    if not is_comparable(chosen):
        return Likeness(council=None, problem=too_little_known(chosen), choices=choices)
    order = (*most_like(chosen), chosen.slug)
    return Likeness(council=chosen, order=order, choices=choices, by_slug=by_slug)


def _chosen(state: SearchState, by_slug: Mapping[str, Organisation], *, user: Any) -> Organisation | None:
    if not state.like:
        return own_organisation(user)
    return by_slug.get(state.like) or council_named(state.like)
