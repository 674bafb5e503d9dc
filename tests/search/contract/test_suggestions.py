"""Titles while typing."""

import pytest

from tests.search.contract.shops import SHOPS
from tests.search.documents import document

DOCUMENTS = SHOPS


def test_suggests_titles_while_typing(shops):
    assert [one.title for one in shops.suggest("vint")] == ["Nelson’s vintage market"]
    assert [one.title for one in shops.suggest("stockp")] == ["Stockport Council"]
    assert [one.title for one in shops.suggest("vintage mar")] == ["Nelson’s vintage market"]
    assert shops.suggest("stockp")[0].kind == "organisation"
    assert shops.suggest("xylo") == []
    assert len(shops.suggest("s", size=2)) <= 2


@pytest.mark.parametrize("text", ["", " ", "-", '"', "*", "a:b", "\x00", "'; DROP TABLE x", "😀", "a" * 5000])
def test_suggests_nothing_odd_for_odd_text(shops, text):
    assert isinstance(shops.suggest(text), list)


def test_titles_that_begin_so_come_first(engine):
    engine.index(document(1, "A community market"), document(2, "Market hall"), document(3, "Old market town"))
    titles = [one.title for one in engine.suggest("mark")]
    assert titles[0] == "Market hall"
    assert set(titles) == {"Market hall", "A community market", "Old market town"}


def test_one_mistake_is_forgiven_where_nothing_begins_so(engine):
    engine.index(document(1, "Community pub"), document(2, "Market hall"))
    assert [one.title for one in engine.suggest("comunit")] == ["Community pub"]
    assert engine.suggest("xyzzyxx") == []
