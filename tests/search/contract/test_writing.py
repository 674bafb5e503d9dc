"""Writes, removals and rebuilds."""

from tests.search.documents import NOW, ask, counted, document, found


def test_a_later_write_replaces_the_whole_document(engine):
    engine.index(document(1, "Old title", topic="empty-shops", public_text="gone"))
    engine.index(document(1, "New title", topic="markets", public_text="here"), version=NOW + 1)
    assert found(engine, "old") == []
    assert found(engine, "gone") == []
    assert found(engine, "new here") == [1]
    assert counted(ask(engine), "topic") == {"markets": 1}
    assert [one.title for one in engine.suggest("titl")] == ["New title"]


def test_a_stale_write_is_dropped(engine):
    engine.index(document(1, "Newer"), version=NOW + 10)
    engine.index(document(1, "Older"), document(2, "Other"), version=NOW)
    assert found(engine, "newer") == [1]
    assert found(engine, "older") == []
    assert found(engine, "other") == [2]
    engine.index(document(1, "Again"), version=NOW + 10)
    assert found(engine, "again") == [1], "the same version may be written again"


def test_removed_is_gone_and_a_stale_write_does_not_bring_it_back(engine):
    engine.index(document(1, "Market", topic="markets"), document(2, "Market hall"))
    engine.remove("case_study:1", "case_study:404", version=NOW + 5)
    assert found(engine, "market") == [2]
    assert counted(ask(engine), "topic") == {}
    assert [one.title for one in engine.suggest("mark")] == ["Market hall"]
    engine.index(document(1, "Market"), version=NOW + 4)
    assert found(engine, "market") == [2]
    engine.index(document(1, "Market"), version=NOW + 6)
    assert set(found(engine, "market")) == {1, 2}


def test_a_stale_removal_is_dropped(engine):
    engine.index(document(1, "Market"), version=NOW + 10)
    engine.remove("case_study:1", version=NOW)
    assert found(engine, "market") == [1]


def test_a_renamed_value_has_one_name(engine):
    from search.documents import Term

    engine.index(document(1, "Market", topic="markets"))
    renamed = document(1, "Market")
    renamed.facets["topic"] = (Term("markets", "Street markets", "Marchnadoedd"),)
    engine.index(renamed, version=NOW + 1)
    (one,) = ask(engine).facets["topic"]
    assert (one.term.label, one.term.label_cy, one.count) == ("Street markets", "Marchnadoedd", 1)


def test_rebuild_holds_just_what_it_was_given_and_later_writes(engine):
    engine.index(document(1, "Kept"), document(2, "Dropped"))

    def batches():
        yield NOW + 10, [document(1, "Kept anew")]
        assert found(engine, "kept") == [1], "searches answer meanwhile"
        engine.index(document(3, "Written meanwhile"), version=NOW + 11)
        engine.index(document(4, "Changed meanwhile"), version=NOW + 15)
        engine.remove("case_study:5", version=NOW + 15)
        yield NOW + 12, [document(4, "As it was before"), document(5, "Removed meanwhile")]

    engine.rebuild(batches(), version=NOW + 10)
    assert found(engine, "kept anew") == [1]
    assert found(engine, "dropped") == []
    assert found(engine, '"written meanwhile"') == [3]
    assert found(engine, '"changed meanwhile"') == [4]
    assert found(engine, '"removed meanwhile"') == []


def test_engine_says_what_it_holds(engine):
    one, two = document(1, "Market"), document(2, "Hall")
    engine.index(one, two)
    assert engine.digests(["case_study:1", "case_study:404"]) == {"case_study:1": one.digest()}
    assert sorted(key for batch in engine.keys(batch=1) for key in batch) == ["case_study:1", "case_study:2"]
    health = engine.health()
    assert (health["state"], health["documents"]) == ("ok", 2)
