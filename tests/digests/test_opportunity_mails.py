"""Followers hear of an opportunity when it opens and a week before it closes, and that it is off; and never of more."""

from datetime import datetime

import pytest
import time_machine

from core.delivery import deliver_all
from digests import services
from places.models import OpportunityPage
from places.opportunities.services import tell_what_is_due, withdraw_opportunity
from places.opportunities.times import LONDON, reminder_at
from search.state import SearchState
from tests import factories
from tests.digests.helpers import send_now, text_of

pytestmark = pytest.mark.django_db


def at(year, month, day, hour=17):
    return datetime(year, month, day, hour, tzinfo=LONDON)


def round_of(cadence="daily"):
    tell_what_is_due()
    deliver_all()
    return send_now(cadence)


def test_one_mail_when_it_opens_one_a_week_before_it_closes_and_none_besides(reader, topic, council):
    with time_machine.travel("2027-03-01 12:00Z", tick=True) as clock:
        right, place = factories.programme("Community Right to Challenge"), factories.PlaceFactory(name="Bredbury")
        targets = (("programme", right.pk), ("organisation", council.pk), ("place", place.pk), ("topic", topic.pk))
        for target in targets:
            services.follow(person=reader, target=target, cadence="daily")
        page = factories.opportunity(
            council,
            title="Run our libraries",
            programme=right,
            places=[place],
            topics=[topic],
            opens=at(2027, 3, 10, 9),
            closes=at(2027, 4, 2),
        )
        assert round_of() == [], "published, and not open yet"
        clock.move_to("2027-03-10 09:30Z")
        (message,) = round_of()
        text = text_of(message)
        assert "Run our libraries" in text
        assert "Open until 17:00 on Friday 2 April 2027" in " ".join(text.split())
        assert "Because you follow" in text
        assert text.count("/councils/stockport/run-our-libraries/") == 1
        clock.move_to("2027-03-25 23:00Z")
        assert round_of() == []
        clock.move_to("2027-03-26 09:00Z")
        (message,) = round_of()
        assert "Closes 17:00 on Friday 2 April 2027" in " ".join(text_of(message).split())
        clock.move_to("2027-03-27 09:00Z")
        assert round_of() == []
        # The day moves, and then it is off: who was told of the one is told of the other, and of no more.
        page = OpportunityPage.objects.get(pk=page.pk)
        page.closes = at(2027, 4, 5)
        page.save_revision().publish()
        (message,) = round_of()
        assert "Now closes 17:00 on Monday 5 April 2027" in " ".join(text_of(message).split())
        withdraw_opportunity(page=page, reason="money", by=factories.member(council, "lead"))
        (message,) = round_of()
        assert "Withdrawn: The money is no longer there" in " ".join(text_of(message).split())
        clock.move_to("2027-04-06 09:00Z")
        assert round_of() == []


def test_what_is_over_or_taken_back_by_the_time_of_the_mail_is_not_news(reader, council):
    with time_machine.travel("2027-03-02 12:00Z", tick=True) as clock:
        services.follow(person=reader, target=("organisation", council.pk), cadence="weekly")
        pages = {
            name: factories.opportunity(council, title=name, opens=at(2027, 3, 2, 9), closes=at(2027, 3, closes))
            for name, closes in (("Stands", 30), ("Called off", 30), ("Hidden", 30), ("Closed since", 6))
        }
        tell_what_is_due()
        withdraw_opportunity(page=pages["Called off"], reason="plans", by=factories.member(council, "author"))
        pages["Hidden"].unpublish()
        clock.move_to("2027-03-08 12:00Z")
        (message,) = round_of("weekly")
    text = text_of(message)
    for name in pages:
        assert (name in text) == (name == "Stands"), name


def test_a_weekly_reader_is_reminded_before_it_closes():
    """Whatever day and hour it closes: the reminder is in the Tuesday mail before."""
    tuesdays = [at(2027, 3, 23, 8), at(2027, 3, 30, 8), at(2027, 4, 6, 8)]
    for day in range(1, 8):
        for hour in (0, 7, 9, 23):
            closes = at(2027, 4, day, hour)
            assert any(reminder_at(closes) < tuesday < closes for tuesday in tuesdays), closes


def test_a_followed_search_brings_what_opens(reader, council):
    with time_machine.travel("2027-03-02 12:00Z", tick=True) as clock:
        state = SearchState(text="libraries", filters={"type": ("opportunity",)})
        services.follow_search(person=reader, state=state)
        factories.opportunity(council, title="Run our libraries", opens=at(2027, 3, 4, 9), closes=at(2027, 4, 2))
        clock.move_to("2027-03-03 12:00Z")
        assert round_of("weekly") == []
        clock.move_to("2027-03-04 12:00Z")
        (message,) = round_of("weekly")
        assert "Run our libraries" in text_of(message)
