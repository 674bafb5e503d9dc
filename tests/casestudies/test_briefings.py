"""Briefings: who reads what of them, where they stand, and what is said of the rest."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from casestudies.briefings.selectors import behind_the_door
from casestudies.models import BriefingCaseStudy, BriefingDocument, BriefingPage, BriefingSource
from casestudies.permissions import can_read
from core.delivery import deliver_all
from core.models import Event
from discussion.models import Comment
from discussion.permissions import can_read_comments, can_see, comments_visible_to
from members.services import end_membership
from tests import factories

pytestmark = pytest.mark.django_db


def _as(person):
    client = Client()
    if person.is_authenticated:
        client.force_login(person)
    return client


@pytest.fixture
def council():
    return factories.organisation("Stockport")


@pytest.fixture
def people(council):
    lapsed = factories.member(council, "author")
    end_membership(membership=lapsed.memberships.get(), by=None)
    return {
        "visitor": AnonymousUser(),
        "subscriber": factories.UserFactory(),
        "lapsed": lapsed,
        "member": factories.member(council),
        "author": factories.member(council, "author"),
        "lead": factories.member(council, "lead"),
        "other council’s author": factories.member(factories.organisation("Hull"), "author"),
        "moderator": factories.UserFactory(moderator=True),
        "administrator": factories.UserFactory(administrator=True),
    }


# What brings the next briefing: its organisation and its topics.
HEAR = ("Hear of the next one", 'Follow<span class="govuk-visually-hidden"> Empty shops</span>')
READERS = {"member", "author", "lead", "other council’s author", "moderator", "administrator"}


def _full(council):
    topic = factories.TopicFactory(name="Empty shops", slug="empty-shops")
    page = factories.briefing(
        council,
        topics=[topic],
        title="Rental auctions after a year",
        body="<h2>What zeppelins cost</h2><p>Bandstand figures.</p><h2>Then</h2><p>" + "word " * 400 + "</p>",
    )
    file = get_document_model().objects.create(
        title="Quicksilver table", file=ContentFile(b"rows", name="quicksilver.csv"), collection=council.collection
    )
    BriefingDocument.objects.create(page=page, document=file)
    BriefingSource.objects.create(page=page, title="Gazebo report", url="https://example.org/gazebo")
    related = factories.case_study(council, title="A members’ own account", audience="members")
    BriefingCaseStudy.objects.create(page=page, case_study=related)
    gone = factories.case_study(council, title="Taken down since", live=False)
    BriefingCaseStudy.objects.create(page=page, case_study=gone)
    return page, file


def test_only_members_read_on_and_everybody_is_told_what_is_behind_the_door(
    people, council, django_assert_max_num_queries
):
    page, file = _full(council)
    comment = Comment.objects.create(page=page, author=people["member"], body="Marzipan, I say.", state="published")
    draft = factories.briefing(council, live=False, title="A draft")
    for role, person in people.items():
        answer = _as(person).get(page.get_absolute_url())
        text = answer.content.decode()
        assert answer.status_code == 200, role
        assert "The threat of an auction lets more shops" in text, role
        assert [words in text for words in HEAR] == [True] * 2, role
        inside = ["What zeppelins cost", "Bandstand", "Quicksilver", "Gazebo", "own account", "Marzipan"]
        seen = [word for word in inside if word in text]
        assert seen == (inside if role in READERS else []), role
        assert ("The rest is for members" in text) == (role not in READERS), role
        cached = answer["Cache-Control"]
        assert cached == ("public, no-cache" if role == "visitor" else "private, no-store"), role
        # The twins agree.
        for one in (page, draft):
            twin = BriefingPage.objects.visible_to(person).filter(pk=one.pk).exists()
            assert can_read(person, one) == twin == (role in READERS and one is page), (role, one.title)
        assert can_read_comments(person, page) == (role in READERS), role
        twin = comments_visible_to(person).filter(pk=comment.pk).exists()
        assert can_see(person, comment) == twin == (role in READERS), role
        status = _as(person).get(file.url).status_code
        assert status == (200 if role in READERS else 404), role
        assert _as(person).get(draft.get_absolute_url()).status_code == 404, role
    told = " ".join(_as(people["visitor"]).get(page.get_absolute_url()).content.decode().split())
    for words in ("about 400 words, 2 minutes to read, in 2 parts", "1 document<", "1 source<", "1 case study that"):
        assert words in told, words
    assert "what members say about it" in told
    assert (
        "what members say about it" not in Client().get(factories.briefing(council).get_absolute_url()).content.decode()
    )
    assert behind_the_door(page).words == 400
    with django_assert_max_num_queries(14):
        Client().get(page.get_absolute_url())
    member = _as(people["member"])
    member.get(page.get_absolute_url())
    with django_assert_max_num_queries(32):
        member.get(page.get_absolute_url())


def test_its_public_part_stands_in_every_list_and_its_address_is_one_for_all(council, people):
    hull = people["other council’s author"].memberships.get().organisation
    topic = factories.TopicFactory(name="Markets", slug="markets")
    topic_below = factories.TopicFactory(name="Stalls", slug="stalls", parent=topic)
    programme = factories.programme()
    page = factories.briefing(
        council, topics=[topic_below], title="Stalls by the day", programme=programme, body="<p>Zeppelinesque.</p>"
    )
    deliver_all()
    visitor, member = Client(), _as(people["member"])
    places = {
        "/briefings/": "Stalls by the day",
        "/briefings/?topic=markets": "Stalls by the day",
        "/topics/markets/": "Stalls by the day",
        council.page.url: "Stalls by the day",
        "/feeds/briefings/": "The threat of an auction",
        "/feeds/topics/markets/briefings/": "The threat of an auction",
        "/api/briefings/": "The threat of an auction",
        "/data/briefings.csv": "The threat of an auction",
        "/data/briefings.json": "The threat of an auction",
        "/sitemap-briefings-1.xml": "/briefings/stalls-by-the-day/",
        "/cy/briefings/": "/cy/briefings/stalls-by-the-day/",
        "/search/?q=threat+of+an+auction": "Stalls by the day",
        "/search/?type=briefing&topic=markets&programme=portas-pilots": "Stalls by the day",
    }
    for address, words in places.items():
        answer = visitor.get(address)
        text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
        assert words in text, address
        assert "eppelinesque" not in text, address
    assert visitor.get("/briefings/?topic=stalls").status_code == 200
    for address in ("/briefings/", page.get_absolute_url()):
        assert visitor.head(address).status_code == 200, "who checks links asks for the headers alone"
    assert visitor.get("/briefings/?topic=nowhere").status_code == 404
    none = factories.TopicFactory(slug="none-yet")
    empty = visitor.get("/briefings/?topic=none-yet").content.decode()
    assert "No briefings here yet" in empty
    assert f'href="{none.url}"' in empty.split("No briefings here yet")[1].split("</section>")[0]
    assert "Stalls by the day" not in visitor.get("/search/?q=zeppelinesque").content.decode()
    assert "Stalls by the day" in member.get("/search/?q=zeppelinesque").content.decode()
    # Read at one address, whosever it is; its place in the tree leads there.
    assert page.url == "/briefings/stalls-by-the-day/"
    moved = visitor.get("/councils/stockport/stalls-by-the-day/")
    assert (moved.status_code, moved["Location"]) == (301, "/briefings/stalls-by-the-day/")
    namesake = BriefingPage(title="Stalls by the day", summary="x", conclusion="x", body="x", authors="x")
    hull.page.add_child(instance=namesake)
    assert namesake.slug == "stalls-by-the-day-2"
    event = Event.objects.get(kind="briefing.published", subject_id=page.pk)
    touched = {(one.kind, one.object_id) for one in event.targets.all()}
    wanted = {("topic", topic.pk), ("topic", topic_below.pk), ("organisation", council.pk), ("programme", programme.pk)}
    assert touched == wanted | {("briefing", page.pk)}


@pytest.mark.parametrize("slug", ["", "siân-a’r-farchnad", "你好"])
def test_a_welsh_title_has_an_address_that_every_list_can_give(council, slug):
    page = factories.briefing(council, title="Siân a’r farchnad", slug=slug)
    assert page.slug == "sian-ar-farchnad"
    deliver_all()
    for path in ("/briefings/", page.url, "/feeds/briefings/"):
        assert page.url in (response := Client().get(path)).content.decode(), path
        assert response.status_code == 200


def test_authors_write_it_beneath_their_own_page_and_see_it_as_others_will(council, people):
    add = f"/cms/pages/add/casestudies/briefingpage/{council.page.pk}/"
    assert _as(people["author"]).get(add).status_code == 200
    for role in ("subscriber", "lapsed", "member", "other council’s author"):
        assert _as(people[role]).get(add).status_code in {302, 403, 404}, role
    page = factories.briefing(council, live=False, body="<p>Zeppelins.</p>")
    edit = f"/cms/pages/{page.pk}/edit/"
    sent = nested_form_data(
        {
            "title": "Auctions",
            "summary": "What a year showed.",
            "conclusion": rich_text(""),
            "body": rich_text("<p>Zeppelins.</p>"),
            "authors": "Nia Rees",
            "dated": "2026-11-20",
            "topics": [],
            "documents": inline_formset([]),
            "related": inline_formset([]),
            "sources": inline_formset([]),
            "comments": inline_formset([]),
        }
    )
    author = _as(people["author"])
    text = author.post(edit, {**sent, "dated": "2099-01-01", "action-submit": "1"}).content.decode()
    assert "This day is still to come" in text
    assert "Choose between one and five topics" in text
    assert "Say what you found" in text
    page.refresh_from_db()
    assert page.current_workflow_state is None
    assert author.post(edit, sent).status_code in {200, 302}
    topic = factories.TopicFactory()
    good = {**sent, "conclusion": rich_text("<p>Letters.</p>"), "topics": [topic.pk], "action-submit": "1"}
    assert author.post(edit, good).status_code == 302
    page.refresh_from_db()
    assert page.current_workflow_state is not None
    assert not page.live
    draft = f"/cms/pages/{page.pk}/view_draft/"
    shown = {mode: author.get(draft, {"mode": mode}).content.decode() for mode, _label in page.preview_modes}
    assert "Zeppelins." in shown["member"]
    assert "Zeppelins." not in shown["everybody"]
    assert "The rest is for members" in shown["everybody"]
