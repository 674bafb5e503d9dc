"""What a result shows."""

from tests.search.contract.shops import SHOPS
from tests.search.documents import ask, document

DOCUMENTS = SHOPS


def test_matches_are_marked_in_title_summary_and_text(shops):
    (hit,) = ask(shops, "operator").hits
    assert "\x02operator\x03" in hit.extract
    hit = ask(shops, "vintage market closing").hits[0]
    assert "\x02vintage market\x03" in hit.title or "\x02vintage\x03 \x02market\x03" in hit.title
    assert "\x02closed\x03" in hit.summary
    assert hit.summary.replace("\x02", "").replace("\x03", "") == "Thousands came, and more shops closed than opened."


def test_a_hit_brings_all_that_its_card_shows(engine):
    engine.index(
        document(
            1,
            "Market",
            summary="Stalls.",
            card={
                "council": "Trafford",
                "council_url": "/councils/trafford/",
                "outcome": "worked",
                "started": "2012-04",
            },
            counts={"adoptions": 3},
            days=9,
        )
    )
    (hit,) = ask(engine, "market").hits
    assert hit.url == "/councils/stockport/1/"
    assert hit.card["council"] == "Trafford"
    assert hit.card["started"] == "2012-04"
    assert hit.counts == {"adoptions": 3}
    assert hit.published_at.isoformat() == "2024-01-10T00:00:00+00:00"
