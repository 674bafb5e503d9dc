"""Whatever people type is words."""

import pytest

from tests.search.contract.shops import SHOPS
from tests.search.documents import ask, document, found

DOCUMENTS = SHOPS


HOSTILE = [
    "\x00",
    "a\x00b",
    "AND",
    "OR NOT",
    "market AND",
    "NOT market",
    "NEAR(market house, 2)",
    "title:market",
    "{title}: market",
    "mark*",
    "*",
    "^market",
    "market^10",
    "market~2",
    "/mar.*/",
    "[1 TO 5]",
    "(market",
    "market))",
    '"',
    '"market',
    'mar"ket',
    "''; DROP TABLE search_indexeddocument; --",
    "%s %d %(x)s",
    "\\",
    "\\\\' OR 1=1",
    "<script>alert(1)</script>",
    "& | ! <-> :*",
    "-",
    "--",
    "- -",
    '-""',
    "!!!",
    "?" * 300,
    "😀",
    "👩\u200d👩\u200d👧 market",
    "\ud800".encode("utf-8", "replace").decode(),
    "\u202emarket",
    "سوق قديم",
    "市場",
    "é" * 400,
    "a" * 10_000,
    "market " * 2_000,
    "-market " * 100,
    '"a" ' * 200,
    "ﬁ ﷺ",
    "1e309 0x41 NaN",
    "SK1 3XE",
    "2013-03-15",
    "co-op's",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_is_an_error_or_an_operator(shops, text):
    for members in (False, True):
        results = ask(shops, text, members=members)
        assert results.total >= len(results.hits) >= 0
    assert "zeppelin" not in str(ask(shops, f"zeppelin {text}").hits).casefold()


def test_operators_are_words(engine):
    engine.index(document(1, "Market house"), document(2, "Market and title"), document(3, "Vintage"))
    assert found(engine, "title:house") == []
    assert found(engine, "market OR house") == [1]
    assert found(engine, "mark*") == []


def test_hostile_filter_values_match_nothing(shops):
    for value in ("' OR 1=1 --", "*", "%", "", "x" * 500, "😀"):
        assert found(shops, topic=value) == []


def test_marks_are_ours_alone(engine):
    from search.text import mark_html

    engine.index(
        document(1, "<b>Market</b> & <script>alert('market')</script>", summary="</mark><img src=x onerror=y>")
    )
    (hit,) = ask(engine, "market").hits
    html = mark_html(hit.title)
    assert "<mark>Market</mark>" in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "<img" not in mark_html(hit.summary)
