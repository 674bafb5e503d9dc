"""Documents for the engines' tests, made without pages."""

from datetime import UTC, datetime, timedelta

from search.documents import SearchDocument, Term
from search.engines.base import SearchQuery
from search.facets import FACETS

NOW = 1_000_000_000_000_000  # a version, in microseconds
_START = datetime(2024, 1, 1, tzinfo=UTC)


def document(number, title="Untitled", *, kind="case_study", days=0, members_only=False, **fields):
    """A case study unless told otherwise; facets as keyword arguments (`topic="empty-shops"`, or a list)."""
    rating, adoptions = fields.pop("evidence", None), fields.pop("adoptions", 0)
    values = {name: fields.pop(name) for name in list(fields) if name in FACETS}
    facets = {
        name: tuple(Term(one, one.replace("-", " ").title()) for one in ([value] if isinstance(value, str) else value))
        for name, value in values.items()
    }
    if rating is not None:
        facets["evidence"] = (Term(str(rating)),)
    prefix = "members_" if members_only else ""
    fields[f"{prefix}stale"] = fields.pop("stale", False)
    fields |= {f"{prefix}evidence": rating, f"{prefix}adoptions": adoptions}
    facets["type"] = (Term("council" if kind == "organisation" else kind),)
    if members_only:
        public = {"type", "topic", "council", "tier", "region"}
        fields["members_facets"] = {name: terms for name, terms in facets.items() if name not in public}
        facets = {name: terms for name, terms in facets.items() if name in public}
        fields["audience"] = "members"
    return SearchDocument(
        kind=kind,
        object_id=number,
        url=f"/councils/stockport/{number}/",
        title=title,
        facets=facets,
        published_at=_START + timedelta(days=days),
        **fields,
    )


def ask(engine, text="", *, members=False, counts=tuple(FACETS), **options):
    filters = {name: options.pop(name) for name in list(options) if name in FACETS}
    filters = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in filters.items()}
    options = {"help": True, **options}
    return engine.search(SearchQuery(text=text, members=members, counts=counts, filters=filters, **options))


def found(engine, text="", **options):
    return [hit.object_id for hit in ask(engine, text, **options).hits]


def assert_finds(results, expected):
    """These and no other; or, where so few have enough of the words, these before whatever has some of them."""
    numbers = [hit.object_id for hit in results.hits]
    if results.relaxed:
        assert set(numbers[: len(expected)]) == set(expected)
        assert results.total > len(expected)
    else:
        assert set(numbers) == set(expected)
        assert results.total == len(expected)


def counted(results, facet):
    return {one.term.value: one.count for one in results.facets.get(facet, ())}
