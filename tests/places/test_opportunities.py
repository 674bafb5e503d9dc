"""Opportunities: what a reader sees of a council's window, when its time comes, and when it is called off."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core.models import Event
from places.models import OpportunityPage, Window
from places.opportunities import services, times
from places.opportunities.selectors import SHOWN
from places.tasks import tell_of_opportunities
from tests import factories

pytestmark = pytest.mark.django_db
NOW = "2027-03-20 12:00Z"


def at(year, month, day, hour=17, minute=0):
    """By the clock in London."""
    return datetime(year, month, day, hour, minute, tzinfo=times.LONDON)


def look(client, path, **query):
    response = client.get(path, query)
    assert response.status_code == 200
    assert not response.cookies
    return BeautifulSoup(response.content, "html.parser")


def told(kind=""):
    found = Event.objects.filter(kind__startswith=f"opportunity.{kind}").exclude(kind="opportunity.published")
    return [event.kind.removeprefix("opportunity.") for event in found.order_by("pk")]


def publish(page, **changes):
    page = OpportunityPage.objects.get(pk=page.pk)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return OpportunityPage.objects.get(pk=page.pk)


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


def test_what_the_clock_in_london_says():
    """The clocks go forward on 28 March 2027 and back on 31 October."""
    spring, autumn = at(2027, 4, 2), at(2027, 11, 3)
    for case, got, expected in (
        ("a week before is a week of the calendar", times.reminder_at(spring), datetime(2027, 3, 26, 0, tzinfo=UTC)),
        ("and so in autumn", times.reminder_at(autumn), datetime(2027, 10, 26, 23, tzinfo=UTC)),
        ("17:00 stays 17:00", times.said(at(2027, 3, 28)), "17:00 on Sunday 28 March 2027"),
        ("as UTC it is another hour", at(2027, 3, 28).astimezone(UTC).hour, 16),
        ("midnight ends a day", times.said(at(2027, 10, 31, 0)), "midnight at the end of Saturday 30 October 2027"),
        ("midnight begins a day", times.said_opening(at(2027, 10, 31, 0)), "Sunday 31 October 2027"),
    ):  # fmt: skip
        assert got == expected, case
    window = {"opens": at(2027, 3, 1, 9), "closes": spring}
    for moment, expected in (
        (at(2027, 3, 1, 8, 59), "upcoming"),
        (at(2027, 3, 1, 9), "open"),
        (at(2027, 3, 25, 23, 59), "open"),
        (at(2027, 3, 26, 0), "closing"),
        (at(2027, 4, 2, 16, 59), "closing"),
        (at(2027, 4, 2), "closed"),
    ):
        assert times.state_at(moment, **window) == expected, moment
        assert times.state_at(moment, **window, withdrawn=True) == "withdrawn", moment
        # What a query asks for is what the page says.
        is_soon = moment < spring < times.reminded_before(moment)
        assert is_soon == (expected == "closing"), moment


@time_machine.travel(NOW, tick=False)
def test_a_reader_meets_it_wherever_it_belongs(client, stockport):
    right, place = factories.programme("Community Right to Challenge"), factories.PlaceFactory(name="Bredbury")
    page = factories.opportunity(
        stockport,
        title="Run our libraries",
        opens=at(2027, 3, 1, 9),
        closes=at(2027, 3, 26),
        programme=right,
        places=[place],
        topics=[factories.TopicFactory(name="Libraries")],
        apply_url="https://www.stockport.gov.uk/libraries",
        contact_email="libraries@stockport.gov.uk",
    )
    factories.opportunity(stockport, title="Not yet", opens=at(2027, 4, 1), closes=at(2027, 5, 1))
    factories.opportunity(stockport, title="Over", opens=at(2027, 1, 1), closes=at(2027, 2, 1), programme=right)
    factories.opportunity(stockport, title="A draft", live=False, programme=right)
    soup = look(client, page.url)
    words = soup.main.get_text(" ", strip=True)
    for part in ("Run our libraries", "Closes soon", "Closes 17:00 on Friday 26 March 2027", "Bredbury", "Libraries"):
        assert part in words, part
    assert soup.find("a", href="https://www.stockport.gov.uk/libraries")
    assert soup.find("a", string="Add to your calendar")["href"] == f"/feeds/opportunities/{page.pk}.ics"
    shown = {
        "home": ("/", ["Run our libraries"]),
        "programme": (right.url, ["Run our libraries"]),
        "place": (place.url, ["Run our libraries"]),
        "council": (stockport.page.url, ["Run our libraries", "Not yet"]),
        "list": ("/opportunities/", ["Run our libraries", "Not yet"]),
        "open": ("/opportunities/?show=open", ["Run our libraries"]),
        "over": ("/opportunities/?show=over", ["Over"]),
        "of a programme": (f"/opportunities/?show=over&programme={right.slug}&council=nobody", ["Over"]),
        "of a place": (f"/opportunities/?place={place.slug}&show=nonsense", ["Run our libraries"]),
    }
    for name, (path, expected) in shown.items():
        titles = [one.get_text(strip=True) for one in look(client, path).select(".cl-opportunity-row .cl-card__title")]
        assert titles == expected, name


@time_machine.travel(NOW, tick=False)
def test_the_calendar_is_there_for_whoever_follows_even_when_nothing_is_open(client, stockport):
    right, place = factories.programme("Community Right to Challenge"), factories.PlaceFactory(name="Bredbury")
    pages = {
        f"programme={right.slug}": (right.url, "/feeds/programmes/community-right-to-challenge/opportunities.ics"),
        f"place={place.slug}": (place.url, f"/feeds/places/{place.slug}/opportunities.ics"),
        "council=stockport": (stockport.page.url, "/feeds/councils/stockport/opportunities.ics"),
    }

    def check(*, is_open, over):
        for chosen, (path, calendar) in pages.items():
            soup = look(client, path)
            assert soup.head.find("link", type="text/calendar")["href"] == calendar, path
            assert soup.main.find("a", href=calendar), path
            assert ("No opportunity is open" in soup.main.get_text()) is not is_open, path
            assert bool(soup.main.find("a", href=f"/opportunities/?{chosen}&show=over")) is over, path

    check(is_open=False, over=False)
    # An empty list leads to where things are followed: to what it is narrowed to, or to all that can be.
    assert {a["href"] for a in look(client, "/opportunities/").select("#found ~ p a")} >= {
        "/programmes/", "/councils/", "/places/",
    }  # fmt: skip
    for chosen, (path, _calendar) in pages.items():
        assert look(client, f"/opportunities/?{chosen}").select(f'#found ~ p a[href="{path}"]'), chosen
    of = {"programme": right, "places": [place]}
    factories.opportunity(stockport, opens=at(2027, 1, 1), closes=at(2027, 2, 1), **of)
    check(is_open=False, over=True)
    for _n in range(SHOWN):
        factories.opportunity(stockport, opens=at(2027, 3, 1), closes=at(2027, 4, 1), **of)
    check(is_open=True, over=True)
    factories.opportunity(stockport, opens=at(2027, 3, 1), closes=at(2027, 4, 1), **of)
    check(is_open=True, over=True)
    assert "1 more" in look(client, right.url).main.get_text()


def test_machines_read_who_asks_and_when_and_that_it_is_off(client, stockport):
    friends = factories.organisation("Friends of the Park", kind="community")
    for of, kind in ((stockport, "GovernmentOrganization"), (friends, "Organization")):
        page = factories.opportunity(of, title="</script><b>Run</b> it", opens=at(2027, 3, 20), closes=at(2027, 4, 2))
        data = json.loads(look(client, page.url).find("script", type="application/ld+json").string)
        assert (data["name"], data["organizer"]) == (page.title, {"@type": kind, "name": of.name})
        assert (data["startDate"], data["endDate"]) == ("2027-03-20T17:00:00+00:00", "2027-04-02T16:00:00+00:00")
        assert data["eventStatus"].endswith("/EventScheduled")
    services.withdraw_opportunity(page=page, reason="plans", by=factories.member(friends, "lead"))
    data = json.loads(look(client, page.url).find("script", type="application/ld+json").string)
    assert data["eventStatus"].endswith("/EventCancelled")


def test_each_thing_is_told_once_and_in_its_time(stockport):
    with time_machine.travel("2027-03-01 12:00Z", tick=False) as clock:
        page = factories.opportunity(stockport, opens=at(2027, 3, 10, 9), closes=at(2027, 4, 2))
        tell_of_opportunities()
        assert told() == []
        clock.move_to(at(2027, 3, 10, 9))
        for _again in range(2):
            tell_of_opportunities()
        assert told() == ["opened"]
        clock.move_to(at(2027, 3, 25, 23, 59))
        tell_of_opportunities()
        assert told() == ["opened"]
        clock.move_to(at(2027, 3, 26, 0))
        for _again in range(2):
            tell_of_opportunities()
        assert told() == ["opened", "closing"]
        # Put off by two weeks: whoever was told hears so, and is reminded again.
        page = publish(page, closes=at(2027, 4, 16))
        tell_of_opportunities()
        assert told() == ["opened", "closing", "rescheduled", "updated"]
        clock.move_to(at(2027, 4, 9, 0))
        tell_of_opportunities()
        assert told("closing") == ["closing", "closing"]
        clock.move_to(at(2027, 4, 16))
        for _again in range(2):
            tell_of_opportunities()
        assert told("closed") == ["closed"]
        event = Event.objects.get(kind="opportunity.opened")
        assert ("organisation", stockport.pk) in {(one.kind, one.object_id) for one in event.targets.all()}


def test_after_days_without_a_clock_what_still_counts_is_told(stockport):
    with time_machine.travel("2027-03-01 12:00Z", tick=False) as clock:
        factories.opportunity(stockport, title="Opened long ago", opens=at(2027, 3, 2), closes=at(2027, 5, 1))
        factories.opportunity(stockport, title="Came and went", opens=at(2027, 3, 2), closes=at(2027, 3, 9))
        factories.opportunity(stockport, title="Closes in three days", opens=at(2027, 3, 2), closes=at(2027, 3, 23))
        factories.opportunity(stockport, title="Draft", live=False, opens=at(2027, 3, 2), closes=at(2027, 5, 1))
        clock.move_to(NOW)
        tell_of_opportunities()
    events = Event.objects.filter(kind__in=["opportunity.opened", "opportunity.closing"])
    # One mail about a window that is open and closes soon, and not two.
    assert sorted(event.data["title"] for event in events) == ["Closes in three days", "Opened long ago"]


def test_whoever_writes_for_the_council_calls_it_off_and_nobody_else(client, stockport):
    page = factories.opportunity(stockport)
    tell_of_opportunities()
    lapsed = factories.member(stockport, "lead")
    lapsed.memberships.update(ended_at=timezone.now())
    people = {
        "author": (factories.member(stockport, "author"), True),
        "lead": (factories.member(stockport, "lead"), True),
        "editor": (factories.UserFactory(editor=True), True),
        "administrator": (factories.UserFactory(administrator=True), True),
        "approver": (factories.member(stockport, "approver"), False),
        "lapsed lead": (lapsed, False),
        "another council’s author": (factories.member(factories.organisation("Trafford"), "author"), False),
        "moderator": (factories.UserFactory(moderator=True), False),
        "subscriber": (factories.UserFactory(), False),
    }
    draft = factories.opportunity(stockport, live=False)
    for name, (person, may) in people.items():
        assert OpportunityPage.objects.withdrawable_by(person).filter(pk=page.pk).exists() == may, name
        assert not OpportunityPage.objects.withdrawable_by(person).filter(pk=draft.pk).exists(), name
        if not may:
            with pytest.raises(PermissionDenied):
                services.withdraw_opportunity(page=page, reason="plans", by=person)
    assert services.withdraw_opportunity(page=page, reason="money", by=people["author"][0])
    assert not services.withdraw_opportunity(page=page, reason="plans", by=people["lead"][0])
    assert "The money is no longer there" in look(client, page.url).main.get_text()
    assert not look(client, "/opportunities/").select(".cl-opportunity-row")
    assert look(client, "/opportunities/?show=over").select(".cl-opportunity-row")
    assert told() == ["opened", "withdrawn"]
    assert services.reinstate_opportunity(page=page, by=people["lead"][0])
    assert look(client, "/opportunities/").select(".cl-opportunity-row")
    # Publishing a mended text does not undo a withdrawal.
    services.withdraw_opportunity(page=page, reason="other", by=people["lead"][0])
    assert publish(page, summary="Mended.").state == "withdrawn"
    assert Window.objects.get(page=page).sequence == 4
