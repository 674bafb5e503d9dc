"""What both engines promise. Each test runs over the database and over a real Elasticsearch."""

import pytest

from search.engines.base import NEWEST
from tests.search.documents import NOW, ask, counted, document, found


@pytest.fixture
def shops(engine):
    """Five things, one of them for members."""
    engine.index(
        document(
            1,
            "Altrincham’s empty shops filled again",
            summary="A market house with new traders.",
            public_text="The council let the market house to an operator. Vacancy fell to 7.9%.",
            tags=("market",),
            context=("Trafford", "Empty shops", "North West"),
            topic=["empty-shops", "high-streets"],
            council="trafford",
            region="north-west",
            outcome="worked",
            year="2014",
            days=1,
        ),
        document(
            2,
            "Nelson’s vintage market",
            summary="Thousands came, and more shops closed than opened.",
            public_text="The market drew visitors on Saturdays.",
            topic=["high-streets"],
            council="pendle",
            region="north-west",
            outcome="did_not_work",
            year="2012",
            days=2,
        ),
        document(
            3,
            "Preston spends at home",
            summary="Public bodies moved their buying to local firms.",
            topic=["procurement"],
            council="preston",
            region="north-west",
            outcome="worked",
            year="2013",
            days=3,
        ),
        document(
            4,
            "A quiet scheme",
            summary="Members can read what happened to the shops.",
            members_text="The zeppelin hangar was let for a pound. It failed because of damp.",
            members_only=True,
            topic=["empty-shops"],
            council="trafford",
            region="north-west",
            outcome="did_not_work",
            year="2020",
            days=4,
        ),
        document(
            5, "Stockport Council", kind="organisation", council="stockport", region="north-west", tier="metropolitan"
        ),
    )
    return engine


# Finding


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
def test_finds_what_has_the_words_and_nothing_else(shops, text, expected):
    results = ask(shops, text)
    assert {hit.object_id for hit in results.hits} == expected
    assert results.total == len(expected)
    assert not results.relaxed


def test_words_of_the_question_do_not_narrow_it(shops):
    assert found(shops, "what is the vintage market") == [2]


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


# Filters and counts


def test_values_of_one_filter_widen_and_filters_narrow(shops):
    assert set(found(shops, outcome="worked")) == {1, 3}
    assert set(found(shops, outcome=["worked", "did_not_work"])) == {1, 2, 3}
    assert set(found(shops, outcome="worked", topic="high-streets")) == {1}
    assert found(shops, outcome="worked", topic="no-such-topic") == []
    assert set(found(shops, "market", council=["pendle", "preston"])) == {2}


def test_each_facet_is_counted_without_its_own_filter(shops):
    results = ask(shops, "shops", outcome="worked")
    assert results.total == 1
    assert counted(results, "outcome") == {"worked": 1, "did_not_work": 1}
    assert counted(results, "topic") == {"empty-shops": 1, "high-streets": 1}
    assert counted(results, "year") == {"2014": 1}


def test_counts_follow_every_other_filter(shops):
    results = ask(shops, topic="high-streets", outcome="did_not_work")
    assert counted(results, "topic") == {"high-streets": 1}
    assert counted(results, "outcome") == {"worked": 1, "did_not_work": 1}
    assert counted(results, "council") == {"pendle": 1}


def test_values_bring_their_names(shops):
    (one,) = ask(shops, "altrincham").facets["council"]
    assert (one.term.value, one.term.label) == ("trafford", "Trafford")


def test_only_the_facets_asked_for_are_counted(shops):
    assert set(ask(shops, "shops", counts=("outcome",)).facets) == {"outcome"}


# Order and pages


def test_newest_first_when_asked(shops):
    assert found(shops, "shops", sort=NEWEST) == [4, 2, 1]


def test_the_strongest_evidence_first_when_asked(engine):
    engine.index(
        document(1, "Market", evidence=0, days=9),
        document(2, "Market", evidence=5),
        document(3, "Market", days=1),
        document(4, "Market", evidence=3),
    )
    assert found(engine, sort="evidence") == [2, 4, 1, 3]
    assert found(engine, "market", sort="evidence") == [2, 4, 1, 3]


