"""Case studies side by side: which facts stand in a row, in words. No database.

A row that says nothing of any of them is left out; an empty cell of one that is shown is a finding, and the page says
“Not said”. Figures of one indicator stand in one row, since only those can be read across; what only one of them
measured is listed beneath.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext, gettext_lazy, ngettext

from casestudies.change import change_of
from casestudies.evidence import Rating, words
from core.dates import display
from core.templatetags.components import with_unit

# Of a long text a cell shows the beginning; the rest is one link away.
EXCERPT = 420


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one case study says. `mark` is an outcome or a rating, drawn as elsewhere; `lines` are plain text; `more`
    is where on its page the rest of a text stands.
    """

    lines: tuple[str, ...] = ()
    mark: str | int | None = None
    more: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.lines and self.mark in (None, "")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A fact of each case study, in the order of the columns; `cells` are pairs of page and cell. `kind` says how marks
    are drawn.
    """

    label: str
    cells: tuple[tuple[Any, Cell], ...]
    kind: str = ""


def rows(pages: Sequence[Any]) -> list[Row]:
    """The table of some case studies, each with its rows beside it loaded."""
    made = [
        Row(label=str(label), kind=kind, cells=tuple((page, ask(page)) for page in pages))
        for label, kind, ask in _FACTS
    ]
    made += list(_figures(pages))
    return [row for row in made if not all(cell.is_empty for _, cell in row.cells)]


def plain(html: str | None) -> str:
    """Rich text as one line of words."""
    return " ".join(unescape(strip_tags((html or "").replace("<", " <"))).split())


def dates(page: Any) -> str:
    """“October 2012 to May 2013”, or as much of it as is known."""
    started, ended = display(page.started), display(page.ended)
    if started and ended and started != ended:
        return gettext("%(started)s to %(ended)s") % {"started": started, "ended": ended}
    if ended:
        return ended if started else gettext("Until %(ended)s") % {"ended": ended}
    return gettext("From %(started)s") % {"started": started} if started else ""


def needs(page: Any) -> list[str]:
    """“Core: a market manager (People)”, what is needed first."""
    return [
        (gettext("Core: %(need)s (%(kind)s)") if need.core else gettext("Optional: %(need)s (%(kind)s)"))
        % {"need": need.need, "kind": need.get_kind_display()}
        for need in sorted(page.needs.all(), key=lambda need: not need.core)
    ]


def figures(page: Any) -> list[str]:
    """Every measure in words: “Empty shops: down from 14% to 9% (−36%), 2018 to 2020”."""
    return [
        gettext("%(indicator)s: %(change)s") % {"indicator": measure.indicator, "change": _change(measure)}
        for measure in _measured(page)
    ]


def evidence(page: Any) -> Rating | None:
    standing = getattr(page, "standing", None)
    return Rating.from_stored(standing.rating, standing.answers) if standing else None


def _lines(*texts: Any) -> Cell:
    return Cell(lines=tuple(str(text) for text in texts if text))


def _outcome(page: Any) -> Cell:
    return Cell(mark=page.outcome)


def _stage(page: Any) -> Cell:
    standing = getattr(page, "standing", None)
    if standing is None or not standing.ended:
        return _lines(page.get_stage_display(), page.ended_reason)
    said = gettext("Ended in %(when)s, says the organisation") % {"when": display(standing.ended)}
    return _lines(said, ", ".join(standing.ended_labels) or page.ended_reason)


def _costs(page: Any) -> Cell:
    once = gettext("%(cost)s to set up") % {"cost": with_unit(page.setup_cost, "£")}
    yearly = gettext("%(cost)s a year") % {"cost": with_unit(page.yearly_cost, "£")}
    return _lines(
        once if page.setup_cost is not None else "",
        yearly if page.yearly_cost is not None else "",
        page.cost_note,
        gettext("Paid by %(funder)s") % {"funder": page.funder} if page.funder else "",
    )


def _evidence(page: Any) -> Cell:
    rating = evidence(page)
    return Cell(mark=rating.value, lines=(words.why(rating),)) if rating else Cell()


def _adoptions(page: Any) -> Cell:
    standing = getattr(page, "standing", None)
    n = standing.adoptions if standing else 0
    return _lines(ngettext("%(n)d other place", "%(n)d other places", n) % {"n": n} if n else "")


def _text(name: str, anchor: str) -> Callable[[Any], Cell]:
    def ask(page: Any) -> Cell:
        text = plain(getattr(page, name))
        short = Truncator(text).chars(EXCERPT)
        return Cell(lines=(short,) if short else (), more=anchor if short != text else "")

    return ask


_FACTS: tuple[tuple[Any, str, Callable[[Any], Cell]], ...] = (
    (gettext_lazy("Did it work?"), "outcome", _outcome),
    (gettext_lazy("How sure we are"), "evidence", _evidence),
    (gettext_lazy("Stage"), "", _stage),
    (gettext_lazy("When"), "", lambda page: _lines(dates(page))),
    (gettext_lazy("Where"), "", lambda page: _lines(*(row.place.name for row in page.case_study_places.all()))),
    (gettext_lazy("Cost"), "", _costs),
    (gettext_lazy("Staff time"), "", lambda page: _lines(page.staff_time)),
    (gettext_lazy("Time to the first result"), "", lambda page: _lines(page.time_to_first_result)),
    (gettext_lazy("What changed"), "", _text("results", "results")),
    (gettext_lazy("What did not work"), "", _text("did_not_work", "did-not-work")),
    (gettext_lazy("Lessons"), "list", lambda page: _lines(*(lesson.lesson for lesson in page.lessons.all()))),
    (gettext_lazy("What you would need"), "list", lambda page: _lines(*needs(page))),
    (gettext_lazy("Adopted by"), "", _adoptions),
)


# --- Figures -----------------------------------------------------------------------------------------


def _figures(pages: Sequence[Any]) -> Iterator[Row]:
    """A row for each indicator that two or more of them measured, and one for all that stands alone."""
    of: dict[Any, dict[int, list[Any]]] = {}
    for page in pages:
        for measure in _measured(page):
            of.setdefault(measure.same_as, {}).setdefault(page.pk, []).append(measure)
    shared = [by_page for by_page in of.values() if len(by_page) > 1]
    for by_page in shared:
        first = next(iter(by_page.values()))[0]
        name = first.standard.name if first.standard else first.indicator
        label = gettext("Figure: %(indicator)s") % {"indicator": name}
        yield Row(label=label, cells=tuple((page, _lines(*map(_change, by_page.get(page.pk, ())))) for page in pages))
    alone: dict[int, list[str]] = {}
    for by_page in of.values():
        if len(by_page) == 1:
            for pk, measures in by_page.items():
                alone.setdefault(pk, []).extend(f"{one.indicator}: {_change(one)}" for one in measures)
    label = gettext("Other figures") if shared else gettext("Figures")
    yield Row(label=label, kind="list", cells=tuple((page, _lines(*alone.get(page.pk, ()))) for page in pages))


def _measured(page: Any) -> Iterable[Any]:
    return (measure for measure in page.measures.all() if measure.is_measured)


def _change(measure: Any) -> str:
    """The change in words, with when it was measured."""
    said, before, after = change_of(measure).summary, display(measure.before_date), display(measure.after_date)
    when = gettext("%(started)s to %(ended)s") % {"started": before, "ended": after} if before and after else after
    return f"{said}, {when}" if when else said
