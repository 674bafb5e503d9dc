"""What only the embedded engine has to promise: upgrades, rebuilds at once, Welsh by headwords, counted words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from search import engines, indexing, spelling, tasks
from search.engines.base import RebuildRunning
from search.engines.sql import writing
from search.models import IndexedDocument, Rebuild, SpelledWord
from tests.factories import case_study, organisation
from tests.search.documents import NOW, ask, document, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine():
    return engines.database()


def test_texts_of_an_older_make_are_written_anew_within_a_minute(engine):
    case_study(organisation("Stockport"), title="Market")
    indexing.rebuild(engine)
    assert engine.is_current()
    IndexedDocument.objects.update(make=0)
    assert not engine.is_current()
    assert len(found(engine, "market")) == 1, "what is there answers meanwhile"
    tasks.ensure_index()
    assert engine.is_current()


def test_one_rebuild_at_a_time_and_a_dead_one_stops_nobody(engine):
    Rebuild.objects.create(engine="database", beat_at=timezone.now())
    with pytest.raises(RebuildRunning):
        indexing.rebuild(engine)
    Rebuild.objects.update(beat_at=timezone.now() - timedelta(hours=1))
    indexing.rebuild(engine)
    assert not Rebuild.objects.exists()


def test_a_welsh_document_is_found_by_other_forms_of_its_words(engine):
    engine.index(
        [
            document(1, "Canol y dref", public_text="Mae parcio am ddim.", locale="cy"),
            document(2, "Dref is a name here", locale="en"),
        ],
        version=NOW,
    )
    assert found(engine, "tref") == [1]
    assert found(engine, "barcio") == [1]


@pytest.mark.parametrize(
    "typed", ["example", "gov", "uk", "renting", "jo", "doe", "v2", "free", '"gov uk"', "wales.free"]
)
def test_an_address_is_its_words_and_is_shown_as_it_was_written(engine, typed):
    engine.index(
        [document(1, "In Wales.Free", summary="At www.example.com, gov.uk/renting, jo.doe@example.org and v2.0.")],
        version=NOW,
    )
    (hit,) = ask(engine, typed).hits
    shown = f"{hit.title} {hit.summary}".replace("\x02", "").replace("\x03", "")
    assert shown == "In Wales.Free At www.example.com, gov.uk/renting, jo.doe@example.org and v2.0."
    assert "\x02" in f"{hit.title} {hit.summary}"


@pytest.mark.parametrize("typed", ["1.5", "£1.5m", "3.14"])
def test_a_dot_between_figures_makes_one_number(engine, typed):
    engine.index([document(1, "It cost £1.5m", summary="Round it is 3.14, or 1.5 by half.")], version=NOW)
    assert found(engine, typed) == [1]


def test_words_are_counted_as_documents_change(engine):
    engine.index([document(1, "Market hall"), document(2, "Market")], version=NOW)
    engine.index([document(3, "Quiet", members_text="Market", members_only=True)], version=NOW)
    market = SpelledWord.objects.get(word="market")
    assert (market.public, market.members) == (2, 3)
    engine.index([document(1, "Town hall")], version=NOW + 1)
    engine.remove(["case_study:2"], version=NOW + 1)
    market.refresh_from_db()
    assert (market.public, market.members) == (0, 1)
    engine.remove(["case_study:3"], version=NOW + 1)
    engine.clean_up()
    assert not SpelledWord.objects.filter(word="market").exists()


def test_a_new_make_of_the_texts_counts_no_word_twice(engine, monkeypatch):
    engine.index([document(1, "Market hall"), document(2, "Market")], version=NOW)
    monkeypatch.setattr(writing, "MAKE", writing.MAKE + 1)
    engine.index([document(1, "Market hall")], version=NOW + 1)
    assert SpelledWord.objects.get(word="market").public == 2
    engine.remove(["case_study:1", "case_study:2"], version=NOW + 2)
    assert SpelledWord.objects.get(word="market").public == 0


@pytest.mark.parametrize(
    ("one", "other", "mistakes"),
    [
        ("market", "market", 0),
        ("makret", "market", 1),
        ("marke", "market", 1),
        ("barket", "market", 1),
        ("x", "abc", 2),
    ],
)
def test_mistakes_are_counted(one, other, mistakes):
    assert spelling.distance(one, other, most=1) == mistakes


def test_what_is_more_frequent_is_meant_among_what_is_as_close():
    assert spelling.best("carbor", [("harbor", 1), ("carbon", 40)]) == "carbon"
    assert spelling.best("eldery", [("elderly", 0), ("every", 5000)]) == "elderly"
    assert spelling.best("expensive", [("inexpensive", 0)]) == "", "which nobody wrote"
    assert spelling.best("swimin", [("swimming", 1), ("somebody", 900)]) == "swimming"
    assert spelling.respelled('Lonliness, "older" people', {"lonliness": "loneliness"}) == 'loneliness, "older" people'
