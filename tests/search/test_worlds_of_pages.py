"""Real pages, real people, real addresses: what each reader finds is what that reader may read."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from core.delivery import deliver_all
from members.services import end_membership
from tests.factories import PlaceFactory, TopicFactory, UserFactory, adoption, case_study, member, organisation

pytestmark = pytest.mark.django_db

INSIDERS = ("member", "author", "other author", "approver", "moderator", "editor", "administrator")
# What everybody may find, what members may, and what is in nothing that is published.
OPEN = ("orchard", "apples", "canal", "tram")
MEMBERS = ("zeppelin airships", "hangarton mooring", "overspend")
FACTS = {"outcome": "did_not_work", "place": "hangarton", "year": "2011", "cost": "over-1m"}
EVERYTHING = (
    "/search/?sort=newest",
    "/search/results.csv",
    "/map/",
    "/feeds/search/",
    "/feeds/case-studies/",
    "/api/case-studies/",
)
NOBODY = ("griffin unicorn", "phoenix wyvern", "basilisk kraken", "hydra sphinx")


@pytest.fixture
def stockport():
    return organisation("Stockport", region="North West", tier="metropolitan")


@pytest.fixture
def pages(stockport):
    pendle = organisation("Pendle", region="North West", tier="district")
    shops = TopicFactory(name="Empty shops", slug="empty-shops")
    found = {
        "open": case_study(
            stockport,
            title="An orchard of our own",
            problem="<p>Nobody grew apples.</p>",
            topics=[shops],
            places=[PlaceFactory()],
        ),
        "members": case_study(
            pendle,
            title="The canal boat",
            audience="members",
            problem="<p>The zeppelin was late.</p>",
            did_not_work="<p>The mooring sank.</p>",
            cost_note="An overspend.",
            outcome="did_not_work",
            tags=["airships"],
            places=[PlaceFactory(name="Hangarton", slug="hangarton")],
            topics=[shops],
            started="2011",
            setup_cost=2_000_000,
        ),
        "draft": case_study(pendle, title="A griffin", summary="With a unicorn.", live=False),
        "changed": case_study(stockport, title="The tram", summary="It runs."),
        "withdrawn": case_study(stockport, title="A wyvern"),
        "expired": case_study(pendle, title="A basilisk", expire_at=timezone.now() + timedelta(hours=1)),
        "deleted": case_study(pendle, title="A kraken"),
        "moved inside": case_study(pendle, title="A boat", problem="<p>The hydra was late.</p>"),
    }
    adoption(found["members"], stockport, outcome="did_not_work", words="The sphinx.")
    deliver_all()
    found["changed"].title = "The phoenix"
    found["changed"].save_revision()
    found["withdrawn"].unpublish()
    type(found["expired"]).objects.filter(pk=found["expired"].pk).update(expire_at=timezone.now() - timedelta(hours=1))
    call_command("publish_scheduled")
    found["deleted"].delete()
    found["moved inside"].problem = "<p>The sea was late.</p>"
    found["moved inside"].save_revision().publish()
    deliver_all()
    return found


@pytest.fixture
def people(stockport):
    lapsed = member(stockport, "author")
    end_membership(membership=lapsed.memberships.get(), by=None)
    suspended = member(stockport, "author", is_active=False)
    return {
        "visitor": None,
        "subscriber": UserFactory(),
        "lapsed": lapsed,
        "suspended": suspended,
        "member": member(stockport, "member"),
        "author": member(organisation("Pendle"), "author"),
        "other author": member(stockport, "author"),
        "approver": member(stockport, "approver"),
        "moderator": UserFactory(moderator=True),
        "editor": UserFactory(editor=True),
        "administrator": UserFactory(administrator=True),
    }


def as_one(person):
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def body(client, address):
    response = client.get(address)
    return b"".join(response.streaming_content if response.streaming else [response.content]).decode()


def titles(client, **params):
    html = body(client, f"/search/?{urlencode(params)}")
    return {re.sub(r"<[^>]+>", "", title) for title in re.findall(r'class="cl-card__link"[^>]*>(.*?)</a>', html)}


def test_each_reader_finds_what_they_may_read(pages, people):
    for role, person in people.items():
        client, may = as_one(person), role in INSIDERS
        secret = {"The canal boat"} if may else set()
        for word in OPEN:
            assert titles(client, q=word), f"{role} does not find {word}"
        for words in MEMBERS:
            assert titles(client, q=words) == secret, f"{role}, {words}"
        for name, value in FACTS.items():
            assert titles(client, type="case_study", **{name: value}) == secret, f"{role}, {name}"
        for words in NOBODY:
            assert not titles(client, q=words), f"{role} finds {words}"
        for address in ("/search/results.csv", "/map/", "/map/part/"):
            shown = body(client, f"{address}?q={MEMBERS[0]}")
            assert ("The canal boat" in shown) == may, f"{role}, {address}"
        assert "canal boat" not in body(client, f"/feeds/search/?q={MEMBERS[0]}"), "a feed is everybody’s"
        html = body(client, "/search/?q=canal")
        assert ("Hangarton" in html) == may, role
        assert "Empty shops" in html, "topics are everybody’s"


def test_nobody_is_told_of_what_is_not_published(pages, people):
    hidden = {word for words in NOBODY for word in words.split()}
    for role in ("visitor", "author", "moderator"):
        client = as_one(people[role])
        for address in EVERYTHING:
            text = body(client, address).casefold()
            assert "orchard" in text
            assert not [word for word in hidden if word in text], f"{role}, {address}"
        for word in hidden:
            assert client.get("/search/suggest/", {"q": word[:4]}).json() == {"suggestions": []}, f"{role}, {word}"


PAGES = ("/search/", "/map/", "/map/points/", "/search/results.csv", "/feeds/search/")
QUESTIONS = [
    "",
    "?q=canal",
    "?q=canal+zeppelin",
    "?q=zeppelin",
    "?q=zepelin",
    "?q=the+-zeppelin",
    "?q=%22canal+boat%22&sort=newest",
    "?q=boat&sort=evidence",
    "?sort=adopted",
    "?sort=evidence&type=case_study",
    "?sort=distance&near=53.4,-2.16",
    "?sort=similar&like=stockport",
    "?outcome=did_not_work",
    "?outcome=worked&year=2011",
    "?topic=empty-shops&cost=over-1m",
    "?place=hangarton",
    "?q=hangarton",
    "?near=hangarton&sort=distance",
]


def test_what_is_members_changes_nothing_for_others(client, pages):
    """The search of a visitor is the same, letter by letter, whatever the members’ page says inside."""

    def everything():
        cache.clear()
        shown = {f"{page}{question}": body(client, page + question) for question in QUESTIONS for page in PAGES}
        shown |= {word: client.get("/search/suggest/", {"q": word}).content for word in ("ca", "ze", "the c", "hang")}
        return shown

    now = timezone.now()
    with time_machine.travel(now, tick=False):  # a feed of nothing says when it was asked for
        before = everything()
    page = pages["members"]
    page.problem = "<p>Canal, canal, boat, boat, orchard. A zepellin? Nobody knew.</p>"
    page.did_not_work = page.cost_note = ""
    page.results = "<p>" + "The tram and the orchard. " * 40 + "</p>"
    page.outcome, page.started, page.setup_cost = "worked", "2019", None
    page.tags.clear()
    page.case_study_places.all().delete()
    page.save_revision().publish()
    page.adoptions.all().delete()
    deliver_all()
    with time_machine.travel(now, tick=False):
        after = everything()
    changed = [question for question, shown in before.items() if shown != after[question]]
    assert changed == []


def test_a_member_who_leaves_finds_no_more_at_once_and_no_cache_remembers(client, pages, stockport):
    person = member(stockport, "member")
    reader = as_one(person)
    shown = reader.get("/search/?q=zeppelin")
    assert "canal boat" in shown.content.decode()
    assert "public" not in shown["Cache-Control"]
    assert titles(client, q="zeppelin") == set()
    assert titles(reader, q="zeppelin") == {"The canal boat"}
    end_membership(membership=person.memberships.get(), by=None)
    assert titles(reader, q="zeppelin") == set()
