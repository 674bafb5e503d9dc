"""What helps on where nothing is found: the nearest titles, and what the filters hide."""

from search.engines.base import ANY, SearchQuery
from tests.search.contract.shops import SHOPS
from tests.search.documents import ask, found

DOCUMENTS = SHOPS


def test_titles_that_begin_like_a_word_are_nearest(shops):
    told = ask(shops, "vintagexyz")
    assert (told.total, told.correction) == (0, "")
    assert [one.title for one in told.nearest] == ["Nelson’s vintage market"]
    assert [one.title for one in ask(shops, "vintagexyz", outcome="worked").nearest] == ["Nelson’s vintage market"]
    assert {one.title for one in ask(shops, "vintagexyz prestonqqq").nearest} == {
        "Nelson’s vintage market",
        "Preston spends at home",
    }
    assert not ask(shops, "qqqqzzzz").nearest


def test_nothing_is_nearest_where_something_is_found(shops):
    for text in ("vintage", "vintage qqqqzzzz", "vintge"):
        assert not ask(shops, text).nearest, text


def test_members_words_bring_no_title_nearer(shops):
    told = ask(shops, "zeppelin")
    assert (told.total, list(told.nearest)) == (0, [])
    assert "zeppelin" not in str(told)


def test_what_each_filter_hides(shops):
    told = ask(shops, "market", outcome="did_not_work", council="trafford")
    assert told.total == 0
    assert told.without == {"outcome": 1, "council": 1, ANY: 2}
    told = ask(shops, "preston", outcome="did_not_work", region="north-west")
    assert told.without == {"outcome": 1, "region": 0, ANY: 1}
    told = ask(shops, outcome="did_not_work", year="2013")
    assert told.without == {"outcome": 1, "year": 1, ANY: len(SHOPS)}


def test_as_much_as_the_search_would_find_there(shops):
    """Also what has only some of the words, where few have enough of them."""
    filters = {"topic": "procurement", "council": "pendle"}
    told = ask(shops, "vintage market", **filters)
    assert told.total == 0
    for left_out in filters:
        rest = {name: value for name, value in filters.items() if name != left_out}
        assert told.without[left_out] == len(found(shops, "vintage market", **rest)), left_out
    assert told.without[ANY] == len(found(shops, "vintage market")) == 2
    told = ask(shops, "vintage market", sort="newest", **filters)
    assert told.without[ANY] == len(found(shops, "vintage market", sort="newest")) == 1


def test_filters_hide_from_others_what_only_members_may_know(shops):
    told = ask(shops, "quiet", outcome="did_not_work", topic="procurement")
    assert told.without == {"outcome": 0, "topic": 0, ANY: 1}
    told = ask(shops, "quiet", members=True, outcome="did_not_work", topic="procurement")
    assert told.without == {"outcome": 0, "topic": 1, ANY: 1}


def test_without_filters_or_with_results_nothing_is_hidden(shops):
    assert ask(shops, "qqqqzzzz").without == {}
    assert ask(shops, "market", outcome="worked").without == {}


def test_keys_hide_nothing_either(shops):
    told = shops.search(
        SearchQuery(
            text="market",
            keys=("case_study:2",),
            filters={"outcome": ("worked",)},
            counts=("outcome",),
            help=True,
        )
    )
    assert (told.total, told.without) == (0, {"outcome": 1, ANY: 1})


def test_an_answer_known_to_be_wide_or_not_is_taken_at_its_word(shops):
    """By another page of the same search, by its map and its file."""
    for text in ("vintage market", "market"):
        first = ask(shops, text)
        again = ask(shops, text, help=False, relaxed=first.relaxed)
        assert (again.hits, again.total, again.relaxed) == (first.hits, first.total, first.relaxed)
