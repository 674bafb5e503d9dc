"""Welsh words are known by whatever form of them was written or typed."""

import pytest

from search.welsh import stem, stems


@pytest.mark.parametrize(
    "forms",
    [
        "llyfrgell lyfrgell llyfrgelloedd lyfrgelloedd",
        "canol ganol nghanol chanol",
        "canolfan ganolfan nghanolfan chanolfan canolfannau",
        "tref dref nhref thref trefi drefi threfi trefydd",
        "pobl bobl phobl",
        "gwirfoddolwyr wirfoddolwyr gwirfoddolwr gwirfoddoli wirfoddoli gwirfoddol",
        "tŷ dŷ nhŷ tai dai thai nhai ty",
        "iechyd hiechyd",
        "ysgol hysgol ysgolion",
        "cymuned gymuned nghymuned chymuned cymunedau gymunedau cymunedol gymunedol",
        "tafarn dafarn nhafarn thafarn tafarndai dafarndai tafarnau",
        "plant blant phlant mhlant plentyn",
        "bws fws bysiau fysiau bysus",
        "menter fenter mentrau fentrau",
        "gardd ardd ngardd gerddi erddi",
        "clwb glwb chlwb clybiau",
        "gofal ofal ngofal",
        "digartref ddigartref digartrefedd",
        "preswylydd preswylwyr breswylwyr",
        "cwmni gwmni chwmni cwmnïau cwmniau",
        "Caerdydd Gaerdydd Nghaerdydd Chaerdydd",
        "Bangor Fangor Mangor",
        "unigrwydd hunigrwydd",  # not in the dictionary
    ],
)
def test_every_form_of_a_word_has_one_stem(forms):
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("oed", "coed"), ("dŵr", "tŵr"), ("tref", "cartref"), ("bwyd", "bws"), ("gwaith", "iaith"), ("parc", "march")],
)
def test_words_that_only_look_alike_are_two(one, other):
    assert stem(one) != stem(other)


def test_a_text_becomes_its_stems_in_order():
    assert stems("Gwirfoddolwyr yng nghanol y dref") == f"{stem('gwirfoddol')} yn canol y tref"
    assert stems("i'r llyfrgell; o’r Tafarndai!") == "i r llyfrgell o r tafarn"


def test_accents_and_capitals_make_no_difference():
    assert stem("TŶ") == stem("tŷ") == stem("ty\u0302")
    assert stems("") == stems("—…") == ""


def test_words_of_other_languages_and_codes_come_through():
    assert [stem(word) for word in ("covid", "2014", "sk1", "café", "日本", "שלום")] == [
        "covid",
        "2014",
        "sk1",
        "cafe",
        "日本",
        "שלום",
    ]
    assert stem("x" * 10_000) == "x" * 40


def test_a_stem_of_a_stem_is_itself_for_the_sectors_words():
    for word in [
        "llyfrgelloedd",
        "nghanol",
        "gwirfoddolwyr",
        "iechyd",
        "tafarndai",
        "cynghorwyr",
        "mentrau",
        "siopau",
        "gwastraff",
    ]:
        assert stem(stem(word)) == stem(word)
