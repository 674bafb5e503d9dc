"""Whatever people type is words: no sign in it is an operator of an engine, and none is an error."""

import pytest

from search.text import mark_html
from tests.search.contract.shops import SHOPS
from tests.search.documents import ask, assert_finds, document, found

DOCUMENTS = SHOPS

# What is typed, and what has the words in it: an engine that read any of it as its own syntax would find
# something else, mostly everything (1 to 5) or nothing.
OPERATORS = {
    # Words that engines have for operators
    "market AND house": {1},
    "market && house": {1},
    "house OR vintage": set(),
    "market OR": {1, 2},
    "market || house": {1},
    "market | vintage": {2},
    "market NOT vintage": set(),
    "NOT market": set(),
    "market !vintage": {2},
    "NEAR(market house, 2)": set(),
    "market NEAR/2 house": set(),
    "market <-> house": {1},
    "market <2> house": set(),
    "market TO house": {1},
    # Signs before, after and around words
    "+market": {1, 2},
    "market+house": {1},
    "=market": {1, 2},
    "~market": {1, 2},
    "market~": {1, 2},
    "market~2": set(),
    "merket~": set(),
    "market^10": set(),
    "^market": {1, 2},
    "mark*": set(),
    "*": set(),
    "*:*": set(),
    "_all:*": set(),
    "_exists_:title": set(),
    "?": set(),
    "m?rket": set(),
    "m%rket": set(),
    "mark%": set(),
    "_arket": set(),
    "mark:*": set(),
    "market:*": {1, 2},
    "market:ab": set(),
    "market:A": set(),
    "/mar.*/": set(),
    "/.*/": set(),
    ".*": set(),
    "[q TO z]": set(),
    "{q TO z}": set(),
    "[* TO *]": {1, 3, 4},  # what has the word “to”
    ">=q": set(),
    "(market": {1, 2},
    "market)": {1, 2},
    "((market) (house))": {1},
    "(market OR zeppelin)": set(),
    "market\\": {1, 2},
    "\\market": {1, 2},
    "\\\\": set(),
    "'market'": {1, 2},
    "`market`": {1, 2},
    "$market$": {1, 2},
    "market;": {1, 2},
    "#market": {1, 2},
    "@market": {1, 2},
    "market, house": {1},
    "market/house": {1},
    "market.": {1, 2},
    "market?": {1, 2},
    "¿market?": {1, 2},
    # Fields
    "title:market": set(),
    "title : market": set(),
    "{title}: market": set(),
    "- {title}: market": set(),
    "{title summary} : vintage": set(),
    "members:zeppelin": set(),
    "members_body:market": set(),
    "audience:members": set(),
    "key:case_study": set(),
    # Whole questions
    '{"match_all": {}}': set(),
    '{"query": {"match": {"title": "market"}}}': set(),
    "'; DROP TABLE search_indexeddocument; --": set(),
    "market' OR '1'='1": set(),
    "market') UNION SELECT 1, 2 --": set(),
    "%s %d %(market)s": set(),
    "{{ market }}": {1, 2},
    "${market}": {1, 2},
    "<!-- market -->": {1, 2},
    # Quotes
    '"market': {1, 2},
    'market"': {1, 2},
    '"market house': {1},
    'mar"ket': set(),
    '"market" "house"': {1},
    '"market house""': {1},
    '""market house""': {1},
    '""': set(),
    '" "': set(),
    '"" market': {1, 2},
    "“market house”": {1},
    "“house market”": set(),
    "„market house“": {1},
    "«market house»": {1},
    "‘market’": {1, 2},
    "'market house'": {1},
    '"market" house': {1},
    # Minus
    "market -vintage": {1},
    "market --vintage": {1},
    "market - vintage": {2},
    "market –vintage": {2},
    "market -": {1, 2},
    'market -""': {1, 2},
    'market -"market house"': {2},
    "market -vint*": {1, 2},
    "-": set(),
    "- -": set(),
    "-market market": set(),
}


@pytest.mark.parametrize("text", OPERATORS)
def test_signs_are_no_operators(shops, text):
    results = ask(shops, text)
    assert_finds(results, OPERATORS[text])
    assert results.total == len(results.hits)
    if results.relaxed:
        assert results.total < 5, "what has one of two words; never all there is"


