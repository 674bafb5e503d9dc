"""How many of the words a result must have, and what comes after where few have so many."""

from tests.search.contract.shops import SHOPS
from tests.search.documents import ask, counted, document, found

DOCUMENTS = SHOPS


def test_what_has_all_the_words_comes_first_and_while_that_is_little_what_has_some(shops):
    results = ask(shops, "vintage market")
    assert [hit.object_id for hit in results.hits] == [2, 1]
    assert (results.total, results.relaxed) == (2, True)
    assert counted(results, "council") == {"pendle": 1, "trafford": 1}
    assert found(shops, "closing shops")[0] == 2
    again = ask(shops, "vintage market", page=2, size=1)
    assert ([hit.object_id for hit in again.hits], again.total, again.relaxed) == ([1], 2, True)


def test_enough_that_has_all_the_words_is_enough(engine):
    both = [document(number, "Market hall", days=number) for number in range(1, 26)]
    engine.index(*both, document(90, "Market"), document(91, "Hall", outcome="worked"))
    results = ask(engine, "market hall")
    assert (results.total, results.relaxed) == (25, False)
    assert not ask(engine, "market hall", page=3).relaxed
    few = ask(engine, "market hall", outcome="worked")
    assert ([hit.object_id for hit in few.hits], few.relaxed) == ([91], True)
    assert ask(engine, "market hall", fewest=40).total == 27, "forty were wanted at least"


def test_most_of_the_words_of_a_longer_search_are_enough(engine):
    most = [document(number, "Market hall roof", days=number) for number in range(1, 22)]
    engine.index(*most, document(90, "Market"), document(91, "Market hall roof repaired"))
    results = ask(engine, "market hall roof repairs")
    assert results.hits[0].object_id == 91
    assert (results.total, results.relaxed) == (22, False)


def test_quoted_and_unwanted_words_are_never_given_up(shops):
    assert found(shops, '"market house" vintage') == [1]
    assert found(shops, "vintage aubergine -vintage") == []
    assert found(shops, '"market house" -operator') == []


def test_half_of_a_long_question_in_common_words_does_not_hide_its_rare_ones(engine):
    half = [document(number, "Market hall roof", days=number) for number in range(1, 26)]
    engine.index(*half, document(90, "Heat pump"))
    results = ask(engine, "market hall roof heat pump tenants")
    assert (results.hits[0].object_id, results.enough, results.total) == (90, 0, 26)
