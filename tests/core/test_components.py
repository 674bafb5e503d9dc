"""The shared components: what a reader or a screen reader gets from each."""

from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import mark_safe

from core.card_html import OUTCOMES
from core.cards import Card


def render(source, **context):
    return BeautifulSoup(Template("{% load components %}" + source).render(Context(context)), "html.parser")


def include(name, **context):
    return BeautifulSoup(render_to_string(f"components/{name}.html", context), "html.parser")


def words(soup):
    return " ".join(soup.get_text(" ").split())


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("worked", "Worked"),
        ("partly_worked", "Partly worked"),
        ("did not work", "Did not work"),
        ("too_early", "Too early to say"),
    ],
)
def test_outcome_is_told_by_word_and_shape(code, text):
    soup = render("{% outcome_tag value %}", value=code)
    assert words(soup) == f"Outcome: {text}"
    assert soup.svg["aria-hidden"] == "true"


def test_the_four_outcomes_have_four_shapes():
    codes = ("worked", "partly_worked", "did_not_work", "too_early")
    assert len({str(render("{% outcome_tag v %}", v=code).svg) for code in codes}) == 4


def test_an_empty_outcome_shows_nothing():
    assert words(render("{% outcome_tag v %}", v="")) == ""


def test_card_from_a_dataclass_and_from_a_search_hit_read_the_same():
    facts = {
        "title": "Keeping the last pub",
        "url": "/councils/a/pub/",
        "council": "A Parish Council",
        "place": "Hudswell",
        "date": "2019-03-01",
        "outcome": "worked",
        "evidence": 3,
        "adoptions": 1,
        "summary": "Residents bought it <b>together</b>.",
    }
    one, two = render("{% card card %}", card=Card(**facts)), render("{% card card %}", card=facts)
    assert words(one) == words(two)
    assert one.h3.a["href"] == "/councils/a/pub/"
    assert "A Parish Council · Hudswell · March 2019" in words(one)
    assert "Evidence 3 of 5 · Adopted by 1 other place" in words(one)
    assert "<b>together</b>" in words(one), "a summary is text, whatever it holds"


def test_a_card_without_a_rating_claims_none():
    soup = render("{% card card %}", card={"title": "T", "url": "/t/", "outcome": "worked"})
    assert "Evidence" not in words(soup)
    assert "Evidence 0 of 5" in words(render("{% card card %}", card=Card(title="T", url="/t/", evidence=0)))


def test_what_a_card_says_is_text():
    nasty = "\"'><script>alert(1)</script>&amp;"
    said = ("kind", "council", "place", "distance", "date", "outcome", "stage", "summary", "why")
    facts = {"title": nasty, "url": nasty, "council_url": nasty, "badges": [nasty], **dict.fromkeys(said, nasty)}
    soup = render("{% card card %}", card=Card(**facts))
    assert not soup.find("script")
    assert words(soup).count("<script>alert(1)</script>&amp;") == len(said) + 2
    assert [link["href"] for link in soup.find_all("a")] == [nasty, nasty]


def test_what_was_safe_once_is_not_safe_for_whoever_says_the_same():
    look = "{% outcome_tag v %}{% stage_tag v %}{% filter_options 'n' options %}"
    for mark, tags in ((mark_safe, 3), (str, 0)):
        text = mark("<b>new</b>")
        soup = render(look, v=text, options=[{"value": "n", "label": text}])
        assert len(soup.find_all("b")) == tags


def test_an_outcome_is_told_in_the_language_of_each_reader():
    assert "Worked" in words(render("{% outcome_tag v %}", v="worked"))
    with patch("core.card_html.get_language", return_value="kw"), patch.dict(OUTCOMES, worked="Wrug gonis"):
        assert "Wrug gonis" in words(render("{% outcome_tag v %}", v="worked"))
    assert "Worked" in words(render("{% outcome_tag v %}", v="worked"))


def test_card_shows_highlights_and_takes_the_heading_level_of_its_page():
    card = {"title": "T", "url": "/t/", "summary_html": "a <mark>pub</mark>"}
    soup = render("{% card card level=2 %}", card=card)
    assert soup.h2.a.string == "T"
    assert soup.mark.string == "pub"


def test_pagination_keeps_the_question_and_marks_the_page():
    request = RequestFactory().get("/search/", {"q": "pub & club", "page": "3"})
    page = Paginator(range(100), 10).page(3)
    soup = render("{% pagination page_obj %}", page_obj=page, request=request)
    assert soup.nav["aria-label"]
    assert soup.find("a", {"aria-current": "page"}).string == "3"
    assert soup.find("a", rel="next")["href"] == "?q=pub+%26+club&page=4"
    assert soup.find("a", {"aria-label": "Page 1"})["href"] == "?q=pub+%26+club"


