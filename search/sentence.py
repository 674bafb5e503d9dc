"""The sentence over the results: “12 case studies about “empty shops” in the North West that did not work”.

What has only some of the words is counted apart (`rest`): it is not what was asked for, and the page says so in
smaller letters.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from search.engines.base import DISTANCE
from search.state import SearchState

Labels = Callable[[str], Sequence[str]]

_ENDINGS = {
    "worked": gettext_lazy("worked"),
    "partly_worked": gettext_lazy("partly worked"),
    "did_not_work": gettext_lazy("did not work"),
    "too_early": gettext_lazy("are too early to judge"),
}
# Regions that take an article in English.
_WITH_ARTICLE = {"North East", "North West", "South East", "South West", "East Midlands", "West Midlands"}


def sentence(state: SearchState, *, total: int, labels: Labels, near: str = "", enough: int | None = None) -> str:
    """What is shown, in words. `labels(facet)` names the chosen values of a facet, `near` where distance is from.

    `enough`: how many have enough of the words, where there are also some that have only a few of them.
    """
    if enough == 0 and total:
        return ngettext(
            "No result has most of these words; %(n)s has some of them",
            "No result has most of these words; %(n)s have some of them",
            total,
        ) % {"n": intcomma(total)}
    words = " ".join(filter(None, [_noun(state, enough or total), about(state, labels=labels)]))
    if near and total > 1 and state.sort == DISTANCE:
        return _("%(what)s, nearest to %(place)s first") % {"what": words, "place": near}
    return words


def rest(*, total: int, enough: int | None) -> str:
    """How many more there are that have only some of the words; empty where there are none, or nothing else."""
    more = total - enough if enough else 0
    if more <= 0:
        return ""
    return ngettext(
        "and %(n)s more with only some of the words", "and %(n)s more with only some of the words", more
    ) % {"n": intcomma(more)}


def about(state: SearchState, *, labels: Labels) -> str:
    """What is asked, without what kind of thing is found: “about “empty shops” in the North West”."""
    parts = []
    if state.text:
        parts.append(_("about “%(text)s”") % {"text": state.quotable})
    if names := labels("topic"):
        parts.append(_("on %(topics)s") % {"topics": _either([_inside(name) for name in names])})
    if names := labels("programme"):
        parts.append(_("under %(programmes)s") % {"programmes": _either(names)})
    if names := labels("council"):
        parts.append(_("from %(councils)s") % {"councils": _either(names)})
    if names := [*labels("place"), *map(_region, labels("region"))]:
        parts.append(_("in %(places)s") % {"places": _either(names)})
    if endings := [str(_ENDINGS[value]) for value in state.filters.get("outcome", ()) if value in _ENDINGS]:
        parts.append(_("that %(outcomes)s") % {"outcomes": _either(endings)})
    if names := labels("year"):
        parts.append(_("started in %(years)s") % {"years": _either(names)})
    others = [name for facet in ("stage", "evidence", "cost", "tier", "access") for name in labels(facet)]
    return " ".join([*parts, f"({', '.join(others)})"] if others else parts)


def _noun(state: SearchState, total: int) -> str:
    types = state.filters.get("type", ())
    number: dict[str, Any] = {"n": intcomma(total)}
    if not total:
        number = {"n": _("No")}
    match types:
        case ("case_study",):
            text = ngettext("%(n)s case study", "%(n)s case studies", total)
        case ("programme",):
            text = ngettext("%(n)s programme", "%(n)s programmes", total)
        case ("place",):
            text = ngettext("%(n)s place", "%(n)s places", total)
        case ("council",):
            text = ngettext("%(n)s council or community", "%(n)s councils and communities", total)
        case ("ask",):
            text = ngettext("%(n)s ask", "%(n)s asks", total)
        case ("briefing",):
            text = ngettext("%(n)s briefing", "%(n)s briefings", total)
        case ("opportunity",):
            text = ngettext("%(n)s opportunity", "%(n)s opportunities", total)
        case ("record",):
            text = ngettext("%(n)s entry of a place’s record", "%(n)s entries of places’ records", total)
        case _:
            text = ngettext("%(n)s result", "%(n)s results", total)
    return text % number


def _inside(name: str) -> str:
    """A topic's name in the middle of a sentence: “Empty shops” → “empty shops”, “ICT” as it is."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _region(name: str) -> str:
    return _("the %(region)s") % {"region": name} if name in _WITH_ARTICLE else name


def _either(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return _("%(several)s or %(last)s") % {"several": ", ".join(names[:-1]), "last": names[-1]}
