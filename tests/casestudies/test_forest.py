"""One figure in each place: what may stand on one scale, where it stands, and what is said of it."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from casestudies.forest import EDGE, LARGEST, SMALLEST, Entry, choices, plot
from casestudies.models import AdoptionMeasure, Indicator, Measure
from tests.factories import adoption, case_study, organisation


def entry(who="Stockport", *, origin=False, **fields):
    values = {"indicator": "Empty shops", "unit": "shops", "better": "lower", "before": 40, "after": 30, **fields}
    return Entry(who=who, measure=(Measure if origin else AdoptionMeasure)(**values), is_origin=origin)


def drawn(*entries):
    found = choices(entries)
    return plot(found[0]) if found else None


def test_each_place_stands_on_the_side_of_its_change():
    found = drawn(
        entry(origin=True), entry("Leeds", after=50, sample_size=400), entry("Derby", after=20, sample_size=100)
    )
    assert [(row.entry.who, row.text, row.improved) for row in found.rows] == [
        ("Stockport", "−25%", True),
        ("Leeds", "+25%", False),
        ("Derby", "−50%", True),
    ]
    assert found.rows[0].x < found.zero < found.rows[1].x
    assert found.rows[2].x == EDGE
    assert found.better_left
    assert found.agreement == "The places do not agree: better in 2, worse in 1."
    assert found.rows[0].radius == SMALLEST < found.rows[2].radius < found.rows[1].radius == LARGEST
    assert not found.rows[0].sized


def test_percentages_are_compared_in_points():
    found = drawn(entry(origin=True, unit="%"), entry("Leeds", unit="%", before=0, after=5))
    assert [row.text for row in found.rows] == ["−10 percentage points", "+5 percentage points"]
    assert not found.in_per_cent
    assert not found.left_out


def test_a_start_at_nothing_is_named_and_not_drawn_as_a_percentage():
    found = drawn(entry(origin=True), entry("Leeds"), entry("Derby", before=0, after=5))
    assert [row.entry.who for row in found.rows] == ["Stockport", "Leeds"]
    assert [(left.entry.who, left.why) for left in found.left_out] == [
        ("Derby", "It began at nothing, so there is no percentage.")
    ]


def test_where_too_few_have_a_percentage_the_change_itself_is_drawn():
    found = drawn(entry(origin=True), entry("Derby", before=0, after=5))
    assert [row.text for row in found.rows] == ["−10 shops", "+5 shops"]
    assert not found.in_per_cent


def test_without_a_figure_before_a_place_is_named_and_not_drawn():
    found = drawn(entry(origin=True), entry("Leeds"), entry("Derby", before=None))
    assert [left.why for left in found.left_out] == ["no figure from before"]
    assert len(found.rows) == 2


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [entry(origin=True)],
        [entry(origin=True), entry("Leeds", before=None)],
        [entry(origin=True), entry("Leeds", indicator="Footfall")],
        [entry(origin=True), entry("Leeds", unit="m²")],
        [entry("Leeds", after_date="2024"), entry("Leeds", after_date="2025")],
    ],
)
def test_one_place_alone_has_no_plot(entries):
    assert drawn(*entries) is None


def test_one_indicator_in_two_units_is_not_put_on_one_scale():
    indicator = Indicator(pk=7, name="Empty shops", unit="shops")
    found = drawn(
        entry(origin=True, standard=indicator),
        entry("Leeds", standard=indicator),
        entry("Derby", standard=indicator, unit="%", before=12, after=9),
    )
    assert [row.entry.who for row in found.rows] == ["Stockport", "Leeds"]
    assert [left.why for left in found.left_out] == ["measured in another unit"]


def test_the_words_of_an_agreed_indicator_are_that_indicator():
    indicator = Indicator(pk=7, name="Empty shops", unit="shops")
    found = drawn(entry(origin=True, standard=indicator), entry("Leeds", indicator="empty shops "))
    assert [row.entry.who for row in found.rows] == ["Stockport", "Leeds"]
    assert found.choice.key == "i7"


def test_a_place_counts_once_with_its_last_figure():
    found = drawn(
        entry(origin=True), entry("Leeds", after=35, after_date="2024"), entry("Leeds", after=20, after_date="2025")
    )
    assert [row.text for row in found.rows] == ["−25%", "−50%"]


def test_nothing_moved_anywhere():
    found = drawn(entry(origin=True, after=40), entry("Leeds", after=40))
    assert [row.x for row in found.rows] == [50, 50] == [found.zero, found.zero]
    assert [row.text for row in found.rows] == ["no change", "no change"]
    assert found.agreement == "It changed in none of them."


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ((30, 20), "It got better in all 2 places."),
        ((50, 60), "It got worse in all 2 places."),
        ((30, 40), "It got better in 1 place and did not change in the others."),
        ((50, 40), "It got worse in 1 place and did not change in the others."),
    ],
)
def test_whether_they_agree(after, words):
    assert drawn(entry(origin=True, after=after[0]), entry("Leeds", after=after[1])).agreement == words


numbers = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)


@given(
    st.lists(
        st.tuples(st.none() | numbers, numbers, st.none() | st.integers(min_value=0, max_value=10**9)),
        min_size=2, max_size=12,
    ),
    st.sampled_from(["shops", "%", "£", "score out of 10"]),
    st.sampled_from(["higher", "lower"]),
)  # fmt: skip
def test_whatever_was_measured_the_drawing_keeps_its_frame_and_its_order(figures, unit, better):
    entries = [
        entry(f"Place {n}", before=before, after=after, sample_size=size, unit=unit, better=better)
        for n, (before, after, size) in enumerate(figures)
    ]
    found = drawn(*entries)
    if found is None:
        return
    assert len(found.rows) + len(found.left_out) == len(entries)
    for row in found.rows:
        assert EDGE <= row.x <= 100 - EDGE
        assert SMALLEST <= row.radius <= LARGEST
        assert (row.x >= found.zero) if row.value >= 0 else (row.x <= found.zero)
        assert row.improved is None or row.improved == ((row.value > 0) == (better == "higher"))
    ordered = sorted(found.rows, key=lambda row: row.value)
    assert [row.x for row in ordered] == sorted(row.x for row in found.rows)


@pytest.mark.django_db
def test_the_page_draws_the_plot_with_a_table_and_links_to_the_other_figures(client):
    origin = case_study(organisation("Stockport"), live=False)
    for indicator in ("Empty shops", "Visitors"):
        origin.measures.create(indicator=indicator, unit="a year", better="lower", before=40, after=30)
    origin.save()
    origin.save_revision().publish()
    for name in ("Leeds", "Derby"):
        one = adoption(origin, organisation(name))
        for n, indicator in enumerate(("Empty shops", "Visitors")):
            one.measures.create(sort_order=n, indicator=indicator, unit="a year", better="lower", before=40, after=60)
    soup = BeautifulSoup(client.get(origin.url).content, "html.parser").find(id="compare")
    assert [th.get_text(strip=True) for th in soup.select("tbody th")] == ["Stockport(first)", "Derby", "Leeds"]
    assert soup.find("svg", role="img")["aria-label"].startswith("Empty shops in 3 places. The places do not agree")
    other = soup.find("a", string="Visitors")["href"]
    chosen = BeautifulSoup(client.get(origin.url + other).content, "html.parser").find(id="compare")
    assert chosen.figcaption.strong.get_text() == "Visitors"
    assert (
        "Empty shops"
        in BeautifulSoup(client.get(origin.url + "?indicator=%00nonsense").content, "html.parser")
        .find(id="compare")
        .figcaption.get_text()
    )
