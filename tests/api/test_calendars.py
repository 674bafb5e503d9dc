"""Opportunities as calendars and feeds, read by programs that are not ours."""

import io
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
import time_machine
import vobject
from dateutil import tz
from django.test import Client
from django.utils import timezone

from api.exports import DATASETS
from core.delivery import deliver_all
from members.services import OrganisationFacts, onboard_organisation
from places.events import place_deleted, place_saved
from places.models import OpportunityPage, ProgrammePage, Window
from places.opportunities import services
from places.opportunities.times import LONDON
from tests import factories

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
TITLE = "Libraries; run them, ŵyth “us” \\ in more words than a line of a calendar file can hold without being folded"


def fetch(path):
    response = Client().get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    text = response.content.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")), "lines are folded"
    calendar = vobject.readOne(text)
    assert calendar.validate(raiseException=True)
    return calendar


def events(path):
    return {int(one.uid.value.split("@")[0].rsplit("-", 1)[1]): one for one in fetch(path).contents.get("vevent", [])}


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


def publish(page, **changes):
    page = OpportunityPage.objects.get(pk=page.pk)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()


@time_machine.travel("2027-03-01 12:00Z", tick=False)
def test_a_window_across_a_clock_change_is_read_as_it_was_written(stockport):
    for opens, closes, utc in (
        ((2027, 3, 20, 9), (2027, 3, 28, 17), datetime(2027, 3, 28, 16, tzinfo=UTC)),
        ((2027, 10, 20, 9), (2027, 10, 31, 17), datetime(2027, 10, 31, 17, tzinfo=UTC)),
        ((2027, 10, 25, 9), (2027, 10, 30, 17), datetime(2027, 10, 30, 16, tzinfo=UTC)),
    ):
        page = factories.opportunity(
            stockport, title=TITLE, opens=datetime(*opens, tzinfo=LONDON), closes=datetime(*closes, tzinfo=LONDON)
        )
        path = f"/feeds/opportunities/{page.pk}.ics"
        event = events(path)[page.pk]
        assert event.dtend.value.astimezone(UTC) == utc, closes
        assert (event.dtend.value.hour, event.dtend.value.day) == (17, closes[2]), closes
        assert event.summary.value == TITLE
        assert event.status.value == "CONFIRMED"
        assert event.url.value == f"http://localhost:8000{page.get_url()}"
        assert event.valarm.trigger.value == timedelta(days=-7)
    # A third program works the zone out from the rules in the file alone.
    text = "\n".join(Client().get(path).content.decode().split("\r\n"))
    zone = tz.tzical(io.StringIO(text[text.index("BEGIN:VTIMEZONE") : text.index("BEGIN:VEVENT")])).get("Europe/London")
    for day, hours in (((2027, 3, 28, 0), 0), ((2027, 3, 28, 2), 1), ((2041, 7, 1), 1), ((2041, 12, 1), 0)):
        moment = datetime(*day, tzinfo=zone)
        assert moment.utcoffset() == timedelta(hours=hours), day


def test_each_published_change_is_a_step_and_nothing_else_is(stockport):
    page = factories.opportunity(stockport)
    uid, path = events("/feeds/opportunities.ics")[page.pk].uid.value, "/feeds/opportunities.ics"

    def state():
        event = events(path)[page.pk]
        assert event.uid.value == uid
        return int(event.sequence.value), event.status.value

    first = Client().get(path)
    assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert state() == (0, "CONFIRMED")
    draft = OpportunityPage.objects.get(pk=page.pk)
    draft.title = "Not yet approved"
    draft.save_revision()
    services.tell_what_is_due()
    assert state() == (0, "CONFIRMED")
    assert Client().get(path)["ETag"] == first["ETag"]
    publish(page, title="Another title", slug="another-address")
    assert state() == (1, "CONFIRMED")
    assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200
    lead = factories.member(stockport, "lead")
    page = OpportunityPage.objects.get(pk=page.pk)
    services.withdraw_opportunity(page=page, reason="plans", by=lead)
    assert state() == (2, "CANCELLED")
    assert events(path)[page.pk].summary.value == "Withdrawn: Another title"
    services.reinstate_opportunity(page=page, by=lead)
    assert state() == (3, "CONFIRMED")
    # Whatever a moderator takes away leaves no word behind, and is gone for good after half a year.
    OpportunityPage.objects.get(pk=page.pk).unpublish()
    assert state() == (4, "CANCELLED")
    assert "Another title" not in Client().get(path).content.decode()
    assert Client().get(f"/feeds/opportunities/{page.pk}.ics").status_code == 404
    OpportunityPage.objects.get(pk=page.pk).save_revision().publish()
    assert state() == (5, "CONFIRMED")
    OpportunityPage.objects.get(pk=page.pk).delete()
    assert state() == (6, "CANCELLED")
    with time_machine.travel(timezone.now() + timedelta(days=181)):
        assert events(path) == {}


