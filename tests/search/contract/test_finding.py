"""What is found, and what is not."""

import pytest

from tests.search.contract.shops import SHOPS
from tests.search.documents import ask, assert_finds, document, found

DOCUMENTS = SHOPS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("altrincham", {1}),
        ("ALTRINCHAM", {1}),
        ("market", {1, 2}),
        ("markets", {1, 2}),  # stems
        ("shop", {1, 2, 4}),
        ("closing shops", {2}),
        ("operator", {1}),  # in the text only
        ("trafford", {1}),  # in the names around it
        ("vintage market", {2}),
        ('"market house"', {1}),
        ('"house market"', set()),
        ("market -vintage", {1}),
        ('market -"market house"', {2}),
        ("-shops", {3, 5}),
        ("7.9%", {1}),
        ("stockport", {5}),
        ("xylophone", set()),
    ],
)
def test_finds_what_has_the_words_first_and_nothing_that_has_none(shops, text, expected):
    results = ask(shops, text)
    assert_finds(results, expected)
    assert not results.relaxed or " " in text


def test_words_of_the_question_do_not_narrow_it(shops):
    assert found(shops, "what is the vintage market") == found(shops, "vintage market")
    assert found(shops, "vintage market")[0] == 2


def test_how_much_is_no_word_either(shops):
    assert ask(shops, "vintage market too very").enough == 1


def test_when_nothing_has_all_the_words_some_of_them_will_do(shops):
    results = ask(shops, "vintage aubergine")
    assert [hit.object_id for hit in results.hits] == [2]
    assert results.relaxed


def test_no_words_list_everything_newest_first(shops):
    results = ask(shops)
    assert [hit.object_id for hit in results.hits][:4] == [4, 3, 2, 1]
    assert results.total == 5


def test_the_title_counts_more_than_the_text(engine):
    engine.index(
        document(1, "A report", public_text="It speaks of allotments once, among many other things."),
        document(2, "Allotments for all", public_text="Plots on council land."),
    )
    assert found(engine, "allotments") == [2, 1]


def test_words_side_by_side_come_before_words_apart(engine):
    text = "The pool of volunteers was small and it took long before the community came together to help the pub."
    engine.index(
        document(1, "One", public_text=text),
        document(
            2, "Two", public_text="The community pub opened and the regulars came together to help for a long time."
        ),
    )
    assert found(engine, "community pub") == [2, 1]


@pytest.mark.parametrize("text", ["Tŷ Gwyrdd", "ty gwyrdd", "TŶ GWYRDD", "gwyrdd"])
def test_welsh_letters_are_found_with_and_without_their_signs(engine, text):
    engine.index(document(1, "Tŷ Gwyrdd yng Nghaerdydd", summary="Canolfan gymunedol ym Môn."))
    assert found(engine, text) == [1]
    assert found(engine, "mon") == [1]


def test_apostrophes_of_either_kind_and_hyphens(engine):
    engine.index(document(1, "St Mary’s co-operative", summary="Run by residents."))
    assert found(engine, "st mary's") == [1]
    assert found(engine, "mary’s") == [1]
    assert found(engine, "co-operative") == [1]
    assert found(engine, "co operative") == [1]


def test_what_is_typed_twice_weighs_twice(engine):
    engine.index(document(1, "Market", days=9), document(2, "Hall"))
    assert found(engine, "market hall") == [1, 2]
    assert found(engine, "hall market hall") == [2, 1]
    assert found(engine, '"hall" market "hall"') == [2], "quoted, it must be there"
