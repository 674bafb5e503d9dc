"""Charts of measures and the table that says the same."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template


def render(source, **context):
    loaded = Template("{% load components measures %}" + source)
    return BeautifulSoup(loaded.render(Context(context)), "html.parser")


def words(soup):
    return " ".join(soup.get_text(" ").split())


def test_measure_has_a_described_chart_and_an_equal_table():
    soup = render(
        "{% measure_chart m %}",
        m={
            "indicator": "Empty shops",
            "unit": "%",
            "before": "14.2",
            "after": "9.1",
            "better": "lower",
            "before_date": "2019-03",
            "after_date": date(2021, 3, 1),
        },
    )
    svg = soup.svg
    assert svg["role"] == "img"
    assert "14.2% before, 9.1% after" in svg["aria-label"]
    assert "Down from 14.2% to 9.1%" in words(soup)
    assert "Lower is better: it improved." in words(soup)
    cells = [words(cell) for cell in soup.table.find_all("td")]
    assert cells == ["", "14.2", "9.1", "March 2019", "March 2021"]
    assert not soup.find_all(style=True)


@pytest.mark.parametrize("value", ["about a third", "NaN", "Infinity"])
def test_measure_without_two_numbers_has_a_table_and_no_chart(value):
    soup = render('{% measure_chart indicator="Trips" before=v after=31 %}', v=value)
    assert soup.svg is None
    assert soup.table


@pytest.mark.parametrize("value", [None, ""])
def test_a_single_figure_says_what_it_counts_when_and_who_says_so(value):
    soup = render(
        "{% measure_chart m %}",
        m={
            "indicator": "Cost of the programme",
            "unit": "£ million a year",
            "before": value,
            "after": 19.0,
            "after_date": "2014-06",
            "comparison": "none",
            "source": "https://www.example.gov.uk/report?id=1",
        },
    )
    assert soup.svg is None
    assert soup.table is None
    assert "£19 million a year Cost of the programme June 2014 Source: example.gov.uk" in words(soup)


def test_measures_of_a_case_study_are_charts_first_and_single_figures_together():
    soup = render(
        "{% measures items level=4 %}",
        items=[
            {"indicator": "Counted once", "unit": "people", "after": 12},
            {"indicator": "Counted twice", "unit": "people", "before": 4, "after": 8, "better": "higher"},
        ],
    )
    assert [words(heading) for heading in soup.find_all("h4")] == ["Counted twice", "Counted once"]
    assert len(soup.find_all("svg")) == 1
    assert "Up from 4 people to 8 people (+100%). Higher is better: it improved." in words(soup)


def test_bars_share_one_scale_that_includes_zero():
    soup = render('{% measure_chart indicator="Jobs" unit="jobs" before=-40 after=10 %}')
    bars = [(bar["x"], bar["width"]) for bar in soup.find_all("rect")]
    assert bars == [("0.0%", "80.0%"), ("80.0%", "20.0%")]
    assert "%)" not in words(soup), "no per cent of a negative start"


def test_a_target_stands_in_the_chart_in_the_table_and_in_words():
    facts = {"indicator": "Empty shops", "unit": "%", "before": 20, "after": 12, "target": 10, "better": "lower"}
    soup = render("{% measure_chart m %}", m=facts)
    assert "The target of 10% was met in part: 80% of the way." in words(soup)
    assert "The target was 10%." in soup.svg["aria-label"]
    assert len(soup.find_all(class_="cl-chart__target")) == 2
    assert "Target · 10%" in soup.svg.get_text()
    assert [words(cell) for cell in soup.table.find_all("th", scope="col")] == ["Before", "After", "Target"]
    assert [words(cell) for cell in soup.table.find_all("td")] == ["", "20", "12", "10"]


def test_the_caption_says_what_weakens_a_figure_and_in_whose_money_it_stands():
    soup = render(
        "{% measure_chart m %}",
        m={
            "indicator": "Cost of a placement",
            "unit": "£",
            "before": 40000,
            "after": 52000,
            "better": "lower",
            "before_date": "2009",
            "after_date": "2019",
            "sample": "children placed",
            "sample_size": 14,
            "drop_out": 25,
            "self_reported": True,
            "comparison": "A comparison group or place",
            "why_comparable": "The next county, of the same size.",
        },
    )
    caption = words(soup.figcaption)
    assert "It is not known whether this is adjusted for inflation." in caption
    assert "Comparison: A comparison group or place: The next county, of the same size. Who" in caption
    assert "children placed (14 of them)" in caption
    assert "Only 14 were measured" in caption
    assert "25% dropped out" in caption
    assert "people say of themselves" in caption


def test_a_figure_without_anything_to_add_has_no_empty_caption():
    assert render('{% measure_chart indicator="Jobs" before=1 after=2 %}').figcaption is None


def test_a_single_figure_says_whether_it_reached_its_target():
    soup = render('{% measure_chart indicator="Jobs" unit="jobs" after=30 target=20 better="higher" %}')
    assert "The target of 20 jobs was met." in words(soup)