def test_the_most_adopted_first_when_asked(engine):
    engine.index(
        document(1, "Market", adoptions=1),
        document(2, "Market", adoptions=12),
        document(3, "Market", days=3),
        document(4, "Market", days=2),
    )
    assert found(engine, sort="adopted") == [2, 1, 3, 4]
    assert found(engine, "market", sort="adopted")[:2] == [2, 1]


def test_what_nobody_has_confirmed_for_two_years_sinks_among_what_matches_as_well(engine):
    engine.index(
        document(1, "Market", days=9, stale=True),
        document(2, "Market", days=1),
        document(3, "Market", days=5, stale=True, members_only=True),
        document(4, "Market", days=3),
    )
    assert found(engine, "market", members=True) == [4, 2, 1, 3]
    assert found(engine, "market") == [3, 4, 2, 1], "what only members may know orders nobody else’s results"
    assert found(engine, "market", sort=NEWEST) == [1, 3, 4, 2]


def test_evidence_is_counted_and_filtered(engine):
    engine.index(document(1, evidence=5), document(2, evidence=5), document(3, evidence=0), document(4))
    assert counted(ask(engine, evidence="5"), "evidence") == {"5": 2, "0": 1}
    assert set(found(engine, evidence=["0", "5"])) == {1, 2, 3}


def test_standing_of_members_documents_orders_and_counts_for_members_alone(engine):
    engine.index(
        document(1, "Market", evidence=2, adoptions=1),
        document(2, "Market", evidence=5, adoptions=9, members_only=True, days=5),
    )
    for sort in ("evidence", "adopted"):
        assert found(engine, sort=sort) == [1, 2]
        assert found(engine, sort=sort, members=True) == [2, 1]
    assert counted(ask(engine), "evidence") == {"2": 1}
    assert counted(ask(engine, members=True), "evidence") == {"2": 1, "5": 1}
    assert found(engine, evidence="5") == []
    assert found(engine, evidence="5", members=True) == [2]


@pytest.fixture
def places(engine):
    engine.index(
        document(1, "Market", council="pendle", days=1),
        document(2, "Market", council="leeds", days=2),
        document(3, "Market market market", council="trafford", days=3),
        document(4, "Market", council="oldham", days=9),
        document(5, "A programme with a market", kind="programme", days=8),
        document(6, "A market town", kind="place", council=["pendle", "leeds"], days=7),
        document(7, "Vintage market", council="leeds", days=1),
    )
    return engine


LIKE = ("leeds", "pendle", "trafford")


def test_what_similar_councils_did_comes_first(places):
    assert found(places, sort="similar", like=LIKE) == [6, 2, 7, 1, 3, 4, 5]
    assert found(places, sort="similar", like=LIKE[::-1]) == [3, 6, 1, 2, 7, 4, 5]


def test_words_order_what_is_equally_similar(places):
    assert found(places, "vintage market", sort="similar", like=LIKE) == [7]
    order = found(places, "market", sort="similar", like=LIKE)
    assert set(order[:3]) == {6, 2, 7}
    assert order[3:5] == [1, 3], "however well the words match, the more similar council comes first"
    assert set(order) == {1, 2, 3, 4, 5, 6, 7}


def test_similarity_orders_and_hides_nothing(places):
    results = ask(places, "market", sort="similar", like=LIKE, type="case_study")
    assert results.total == 5
    assert counted(results, "council") == counted(ask(places, "market", type="case_study"), "council")


