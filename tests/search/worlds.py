"""Random worlds of documents, and random questions to ask of them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from search.documents import Point, SearchDocument, Term
from search.engines.base import SearchQuery
from search.facets import FACETS

# Words that no stemmer changes and that are not made of one another. Anybody's text may have the first; the second are
# in members' texts alone, some of them one letter from the first, so that spelling them would betray them.
OPEN = ("market", "canal", "orchard", "tram", "museum")
CLOSED = ("zeppelin", "fraud", "hangar", "markat", "tran")
WRONG = ("zepelin", "hanger", "markit", "orchad", "traam", "frauds", "musem")
COUNCILS = ("leeds", "pendle", "trafford")
VALUES = {
    "topic": ("shops", "water"),
    "council": COUNCILS,
    "region": ("north", "wales"),
    "tier": ("district", "county"),
    "outcome": ("worked", "did_not_work"),
    "year": ("2012", "2020"),
    "stage": ("trial", "ended"),
    "cost": ("none", "over-1m"),
    "evidence": ("0", "5"),
    "place": ("old-town", "new-town"),
    "programme": ("portas",),
}
# Who may read it every document says by itself.
ASKED = {**VALUES, "access": ("public", "members")}
KINDS = ("case_study", "case_study", "programme")
START = datetime(2024, 1, 1, tzinfo=UTC)
CORNERS = (Point(53.4, -2.16), Point(50.1, -5.3), Point(57.1, -2.1), Point(53.8, -1.55))
MEMBERS_ONLY = {
    "members_problem": "",
    "members_lessons": "",
    "members_text": "",
    "members_facets": {},
    "members_points": (),
    "members_evidence": None,
    "members_adoptions": 0,
    "members_stale": False,
    "members_card": {},
}

_open_text = st.lists(st.sampled_from(OPEN), max_size=6).map(" ".join)
_closed_text = st.lists(st.sampled_from((*OPEN, *CLOSED)), max_size=12).map(" ".join)
_title = st.lists(st.sampled_from(OPEN), min_size=1, max_size=3).map(" ".join)


def _facets(names):
    terms = {
        name: st.lists(st.sampled_from(VALUES[name]), unique=True, max_size=2).map(
            lambda values: tuple(Term(value, value.title()) for value in values)
        )
        for name in names
    }
    return st.fixed_dictionaries({}, optional=terms)


_points = st.lists(st.sampled_from(CORNERS), unique=True, max_size=2).map(tuple)
_rating = st.none() | st.integers(0, 5)


@st.composite
def _what_everybody_may_know(draw):
    kind = draw(st.sampled_from(KINDS))
    return {
        "kind": kind,
        "title": draw(_title),
        "summary": draw(_open_text),
        "tags": tuple(draw(st.lists(st.sampled_from(OPEN), max_size=1))),
        "problem": draw(_open_text),
        "lessons": draw(_open_text),
        "public_text": draw(_open_text),
        "facets": {"type": (Term(kind),), **draw(_facets(VALUES))},
        "points": draw(_points),
        "published_at": draw(st.none() | st.integers(0, 9).map(lambda days: START + timedelta(days=days))),
        "evidence": draw(_rating),
        "adoptions": draw(st.integers(0, 3)),
        "stale": draw(st.booleans()),
        "locale": draw(st.sampled_from(("en", "en", "cy"))),
        "card": {"council_slug": draw(st.sampled_from(COUNCILS))},
    }


_what_members_may_know = st.fixed_dictionaries(
    {
        "audience": st.just("members"),
        "members_problem": _closed_text,
        "members_lessons": _closed_text,
        "members_text": _closed_text,
        "members_facets": _facets(VALUES),
        "members_points": _points,
        "members_evidence": _rating,
        "members_adoptions": st.integers(0, 3),
        "members_stale": st.booleans(),
        "members_card": st.sampled_from(VALUES["outcome"]).map(lambda outcome: {"outcome": outcome}),
    }
)


@st.composite
def worlds(draw, *, most=7):
    """Documents of which several are alike to everybody: among these the least that is members' would show."""
    kinds = draw(st.lists(_what_everybody_may_know(), min_size=1, max_size=3))
    inner = draw(st.lists(st.just({}) | _what_members_may_know, min_size=2, max_size=most))
    return tuple(
        SearchDocument(object_id=number, url=f"/things/{number}/", **draw(st.sampled_from(kinds)), **more)
        for number, more in enumerate(inner, start=1)
    )


def without_members(world):
    """The same world in which there is nothing that only members may know."""
    return tuple(replace(one, **MEMBERS_ONLY) for one in world)


# Asked in every world: what is alike to the reader comes in an order that tells nothing.
ALWAYS = (
    *(SearchQuery(text=text, counts=(), help=True) for text in (*OPEN, f"{OPEN[0]} {CLOSED[0]}", *WRONG)),
    *(SearchQuery(sort=sort, near=CORNERS[0], counts=()) for sort in ("evidence", "adopted", "distance")),
    SearchQuery(counts=tuple(FACETS)),
)


@dataclass(frozen=True)
class Round:
    """What one reader asks one engine, and all that is answered."""

    queries: tuple[SearchQuery, ...]
    typed: tuple[str, ...]

    def ask(self, engine, world):
        answers = {f"search {query}": engine.search(query) for query in (*ALWAYS, *self.queries)}
        answers |= {f"located {query}": engine.located(query) for query in self.queries}
        answers |= {f"suggest {text}": engine.suggest(text) for text in self.typed}
        answers |= {f"like {one.key}": engine.similar(one.key, kind="case_study") for one in world}
        return answers


_word = st.sampled_from((*OPEN, *CLOSED, *WRONG))
_asked = st.lists(
    st.one_of(_word, _word.map("-{}".format), st.tuples(_word, _word).map('"{0[0]} {0[1]}"'.format)), max_size=4
).map(" ".join)
_keys = st.lists(st.sampled_from([f"case_study:{number}" for number in range(1, 8)]), unique=True).map(tuple)


@st.composite
def queries(draw):
    chosen = draw(st.lists(st.sampled_from(tuple(ASKED)), unique=True, max_size=2))
    return SearchQuery(
        text=draw(_asked),
        filters={name: tuple(draw(st.lists(st.sampled_from(ASKED[name]), unique=True, min_size=1))) for name in chosen},
        sort=draw(st.sampled_from(("relevance", "newest", "adopted", "evidence", "similar", "distance"))),
        page=draw(st.sampled_from((1, 1, 1, 2))),
        size=draw(st.sampled_from((20, 20, 2))),
        counts=tuple(FACETS),
        like=tuple(draw(st.permutations(COUNCILS))),
        near=draw(st.none() | st.sampled_from(CORNERS)),
        keys=draw(st.none() | st.none() | _keys),
        published_after=draw(st.none() | st.none() | st.just(START + timedelta(days=4))),
        help=draw(st.sampled_from((True, True, False))),
    )


rounds = st.builds(
    Round,
    queries=st.lists(queries(), min_size=3, max_size=6).map(tuple),
    typed=st.lists(
        st.sampled_from([word[:length] for word in (*OPEN, *CLOSED) for length in (1, 3, 7)]), max_size=3
    ).map(tuple),
)