def test_one_page_needs_no_pagination():
    soup = render("{% pagination page_obj %}", page_obj=Paginator([1], 10).page(1))
    assert words(soup) == ""


def test_follow_button_is_a_form_for_people_signed_in_and_a_link_for_others():
    form = include("follow_button", action="/follow/", label="empty shops", csrf_token="t", fields={"target": "9"}).form
    assert form["method"] == "post"
    assert form.find("input", {"name": "csrfmiddlewaretoken"})["value"] == "t"
    assert form.find("input", {"name": "target"})["value"] == "9"
    assert words(form.button) == "Follow empty shops"
    link = include("follow_button", ask_url="/following/new/?kind=topic&id=9", label="empty shops")
    assert link.form is None
    assert link.a["href"] == "/following/new/?kind=topic&id=9"


def test_following_says_that_the_button_stops():
    soup = include("follow_button", action="/f/", following=True, label="empty shops", csrf_token="t")
    assert words(soup.button) == "Following empty shops. Stop following"


def test_comments_have_two_levels_and_a_tombstone():
    when = datetime(2026, 10, 3, 12, tzinfo=UTC)
    reply = {"id": 2, "removed": True}
    comment = {"id": 1, "author": "Bronwen Tŷ", "posted": when, "html": "<p>Nine months.</p>", "replies": [reply]}
    soup = include("comment_list", comments=[comment])
    assert soup.article["aria-label"] == "Comment by Bronwen Tŷ"
    assert "3 October 2026" in words(soup)
    assert words(soup.find(id="comment-2")) == "This comment was removed."


def test_filters_are_one_form_with_labelled_boxes_and_counts():
    soup = render(
        '{% filter_panel active=1 clear_url="/search/" %}'
        '{% include "components/filter_group.html" with legend="Outcome" name="outcome" options=options only %}'
        "{% endfilter_panel %}",
        options=[{"value": "worked", "label": "Worked", "count": 1200, "checked": True}],
    )
    assert soup.form["method"] == "get"
    box = soup.find("input", {"name": "outcome"})
    assert box.has_attr("checked")
    assert words(soup.find("label", {"for": box["id"]})) == "Worked (1,200 results )"
    assert soup.fieldset.legend.string == "Outcome"
    assert words(soup.summary) == "Filters (1 chosen)"


def test_what_a_filter_is_called_is_text():
    option = {"value": 'a"><b>', "label": "<i>Fish & chips</i>", "count": 1, "checked": False}
    more = {"url": "?all=topic", "label": "All 43 <topics>"}
    group = (
        '{% include "components/filter_group.html" with legend="Topic" name="topic" options=options more=more only %}'
    )
    soup = render(group, options=[option], more=more)
    assert soup.find("input")["value"] == 'a"><b>'
    assert words(soup.label) == "<i>Fish & chips</i> (1 results )"
    assert (soup.find("a")["href"], soup.find("a").string) == ("?all=topic", "All 43 <topics>")
    assert not soup.find(["i", "b"])


def test_breadcrumbs_name_the_page_that_is_open():
    soup = include("breadcrumbs", items=[{"text": "Home", "url": "/"}, {"text": "Topics"}])
    assert soup.find(attrs={"aria-current": "page"}).string == "Topics"


def test_editors_note_says_who_did_not_write_it():
    text = words(include("editors_note", council="A Parish Council"))
    assert "from public sources" in text
    assert "A Parish Council did not write or check this page." in text


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        ("1480", "households", "1,480 households"),
        ("14.20", "%", "14.2%"),
        (-3, "£", "−£3"),
        (250000, "£", "£250,000"),
        ("about 40", "", "about 40"),
        (-3.2, "£ million", "−£3.2 million"),
        (5000, "£, at most", "£5,000, at most"),
        (14.0, "% of spend", "14% of spend"),
        ("0.50", "", "0.5"),
    ],
)
def test_figures_are_written_as_people_write_them(value, unit, written):
    assert words(render("{{ v|with_unit:u }}", v=value, u=unit)) == written


def test_site_url_follows_the_language():
    with translation.override("en"):
        assert words(render('{% site_url "search/" %}')) == "/search/"
    with translation.override("cy"):
        assert words(render('{% site_url "search/" %}')) == "/cy/search/"
