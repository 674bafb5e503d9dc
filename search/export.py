"""The results of a search as the rows of a file, page by page, so that it is sent while it is read."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from search import selectors
from search.cards import local
from search.documents import sources
from search.engines.base import WINDOW, Hit, SearchQuery
from search.text import unmarked

BATCH = 500

COLUMNS: dict[str, str | Promise] = {
    "id": _("What kind of thing it is, and its number; that of a case study is the same in every table."),
    "type": _("case_study, council, place or programme."),
    "title": _("Its title."),
    "summary": _("Its summary."),
    "url": _("Its page."),
    "council": _("Whose it is."),
    "council_slug": _("The same, as it stands in addresses."),
    "place": _("Where."),
    "outcome": _("worked, partly_worked, did_not_work, too_early, or empty."),
    "stage": _("idea, trial, running, scaled or ended."),
    "started": _("A year, or a year and a month."),
    "ended": _("A year, or a year and a month."),
    "evidence_rating": _("How sure the network is, from 0 to 5, whether or not it worked; empty if not rated yet."),
    "adoptions": _("How many published adoptions there are."),
    "audience": _("public or members."),
    "first_published": _("Date and time, UTC."),
    "distance_km": _("How far from the place that the search is from; empty where that is not known."),
}


def rows(query: SearchQuery) -> Iterator[dict[str, Any]]:
    """Everything that the search finds, at most 10,000, in its order; each once, whatever changes meanwhile."""
    language = translation.get_language()
    seen: set[tuple[str, int]] = set()
    for number in range(1, WINDOW // BATCH + 1):
        found = selectors.search(replace(query, page=number, size=BATCH, counts=())).results
        new = [hit for hit in found.hits if (hit.kind, hit.object_id) not in seen]
        seen.update((hit.kind, hit.object_id) for hit in new)
        # Not handed over inside of it: whoever reads the rows would go on in this language between two of them.
        with translation.override(language):
            batch = [_row(hit) for hit in new]
        yield from batch
        if number * BATCH >= found.total:
            return


def _row(hit: Hit) -> dict[str, Any]:
    source, facts = sources().get(hit.kind), hit.card
    return {
        **_facts(facts),
        "id": f"{hit.kind}:{hit.object_id}",
        "type": source.type if source else hit.kind,
        "title": unmarked(hit.title),
        "summary": unmarked(hit.summary),
        "url": f"{settings.BASE_URL}{local(hit.url)}",
        "evidence_rating": facts.get("evidence"),
        "audience": hit.audience,
        "first_published": hit.published_at.isoformat() if hit.published_at else "",
        "distance_km": None if hit.distance_km is None else round(hit.distance_km, 1),
    }


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    names = ("council", "council_slug", "place", "outcome", "stage", "started", "ended", "adoptions")
    return {name: facts.get(name, "") for name in names}
