"""Filters, and the counts beside them."""

from tests.search.contract.shops import SHOPS
from tests.search.documents import ask, counted, found

DOCUMENTS = SHOPS


def test_values_of_one_filter_widen_and_filters_narrow(shops):
    assert set(found(shops, outcome="worked")) == {1, 3}
    assert set(found(shops, outcome=["worked", "did_not_work"])) == {1, 2, 3}
    assert set(found(shops, outcome="worked", topic="high-streets")) == {1}
    assert found(shops, outcome="worked", topic="no-such-topic") == []
    assert set(found(shops, "market", council=["pendle", "preston"])) == {2}


def test_each_facet_is_counted_without_its_own_filter(shops):
    results = ask(shops, "shops", outcome="worked")
    assert results.total == 1
    assert counted(results, "outcome") == {"worked": 1, "did_not_work": 1}
    assert counted(results, "topic") == {"empty-shops": 1, "high-streets": 1}
    assert counted(results, "year") == {"2014": 1}


def test_counts_follow_every_other_filter(shops):
    results = ask(shops, topic="high-streets", outcome="did_not_work")
    assert counted(results, "topic") == {"high-streets": 1}
    assert counted(results, "outcome") == {"worked": 1, "did_not_work": 1}
    assert counted(results, "council") == {"pendle": 1}


def test_what_is_for_members_can_be_asked_for_or_left_out_by_everybody(shops):
    for members in (False, True):
        results = ask(shops, "shops", members=members)
        assert counted(results, "access") == {"public": 2, "members": 1}
        assert found(shops, access="members", members=members) == [4]
        assert set(found(shops, access="public", members=members)) == {1, 2, 3, 5}
    assert found(shops, "zeppelin", access="members") == []


def test_values_bring_their_names(shops):
    (one,) = ask(shops, "altrincham").facets["council"]
    assert (one.term.value, one.term.label) == ("trafford", "Trafford")


def test_only_the_facets_asked_for_are_counted(shops):
    assert set(ask(shops, "shops", counts=("outcome",)).facets) == {"outcome"}