HOSTILE = [
    "\x00",
    "a\x00b",
    "\x01\x02\x03\x1f\x7f market",
    "\x02market\x03",
    "\ud800",
    "\udfff market",
    "market\ud83d",
    "\u202emarket",
    "\u200bmar\u200bket\ufeff",
    "\U000e0041 market",
    "market\r\n\t house",
    "😀",
    "👩\u200d👩\u200d👧 market",
    "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    "the",
    "what is the",
    "y yr a'r",
    "!!!",
    "?" * 300,
    "((((((((((" * 40,
    '"' * 399,
    "a" * 10_000,
    "é" * 10_000,
    "市" * 10_000,
    "market " * 2_000,
    " ".join(f"word{number}" for number in range(500)),
    "-market " * 100,
    " ".join(f"-word{number}" for number in range(500)),
    '"a" ' * 200,
    '"' + "market " * 500 + '"',
    "e\u0301" * 5_000,
    "z" + "\u0300" * 5_000,
    "ﬁ ﷺ ㎏ ½ ²",
    "سُوق قَدِيم",
    "שׁוּק יָשָׁן",
    "سوق market قديم",
    "市場 の 東京",
    "한국 시장",
    "ตลาดเก่า",
    "बाज़ार",
    "1e309 0x41 NaN -Infinity",
    "-1",
    "SK1 3XE",
    "2013-03",
    "co-op's",
    "a.b.c.d@example.org http://example.org/?q=market#x",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "../../../etc/passwd",
    "null undefined None true",
    "\\u0000 \\x00 %00 &#0;",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_is_an_error(shops, text):
    for members in (False, True):
        results = ask(shops, text, members=members)
        assert results.total >= len(results.hits) >= 0
        if members is False:
            assert "zeppelin" not in str(results).casefold()
    for one in shops.suggest(text):
        assert one.title


def test_a_hostile_word_beside_a_good_one_hides_nothing_and_opens_nothing(shops):
    for text in ("\x00", "\ud800", "😀", "\u202e", "*", "()", '"', ":", "\\", "!", "&", "|", "^", "~", "<->", "%"):
        for asked in (f"vintage {text}", f"{text} vintage", f"vintage{text}"):
            assert found(shops, asked) == [2], asked


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u3000"])
def test_nothing_typed_lists_everything(shops, text):
    assert ask(shops, text.strip()).total == 5


@pytest.mark.parametrize("text", ["!!!", "😀", "-", '""', "\x00", "…", "؟"])
def test_only_signs_find_nothing(shops, text):
    results = ask(shops, text)
    assert (results.total, list(results.hits), results.relaxed) == (0, [], False)


@pytest.mark.parametrize("text", ["the", "what is the"])
def test_only_words_of_a_question_are_looked_for_as_they_are(shops, text):
    assert {hit.object_id for hit in ask(shops, text).hits} <= {1, 2, 4}


def test_a_very_long_question_is_answered_by_its_first_words(shops):
    assert found(shops, "vintage " + "market " * 400)[0] == 2
    assert found(shops, "vintage" + " " * 5_000 + "market") == [2]


@pytest.mark.parametrize("facet", ["topic", "outcome", "year", "type", "evidence"])
def test_hostile_filter_values_match_nothing(shops, facet):
    for value in ("' OR 1=1 --", "*", "%", "_", "", "x" * 5000, "😀", ".*", "NULL"):
        results = ask(shops, **{facet: value})
        assert (results.total, list(results.hits)) == (0, [])


def test_hostile_keys_hold_nothing(shops):
    for key in ("' OR 1=1 --", "case_study:*", "*", "case_study", "case_study:1e9", "case_study:1 OR 1"):
        assert shops.digests([key]) == {}
        assert shops.similar(key, kind="case_study") == []


def test_marks_are_ours_alone(engine):
    engine.index(
        document(
            1,
            "<b>Market</b> & <script>alert('market')</script>",
            summary="</mark><img src=x onerror=y> market",
            public_text='"><svg onload=z> a stallholder sold <mark>eggs</mark> & more',
        )
    )
    (hit,) = ask(engine, "market stallholder").hits
    html = mark_html(hit.title) + mark_html(hit.summary) + mark_html(hit.extract)
    assert "<mark>Market</mark>" in html
    assert "<mark>stallholder</mark>" in html
    assert "&lt;script&gt;" in html
    for tag in ("<script", "<img", "<svg", "<b>", "<mark>eggs"):
        assert tag not in html


def test_marks_typed_or_written_are_no_marks(engine):
    from search.text import tidy

    engine.index(document(1, tidy("A \x02hidden\x03 market")))
    (hit,) = ask(engine, "\x02market\x03").hits
    assert mark_html(hit.title) == "A hidden <mark>market</mark>"