def test_what_moves_to_another_programme_council_or_place_is_cancelled_where_it_was(stockport):
    bury = factories.organisation("Bury")
    old, new = factories.programme("Right to Challenge"), factories.programme("Right to Bid")
    here, there = factories.PlaceFactory(slug="bredbury"), factories.PlaceFactory(slug="romiley")
    page = factories.opportunity(stockport, title="Libraries", programme=old, places=[here])
    stays = factories.opportunity(stockport, title="Baths", programme=old, places=[here])
    was = [f"programmes/{old.slug}", "councils/stockport", "places/bredbury"]
    now = [f"programmes/{new.slug}", "councils/bury", "places/romiley"]

    def state(where):
        event = events(f"/feeds/{where}/opportunities.ics").get(page.pk)
        return event and (int(event.sequence.value), event.status.value, event.summary.value)

    uid = events(f"/feeds/{was[0]}/opportunities.ics")[page.pk].uid.value
    before = [state(where) for where in was]
    assert before == [(0, "CONFIRMED", "Libraries")] * 3
    publish(page, programme=new, places=[there])
    OpportunityPage.objects.get(pk=page.pk).move(bury.page, pos="last-child")
    for where in was:
        (sequence, status, words), event = state(where), events(f"/feeds/{where}/opportunities.ics")[page.pk]
        assert (sequence > 0, status, words) == (True, "CANCELLED", "Moved elsewhere: Libraries"), where
        assert event.uid.value == uid
        assert "description" not in event.contents
        assert events(f"/feeds/{where}/opportunities.ics")[stays.pk].status.value == "CONFIRMED"
    for where in now:
        assert state(where)[1:] == ("CONFIRMED", "Libraries"), where
    assert events("/feeds/opportunities.ics")[page.pk].status.value == "CONFIRMED"
    # Whoever took it away for what it said leaves no word there either; and some day it is gone.
    OpportunityPage.objects.get(pk=page.pk).unpublish()
    assert {state(where)[1:] for where in was + now} == {("CANCELLED", "No longer published")}
    publish(page, programme=old)
    assert state(was[0])[1:] == ("CONFIRMED", "Libraries"), "it is back"
    assert state(now[0])[1] == "CANCELLED"
    Window.objects.update(changed_at=timezone.now() - timedelta(days=181))
    assert state(now[0]) is None


