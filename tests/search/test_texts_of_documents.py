"""What of a page's text reaches its document, and in which order."""

import pytest

from search import indexing
from search.text import plain, tidy
from tests.factories import PlaceFactory, TopicFactory, case_study, organisation, programme

pytestmark = pytest.mark.django_db


def document_of(page):
    (document,) = indexing.build([f"case_study:{page.pk}"])
    return document


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("no markup,\n only  lines", "no markup, only lines"),
        ('<p data-block-key="a1">One</p><p>Two</p>', "One Two"),
        ("<ul><li>One</li><li>Two</li></ul>", "One Two"),
        ("mar<b>ket</b>s and <i>halls</i>", "markets and halls"),
        ('<p>See <a linktype="page" id="4">the <b>hall</b></a>.</p>', "See the hall."),
        ('<a href="/x" title="a > b">hall</a>', "hall"),
        ("<p>5 &lt; 6 &amp; 7<br/>8</p>", "5 < 6 & 7 8"),
        ("<embed embedtype='media'>after", "after"),
        ("<p>caf\u0065\u0301</p>", "caf\u00e9"),
    ],
)
def test_rich_text_is_read_as_its_words(html, text):
    assert plain(html) == text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\tb\r\nc", "a b c"),
        ("a\u00a0b\u2003c\u2028d", "a b c d"),
        ("mar\u00adket", "mar ket"),
        ("a\u200bb\ufeffc\x02d", "a b c d"),
        ("w\u0302r \U0001f3e0", "\u0175r \U0001f3e0"),
        ("\ud800x\ue000y", "x y"),
    ],
)
def test_what_cannot_be_read_is_a_space(text, clean):
    assert tidy(text) == clean


def test_the_texts_of_a_pages_rows_come_in_the_pages_order():
    page = case_study(organisation("Stockport"), did_not_work="<p>Opening in August</p>", advice="")
    page.lessons = [type(page).lessons.rel.related_model(lesson=name, why=f"{name} why") for name in ("B", "A")]
    page.partners = [type(page).partners.rel.related_model(name=name) for name in ("Zeta", "Alpha")]
    page.save_revision().publish()
    document = document_of(page)
    assert document.lessons == "Opening in August. B. B why. A. A why."
    assert "Zeta. Alpha." in document.public_text


def test_a_document_has_the_address_of_its_page_and_of_its_council():
    council = organisation("Stockport")
    page = case_study(council, title="Market hall")
    document = document_of(page)
    assert document.url == page.get_url()
    assert document.card["council_url"] == council.page.get_url()


def test_what_stands_around_case_studies_of_one_batch_is_not_mixed_up():
    parent = TopicFactory(name="Streets", slug="streets", order=2)
    topics = [TopicFactory(name="Zeal", slug="zeal", order=0), TopicFactory(name="Art", slug="art", parent=parent)]
    place, scheme = PlaceFactory(name="Old Town", slug="old-town"), programme("Portas Pilots")
    one = case_study(organisation("Stockport"), topics=topics, places=[place], tags=["stalls"], programme=scheme)
    two = case_study(organisation("Salford"), topics=topics[:1])
    first, second = sorted(
        indexing.build([f"case_study:{page.pk}" for page in (one, two)]), key=lambda document: document.object_id
    )
    assert [term.value for term in first.facets["topic"]] == ["streets", "zeal", "art"]
    assert [term.value for term in first.facets["place"]] == ["old-town"]
    assert [term.value for term in first.facets["programme"]] == [scheme.slug]
    assert first.tags == ("stalls",)
    assert first.card["council"] == "Stockport"
    assert [term.value for term in second.facets["topic"]] == ["zeal"]
    assert not {"place", "programme"} & set(second.facets)
    assert (second.tags, second.points, second.card["council"]) == ((), (), "Salford")


def test_a_digest_follows_every_part_of_a_document():
    page = case_study(organisation("Stockport"), topics=[TopicFactory(name="Streets")], audience="members")
    before = document_of(page)
    assert document_of(page).digest() == before.digest()
    topic = page.topics.get()
    topic.name_cy = "Strydoedd"
    topic.save()
    assert document_of(page).digest() != before.digest()
    between = document_of(page)
    page.outcome = "did_not_work" if page.outcome == "worked" else "worked"
    page.save_revision().publish()
    assert document_of(page).digest() != between.digest()
