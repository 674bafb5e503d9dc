"""“Did you mean”, from what the reader’s own documents spell."""

import pytest

from tests.search.documents import NOW, ask, document


@pytest.fixture
def spelled(engine):
    engine.index(
        document(1, "Loneliness among older people", summary="A community befriends its neighbours."),
        document(2, "A community pub", public_text="The community bought the swimming pool as well."),
        document(3, "A quiet scheme", members_text="The zeppelin hangar was let for a pound.", members_only=True),
    )
    return engine


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lonliness", "loneliness"),
        ("comunity pub", "community pub"),
        ("swiming pool", "swimming pool"),
        ("loneliness", ""),
        ("lonely", ""),
        ("xylophone", ""),
        ("😀", ""),
    ],
)
def test_a_misspelled_word_is_spelled_as_documents_do(spelled, typed, meant):
    assert ask(spelled, typed).correction == meant


def test_members_words_are_spelled_for_members_alone(spelled):
    assert ask(spelled, "zepelin").correction == ""
    assert ask(spelled, "zepelin", members=True).correction == "zeppelin"


def test_what_is_gone_is_spelled_for_nobody(spelled):
    spelled.remove("case_study:1", version=NOW + 1)
    spelled.index(document(2, "A tea room"), version=NOW + 1)
    assert ask(spelled, "lonliness").correction == ""
    assert ask(spelled, "swiming pool").correction == ""
