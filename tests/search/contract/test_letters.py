"""Letters, signs, numbers and scripts: what is written one way is found as people type it."""

import unicodedata

import pytest

from tests.search.documents import ask, assert_finds, document, found

DOCUMENTS = [
    document(1, "A co-operative bakery", summary="The bakers own it.", public_text="Set up in March 2013 for £1.5m."),
    document(
        2, "E-bikes for carers", summary="It’s cheaper than cars.", public_text="Lent out in SE15 3BE, 2013-03-15."
    ),
    document(3, "Repair café in St Helen’s", summary="Run by Siân O’Brien.", public_text="810,000 people live near."),
    document(4, "Tŷ Cymunedol, Llŷn", summary="Canolfan ym Môn.", locale="cy"),
    document(5, "سوق قديم في المدينة", summary="شُرِكَة محلية"),
    document(6, "שוק ישן בעיר", summary="A market in Haifa."),
    document(7, "市場 東京", summary="A market in Tokyo."),
    document(8, "Рынок у реки", summary="A market in Odesa."),
    document(
        9,
        "A flat roof ½ built",
        summary="10% of 1,000 homes; A&E closed; C++ taught; 24/7 line; 20mph zone; walking/cycling.",
    ),
    document(10, "Straße und Café", summary="Ångström, Þór, Łódź and naïve façades."),
    document(11, "Advice on rent", summary="See advice.example.com, gov.uk/renting and/or jo.doe@example.org."),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Hyphens
        ("co-operative", {1}),
        ("co operative", {1}),
        ("CO-OPERATIVE", {1}),
        ("co‑operative", {1}),  # a hyphen that does not break
        ("co–operative", {1}),  # a dash
        ('"co-operative bakery"', {1}),
        ("e-bikes", {2}),
        ("e-bike", {2}),
        ("e bikes", {2}),
        ("-e-bikes carers", set()),
        # Apostrophes
        ("O’Brien", {3}),
        ("o'brien", {3}),
        ("St Helen's", {3}),
        ("St Helen’s", {3}),
        ("it's cheaper", {2}),
        ("it’s cheaper", {2}),
        # Marks over letters, with and without
        ("café", {3, 10}),
        ("cafe", {3, 10}),
        ("cafés", {3, 10}),
        ("CAFÉ", {3, 10}),
        ("Tŷ", {4}),
        ("ty", {4}),
        ("llyn", {4}),
        ("LLŶN", {4}),
        ("mon", {4}),
        ("siân", {3}),
        ("sian", {3}),
        ("naive facades", {10}),
        ("angstrom", {10}),
        # Numbers, sums and shares
        ("810,000", {3}),
        ("£1.5m", {1}),
        ("1.5m", {1}),
        ("10%", {9}),
        ("1,000", {9}),
        ("20mph", {9}),
        ("24/7", {9}),
        ("cycling", {9}),
        ("walking/cycling", {9}),
        ('"walking cycling"', {9}),
        ("A&E", {9}),
        # Addresses and pairs
        ("advice.example.com", {11}),
        ("advice.example.com.", {11}),
        ("gov.uk", {11}),
        ("GOV.UK", {11}),
        ("gov.uk/renting", {11}),
        ("jo.doe@example.org", {11}),
        ("and/or", {11}),
        # Dates and postcodes
        ("March 2013", {1}),
        ('"March 2013"', {1}),
        ("2013-03-15", {2}),
        ("SE15 3BE", {2}),
        ("se15 3be", {2}),
        ('"SE15 3BE"', {2}),
        ("SE15", {2}),
        # Other scripts
        ("قديم", {5}),
        ("سوق قديم", {5}),
        ("שוק", {6}),
        ("ישן שוק", {6}),
        ("市場", {7}),
        ("рынок", {8}),
        ("РЫНОК", {8}),
    ],
)
def test_found_as_people_type_it(filled, text, expected):
    results = ask(filled, text)
    assert_finds(results, expected)
    assert not results.relaxed or " " in text


@pytest.mark.parametrize("word", ["café", "Llŷn", "tŷ", "Siân", "Ångström"])
def test_composed_and_decomposed_letters_are_the_same(filled, word):
    assert found(filled, unicodedata.normalize("NFD", word)) == found(filled, unicodedata.normalize("NFC", word)) != []


def test_what_is_written_decomposed_is_found_either_way(engine):
    from search.text import tidy

    engine.index(document(1, tidy(unicodedata.normalize("NFD", "Tŷ Siân"))))
    for typed in ("tŷ siân", "ty sian", unicodedata.normalize("NFD", "Tŷ Siân")):
        assert found(engine, typed) == [1]


@pytest.mark.parametrize("word", ["bakery", "bakeries", "Bakery", "BAKERIES", "baker’s bakery"])
def test_case_and_number_do_not_matter(filled, word):
    assert found(filled, word) == [1]


def test_one_letter_is_a_word(filled):
    assert 9 in found(filled, "c")
    assert found(filled, "z") == []


def test_marks_stand_around_the_whole_word(filled):
    (hit,) = ask(filled, "llyn").hits
    assert "\x02Llŷn\x03" in hit.title
    (hit,) = ask(filled, "cycling").hits
    assert "walking/\x02cycling\x03" in hit.summary or "\x02walking/cycling\x03" in hit.summary
    (hit,) = ask(filled, "שוק").hits
    assert hit.title == "\x02שוק\x03 ישן בעיר"