def test_calendars_feeds_and_lists_of_what_it_belongs_to(stockport):
    bury = factories.organisation("Bury")
    right, place = factories.programme("Community Right to Challenge"), factories.PlaceFactory(slug="bredbury")
    topic = factories.TopicFactory(slug="libraries")
    one = factories.opportunity(stockport, title="One", programme=right, topics=[topic])
    two = factories.opportunity(bury, title="Two", places=[place])
    long_ago = timezone.now() - timedelta(days=700)
    past = factories.opportunity(bury, title="Long ago", opens=long_ago, closes=long_ago + timedelta(days=9))
    draft = factories.opportunity(bury, title="Draft", live=False, programme=right, places=[place])
    for where, expected in (
        ("", {one.pk, two.pk}),
        (f"programmes/{right.slug}/", {one.pk}),
        ("councils/bury/", {two.pk}),
        ("places/bredbury/", {two.pk}),
    ):
        assert set(events(f"/feeds/{where}opportunities.ics")) == expected, where
        feed = ET.fromstring(Client().get(f"/feeds/{where}opportunities/").content)  # noqa: S314 - our own
        ids = {int(entry.findtext(f"{ATOM}id").rsplit("/", 1)[1]) for entry in feed.iter(f"{ATOM}entry")}
        assert ids - {past.pk} == expected, where
        assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"http://localhost:8000/feeds/{where}opportunities/"
    for path in ("programmes/none", "councils/none", "places/none"):
        assert Client().get(f"/feeds/{path}/opportunities.ics").status_code == 404, path
    assert Client().get(f"/feeds/opportunities/{draft.pk}.ics").status_code == 404
    for query, expected in (
        ("", [one.pk, two.pk, past.pk]),
        ("?state=over", [past.pk]),
        ("?council=bury&state=open", [two.pk]),
        ("?topic=libraries", [one.pk]),
        ("?place=bredbury", [two.pk]),
        ("?programme=none", []),
    ):
        items = Client().get(f"/api/opportunities/{query}").json()["items"]
        assert sorted(item["id"] for item in items) == sorted(expected), query
    assert Client().get("/api/opportunities/?state=someday").status_code == 422
    rows = {row["id"]: row for row in DATASETS["opportunities"].rows()}
    assert set(rows) == {one.pk, two.pk, past.pk}
    assert (rows[one.pk]["programme"], rows[one.pk]["topics"], rows[two.pk]["places"]) == (
        right.slug, ["libraries"], ["bredbury"]
    )  # fmt: skip
    assert one.get_url() in Client().get("/sitemap-opportunities-1.xml").getvalue().decode()
    assert "draft" not in Client().get("/sitemap-opportunities-1.xml").getvalue().decode()


def test_a_new_name_of_what_it_belongs_to_is_a_step_and_the_same_name_is_none(stockport):
    right, place = factories.programme("Right to Challenge"), factories.PlaceFactory(name="Bredbury")
    page = factories.opportunity(stockport, programme=right, places=[place])
    other = factories.opportunity(stockport, title="Of nothing")
    place_2 = factories.PlaceFactory(name="Romiley")
    clock = datetime(2027, 3, 1, 12, tzinfo=UTC)

    def state(pk=page.pk):
        event = events("/feeds/opportunities.ics")[pk]
        assert event.dtstamp.value == event.last_modified.value
        category = event.contents["categories"][0].value[0] if "categories" in event.contents else ""
        return int(event.sequence.value), event.dtstamp.value, category, event.location.value

    def rename(what, name, *, later):
        moment = clock + timedelta(hours=later)
        with time_machine.travel(moment, tick=False):
            if isinstance(what, ProgrammePage):
                what = ProgrammePage.objects.get(pk=what.pk)
                what.title = name
                what.save_revision().publish()
            else:
                what.name = name
                what.save()
                place_saved(what, is_new=False)
            deliver_all()
        return moment

    deliver_all()
    assert state()[0] == 0
    moment = rename(right, "Community Right to Challenge", later=1)
    assert state() == (1, moment, "Community Right to Challenge", "Bredbury")
    rename(right, "Community Right to Challenge", later=2)
    rename(place_2, "Compstall", later=2)
    assert state()[:2] == (1, moment), "published again, and nothing of it is in the calendar"
    moment = rename(place, "Bredbury Green", later=3)
    assert state() == (2, moment, "Community Right to Challenge", "Bredbury Green")
    with time_machine.travel(clock + timedelta(hours=4), tick=False):
        ProgrammePage.objects.get(pk=right.pk).unpublish()
        deliver_all()
        place_deleted(place)
        place.delete()
        deliver_all()
    assert state() == (4, clock + timedelta(hours=4), "", "Stockport Council")
    with time_machine.travel(clock + timedelta(hours=5), tick=False):
        facts = {name: getattr(stockport, name) for name in ("short_name", "tier", "nation", "region")}
        onboard_organisation(facts=OrganisationFacts(name="Stockport Borough Council", slug="stockport", **facts))
        deliver_all()
    assert state() == (5, clock + timedelta(hours=5), "", "Stockport Borough Council")
    assert state(other.pk)[0] == 1, "only its council has another name"
