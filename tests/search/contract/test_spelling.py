"""“Did you mean”, from what the reader’s own documents spell, and what it finds where nothing is spelled as typed."""

import pytest

from search import held
from search.models import SynonymGroup
from tests.search.documents import NOW, ask, counted, document, found

DOCUMENTS = [
    document(1, "Loneliness among older people", summary="A community befriends its neighbours.", outcome="worked"),
    *(document(number, "Every barrel counts") for number in range(5, 15)),
    document(2, "A community pub", public_text="The community bought the swimming pool as well.", topic="pubs"),
    document(
        3,
        "A quiet scheme",
        members_text="The zeppelin hangar was let for a pound. Neighbours complained.",
        members_only=True,
        outcome="worked",
    ),
    document(4, "The inn by the canal", summary="Bought by those who drink there.", topic="pubs", outcome="worked"),
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lonliness", "loneliness"),
        ("comunity pub", "community pub"),
        ("swiming pool", "swimming pool"),
        ("swiming, pool?", "swimming, pool?"),
        ("loneliness", ""),
        ("lonely", ""),
        ("xylophone", ""),
        ("😀", ""),
    ],
)
def test_a_misspelled_word_is_spelled_as_documents_do(filled, typed, meant):
    assert ask(filled, typed).correction == meant


def test_members_words_are_spelled_for_members_alone(filled):
    told = ask(filled, "zepelin")
    assert (told.correction, told.corrected) == ("", None)
    told = ask(filled, "zepelin", members=True)
    assert told.correction == "zeppelin"
    assert [hit.object_id for hit in told.corrected.hits] == [3]


def test_a_spelling_finds_for_others_only_what_they_may_read(filled):
    told = ask(filled, "neigbours")
    assert told.correction == "neighbours"
    assert [hit.object_id for hit in told.corrected.hits] == [1]
    assert {hit.object_id for hit in ask(filled, "neigbours", members=True).corrected.hits} == {1, 3}
    told = ask(filled, "neigbours hangar")
    assert "hangar" not in str(told.corrected or told).replace("neighbours hangar", "")


def test_what_is_gone_is_spelled_for_nobody(engine):
    engine.index(
        document(1, "Loneliness among older people"),
        document(2, "A community pub", public_text="The community bought the swimming pool as well."),
    )
    engine.remove("case_study:1", version=NOW + 1)
    engine.index(document(2, "A tea room"), version=NOW + 1)
    for text in ("lonliness", "swiming pool"):
        told = ask(engine, text)
        assert (told.correction, told.corrected, told.total) == ("", None, 0)


def test_a_spelling_must_find_something_under_the_filters(filled):
    told = ask(filled, "lonliness", outcome="worked")
    assert told.correction == "loneliness"
    assert counted(told.corrected, "outcome") == {"worked": 1}
    told = ask(filled, "lonliness", topic="pubs")
    assert (told.correction, told.corrected) == ("", None)
    assert ask(filled, "zepelin", members=True, outcome="did_not_work").correction == ""


def test_what_is_quoted_or_unwanted_is_meant_as_it_is_spelled(filled):
    assert ask(filled, '"lonliness" people').correction == ""
    assert ask(filled, '"comunity pub"').correction == ""
    assert ask(filled, "-lonliness people").correction == ""
    assert ask(filled, 'swiming "pool"').correction == 'swimming "pool"'
    told = ask(filled, "comunity -pub")
    assert told.correction == "community -pub"
    assert [hit.object_id for hit in told.corrected.hits] == [1]
    assert ask(filled, "lonliness -older").correction == "", "what it would find is unwanted"


def _synonyms(words):
    SynonymGroup.objects.create(words=words, language="en")
    held.forget()
    yield
    held.forget()


@pytest.fixture
def pubs(db):
    yield from _synonyms("community pub\ninn")


@pytest.fixture
def older(db):
    yield from _synonyms("older people\nelderly\npensioner")


@pytest.fixture
def baths(db):
    yield from _synonyms("swimming pool\nlido")


