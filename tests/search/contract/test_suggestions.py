"""Titles while typing."""

import pytest

from tests.search.contract.shops import SHOPS

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
