"""What members alone may know."""

from tests.search.contract.shops import SHOPS
from tests.search.documents import NOW, ask, counted, document, found

DOCUMENTS = SHOPS


def test_members_text_is_found_by_members_alone(shops):
    assert found(shops, "zeppelin") == []
    assert found(shops, "zeppelin", members=True) == [4]
    assert found(shops, "shops zeppelin", members=True)[0] == 4
    results = ask(shops, "zeppelin quiet")
    assert [hit.object_id for hit in results.hits] == [4]
    assert results.relaxed, "for others only “quiet” is there"


def test_members_text_is_not_betrayed_by_leaving_it_out(shops):
    assert 4 in found(shops, "shops -zeppelin")
    assert 4 not in found(shops, "shops -zeppelin", members=True)
    assert 4 in found(shops, "-zeppelin")


def test_members_text_is_marked_for_members_alone(shops):
    (hit,) = ask(shops, "zeppelin", members=True).hits
    assert "\x02zeppelin\x03" in hit.extract
    (hit,) = ask(shops, "quiet scheme").hits
    assert "zeppelin" not in f"{hit.title} {hit.summary} {hit.extract} {hit.card}"


def test_members_facts_are_counted_and_filtered_for_members_alone(shops):
    assert counted(ask(shops, "quiet"), "outcome") == {}
    assert counted(ask(shops, "quiet"), "year") == {}
    assert counted(ask(shops, "quiet"), "topic") == {"empty-shops": 1}
    assert counted(ask(shops, "quiet", members=True), "outcome") == {"did_not_work": 1}
    assert found(shops, outcome="did_not_work") == [2]
    assert set(found(shops, outcome="did_not_work", members=True)) == {2, 4}
    assert found(shops, year="2020") == []
    assert counted(ask(shops, outcome="worked"), "outcome") == {"worked": 2, "did_not_work": 1}


def test_members_card_is_for_members(engine):
    engine.index(
        document(1, "Market", members_only=True, card={"council": "Trafford"}, members_card={"outcome": "did_not_work"})
    )
    assert ask(engine, "market").hits[0].card == {"council": "Trafford"}
    assert ask(engine, "market", members=True).hits[0].card == {"council": "Trafford", "outcome": "did_not_work"}
    assert ask(engine, "market").hits[0].audience == "members"


def test_members_text_is_neither_suggested_nor_alike(engine):
    engine.index(*SHOPS, document(8, "Zeppelin hangar let for a pound", summary="It failed because of damp."))
    assert [one.title for one in engine.suggest("zepp")] == ["Zeppelin hangar let for a pound"]
    assert 4 not in [hit.object_id for hit in engine.similar("case_study:8", kind="case_study", size=8)]


def test_order_for_others_does_not_depend_on_members_text(engine):
    same = {"summary": "Stalls in the square.", "members_only": True}
    engine.index(
        document(1, "Market", **same, members_text="market " * 50),
        document(2, "Market", **same, members_text="nothing of the kind " * 300),
        document(3, "Market", **same),
    )
    first = found(engine, "market")
    engine.index(
        document(1, "Market", **same),
        document(2, "Market", **same, members_text="market " * 50),
        document(3, "Market", **same, members_text="nothing of the kind " * 300),
        version=NOW + 5,
    )
    assert found(engine, "market") == first