def test_a_word_of_a_synonym_that_is_misspelled_finds_its_others(filled, pubs):
    told = ask(filled, "comunity pub")
    assert told.correction == "community pub"
    best = told.corrected or told
    assert {hit.object_id for hit in best.hits} >= {2}
    assert {hit.object_id for hit in ask(filled, told.correction).hits} >= {2, 4}


def test_what_staff_say_is_a_word_is_nearer_than_a_frequent_one_with_more_mistakes(filled, older):
    told = ask(filled, "eldery")
    assert told.correction == "elderly", "not “every”, though no document has it"
    assert [hit.object_id for hit in told.corrected.hits] == [1]
    assert ask(filled, "pensoner").correction == "pensioner", "like which no document has anything"


def test_a_better_spelling_is_only_offered_where_some_have_the_words_as_typed(engine):
    engine.index(
        document(1, "Loneliness and older people"),
        document(2, "Older people and cafes"),
        document(3, "Older people in cafes and lonliness"),
    )
    told = ask(engine, "older people lonlines")
    assert told.enough == 3
    assert told.correction == "", "the other spelling finds no more"
    told = ask(engine, "cafes oldr")
    assert (told.enough, told.correction) == (0, "cafes older")
    assert {hit.object_id for hit in told.corrected.hits[:2]} == {2, 3}
    assert (told.total, told.relaxed) == (2, True)


def test_a_better_spelling_is_offered_where_everything_has_another_of_the_words(engine):
    engine.index(
        document(1, "A library that costs less to run", public_text="It was expensive."),
        document(2, "A swimming pool run by its town", public_text="Expensive to heat."),
        document(3, "An expensive market hall"),
        document(4, "A run in the park"),
    )
    told = ask(engine, "swiming lessons too expensive to run")
    assert told.correction == "swimming lessons too expensive to run"
    assert told.corrected.total == told.total
    assert told.corrected.hits[0].object_id == 2


def test_a_better_spelling_is_offered_though_two_of_its_words_are_one_thing_and_find_less(engine, baths):
    engine.index(
        document(1, "A library that costs less to run"),
        document(2, "A swimming pool run by its town"),
        document(3, "A pool of money"),
    )
    told = ask(engine, "swiming pool far too dear to run")
    assert told.enough == 0
    assert told.correction == "swimming pool far too dear to run"
    assert told.corrected.hits[0].object_id == 2


def test_a_spelling_that_nothing_readable_has_is_not_offered_where_other_words_are_found(engine):
    hidden = document(3, "A shed", members_text="The zeppelin hangar.", members_only=True)
    engine.index(document(1, "A library to run"), document(2, "A run in the park"), hidden)
    told = ask(engine, "zepelin voyages to run")
    assert (told.correction, told.corrected) == ("", None)


def test_what_a_spelling_finds_has_its_own_counts_page_and_marks(filled):
    told = ask(filled, "comunity", size=1, page=2)
    assert (told.corrected.total, told.corrected.enough, len(told.corrected.hits)) == (2, 2, 1)
    assert counted(told.corrected, "type") == {"case_study": 2}
    first = ask(filled, "comunity", size=1).corrected.hits[0]
    assert first.object_id != told.corrected.hits[0].object_id
    assert "\x02community\x03" in f"{first.title}{told.corrected.hits[0].summary}".lower()


def test_words_that_are_apart_in_the_better_spelling_are_found_apart(filled):
    told = ask(filled, "lonliness swiming")
    assert told.correction == "loneliness swimming"
    assert (told.total, told.corrected.enough, told.corrected.relaxed) == (0, 0, True)
    assert {hit.object_id for hit in told.corrected.hits} == {1, 2}


def test_without_help_nothing_more_is_told(filled):
    told = ask(filled, "lonliness", help=False, topic="pubs")
    assert (told.correction, told.corrected, list(told.nearest), dict(told.without)) == ("", None, [], {})
    assert found(filled, "lonliness", help=False) == []