def test_similar_pages_hold_every_result_once(places):
    pages = [found(places, sort="similar", like=LIKE, size=3, page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert len({number for page in pages for number in page}) == 7


def test_without_a_council_similar_is_the_usual_order(places):
    assert found(places, sort="similar") == found(places)
    assert found(places, "market", sort="similar") == found(places, "market")


def test_many_councils_are_no_problem(places):
    many = (*(f"council-{number}" for number in range(60)), "trafford")
    assert found(places, "market", sort="similar", like=many)[0] == 3
    assert found(places, sort="similar", like=("'; DROP TABLE x", "%", "leeds"))[0] == 6


def test_pages_hold_every_result_once(engine):
    engine.index(*[document(number, f"Market {number}", days=number) for number in range(1, 8)])
    pages = [ask(engine, "market", size=3, page=page) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [3, 3, 1, 0]
    assert [page.total for page in pages] == [7, 7, 7, 7]
    assert {hit.object_id for page in pages for hit in page.hits} == set(range(1, 8))
    assert found(engine, sort=NEWEST, size=3, page=2) == [4, 3, 2]


# What a hit shows


def test_matches_are_marked_in_title_summary_and_text(shops):
    (hit,) = ask(shops, "operator").hits
    assert "\x02operator\x03" in hit.extract
    (hit,) = ask(shops, "vintage market closing").hits
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


# Type-ahead


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


# Like this one


def test_similar_by_words_and_topics(shops):
    shops.index(
        document(6, "A market in empty shops", summary="Traders filled the shops.", topic=["empty-shops"]),
        document(7, "Litter picking", summary="Volunteers with gloves.", topic=["environment"]),
    )
    similar = [hit.object_id for hit in shops.similar("case_study:6", kind="case_study", size=3)]
    assert similar[0] == 1
    assert 6 not in similar
    assert 7 not in similar
    assert shops.similar("case_study:404", kind="case_study") == []


# Who may know


def test_members_text_is_found_by_members_alone(shops):
    assert found(shops, "zeppelin") == []
    assert found(shops, "zeppelin", members=True) == [4]
    assert found(shops, "shops zeppelin", members=True) == [4]
    results = ask(shops, "zeppelin quiet")
    assert [hit.object_id for hit in results.hits] == [4]
    assert results.relaxed, "for others only “quiet” is there"


def test_members_text_is_not_betrayed_by_leaving_it_out(shops):
    assert 4 in found(shops, "shops -zeppelin")
    assert 4 not in found(shops, "shops -zeppelin", members=True)
    assert 4 in found(shops, "-zeppelin")


def test_members_text_is_marked_for_members_alone(shops):
    (hit,) = ask(shops, "zeppelin", members=True).hits
    assert "\x02zeppelin\x03" in hit.extract
    (hit,) = ask(shops, "quiet scheme").hits
    assert "zeppelin" not in f"{hit.title} {hit.summary} {hit.extract} {hit.card}"


def test_members_facts_are_counted_and_filtered_for_members_alone(shops):
    assert counted(ask(shops, "quiet"), "outcome") == {}
    assert counted(ask(shops, "quiet"), "year") == {}
    assert counted(ask(shops, "quiet"), "topic") == {"empty-shops": 1}
    assert counted(ask(shops, "quiet", members=True), "outcome") == {"did_not_work": 1}
    assert found(shops, outcome="did_not_work") == [2]
    assert set(found(shops, outcome="did_not_work", members=True)) == {2, 4}
    assert found(shops, year="2020") == []
    assert counted(ask(shops, outcome="worked"), "outcome") == {"worked": 2, "did_not_work": 1}


def test_members_card_is_for_members(engine):
    engine.index(
        document(1, "Market", members_only=True, card={"council": "Trafford"}, members_card={"outcome": "did_not_work"})
    )
    assert ask(engine, "market").hits[0].card == {"council": "Trafford"}
    assert ask(engine, "market", members=True).hits[0].card == {"council": "Trafford", "outcome": "did_not_work"}
    assert ask(engine, "market").hits[0].audience == "members"


def test_members_text_is_neither_suggested_nor_alike(shops):
    shops.index(document(8, "Zeppelin hangar let for a pound", summary="It failed because of damp."))
    assert [one.title for one in shops.suggest("zepp")] == ["Zeppelin hangar let for a pound"]
    assert 4 not in [hit.object_id for hit in shops.similar("case_study:8", kind="case_study", size=8)]


def test_order_for_others_does_not_depend_on_members_text(engine):
    same = {"summary": "Stalls in the square.", "members_only": True}
    engine.index(
        document(1, "Market", **same, members_text="market " * 50),
        document(2, "Market", **same, members_text="nothing of the kind " * 300),
        document(3, "Market", **same),
    )
    first = found(engine, "market")
    engine.index(
        document(1, "Market", **same),
        document(2, "Market", **same, members_text="market " * 50),
        document(3, "Market", **same, members_text="nothing of the kind " * 300),
        version=NOW + 5,
    )
    assert found(engine, "market") == first


# Writing


def test_a_later_write_replaces_the_whole_document(engine):
    engine.index(document(1, "Old title", topic="empty-shops", public_text="gone"))
    engine.index(document(1, "New title", topic="markets", public_text="here"), version=NOW + 1)
    assert found(engine, "old") == []
    assert found(engine, "gone") == []
    assert found(engine, "new here") == [1]
    assert counted(ask(engine), "topic") == {"markets": 1}
    assert [one.title for one in engine.suggest("titl")] == ["New title"]


def test_a_stale_write_is_dropped(engine):
    engine.index(document(1, "Newer"), version=NOW + 10)
    engine.index(document(1, "Older"), document(2, "Other"), version=NOW)
    assert found(engine, "newer") == [1]
    assert found(engine, "older") == []
    assert found(engine, "other") == [2]
    engine.index(document(1, "Again"), version=NOW + 10)
    assert found(engine, "again") == [1], "the same version may be written again"


def test_removed_is_gone_and_a_stale_write_does_not_bring_it_back(engine):
    engine.index(document(1, "Market", topic="markets"), document(2, "Market hall"))
    engine.remove("case_study:1", "case_study:404", version=NOW + 5)
    assert found(engine, "market") == [2]
    assert counted(ask(engine), "topic") == {}
    assert [one.title for one in engine.suggest("mark")] == ["Market hall"]
    engine.index(document(1, "Market"), version=NOW + 4)
    assert found(engine, "market") == [2]
    engine.index(document(1, "Market"), version=NOW + 6)
    assert set(found(engine, "market")) == {1, 2}


def test_a_stale_removal_is_dropped(engine):
    engine.index(document(1, "Market"), version=NOW + 10)
    engine.remove("case_study:1", version=NOW)
    assert found(engine, "market") == [1]


def test_a_renamed_value_has_one_name(engine):
    from search.documents import Term

    engine.index(document(1, "Market", topic="markets"))
    renamed = document(1, "Market")
    renamed.facets["topic"] = (Term("markets", "Street markets", "Marchnadoedd"),)
    engine.index(renamed, version=NOW + 1)
    (one,) = ask(engine).facets["topic"]
    assert (one.term.label, one.term.label_cy, one.count) == ("Street markets", "Marchnadoedd", 1)


def test_rebuild_holds_just_what_it_was_given_and_later_writes(engine):
    engine.index(document(1, "Kept"), document(2, "Dropped"))

    def batches():
        yield NOW + 10, [document(1, "Kept anew")]
        assert found(engine, "kept") == [1], "searches answer meanwhile"
        engine.index(document(3, "Written meanwhile"), version=NOW + 11)
        engine.index(document(4, "Changed meanwhile"), version=NOW + 15)
        engine.remove("case_study:5", version=NOW + 15)
        yield NOW + 12, [document(4, "As it was before"), document(5, "Removed meanwhile")]

    engine.rebuild(batches(), version=NOW + 10)
    assert found(engine, "kept anew") == [1]
    assert found(engine, "dropped") == []
    assert found(engine, '"written meanwhile"') == [3]
    assert found(engine, '"changed meanwhile"') == [4]
    assert found(engine, '"removed meanwhile"') == []


def test_engine_says_what_it_holds(engine):
    one, two = document(1, "Market"), document(2, "Hall")
    engine.index(one, two)
    assert engine.digests(["case_study:1", "case_study:404"]) == {"case_study:1": one.digest()}
    assert sorted(key for batch in engine.keys(batch=1) for key in batch) == ["case_study:1", "case_study:2"]
    health = engine.health()
    assert (health["state"], health["documents"]) == ("ok", 2)


# What people may type

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
