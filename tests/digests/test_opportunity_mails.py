"""Followers hear of an opportunity when it opens and a week before it closes, that its end has moved, and that it is
off; and never of more.
"""

from datetime import datetime

import pytest
import time_machine

from core.delivery import deliver_all
from digests import services
from places.models import OpportunityPage
from places.opportunities.services import reinstate_opportunity, tell_what_is_due, withdraw_opportunity
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


def publish(page, **changes):
    page = OpportunityPage.objects.get(pk=page.pk)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return OpportunityPage.objects.get(pk=page.pk)


def words_of(message):
    return " ".join(text_of(message).split())


def test_what_is_hidden_or_taken_back_by_the_time_of_the_mail_is_not_news_and_what_came_and_went_is(reader, council):
    with time_machine.travel("2027-03-02 12:00Z", tick=True) as clock:
        services.follow(person=reader, target=("organisation", council.pk), cadence="weekly")
        pages = {
            name: factories.opportunity(council, title=name, opens=at(2027, 3, 2, 9), closes=at(2027, 3, closes))
            for name, closes in (("Stands", 30), ("Called off", 30), ("Hidden", 30), ("Came and went", 6))
        }
        tell_what_is_due()
        withdraw_opportunity(page=pages["Called off"], reason="plans", by=factories.member(council, "author"))
        pages["Hidden"].unpublish()
        clock.move_to("2027-03-08 12:00Z")
        (message,) = round_of("weekly")
        assert round_of("weekly") == [], "and that once"
    text = words_of(message)
    for name in pages:
        assert (name in text) == (name in {"Stands", "Came and went"}), name
    assert text.count("Was open until 17:00 on Saturday 6 March 2027") == 1


def test_an_end_before_the_day_that_was_told_is_told_once(reader, council):
    """Whoever hears of the opening in the same mail hears when it was open, and no more."""
    with time_machine.travel("2027-03-02 12:00Z", tick=True) as clock:
        for cadence, target in (("daily", ("organisation", council.pk)), ("weekly", None)):
            person = reader if target else factories.UserFactory(email="weekly@example.org")
            services.follow(person=person, target=("organisation", council.pk), cadence=cadence)
        page = factories.opportunity(council, title="Libraries", opens=at(2027, 3, 2, 9), closes=at(2027, 3, 30))
        assert len(round_of()) == 1
        page = publish(page, closes=at(2027, 3, 20))
        (message,) = round_of()
        assert "Now closes earlier: 17:00 on Saturday 20 March 2027" in words_of(message)
        clock.move_to("2027-03-05 18:00Z")
        page = publish(page, closes=at(2027, 3, 5))
        tell_what_is_due()
        (message,) = round_of()
        assert "Closed early: 17:00 on Friday 5 March 2027" in words_of(message)
        publish(page, closes=at(2027, 3, 4))
        assert round_of() == [], "it was over before"
        (message,) = round_of("weekly")
        assert message["To"] == "weekly@example.org"
        assert "Was open until 17:00 on Thursday 4 March 2027" in words_of(message)
        assert "early" not in text_of(message)


def test_each_reader_hears_that_it_is_off_or_on_again_if_they_knew_otherwise(reader, council):
    """Mails of several rhythms are written together: what one of them has does not say what another's reader knew."""
    lead = factories.member(council, "lead")
    with time_machine.travel("2027-03-02 12:00Z", tick=True) as clock:
        weekly = factories.UserFactory(email="weekly@example.org")
        services.follow(person=reader, target=("organisation", council.pk), cadence="daily")
        services.follow(person=weekly, target=("organisation", council.pk), cadence="weekly")
        page = factories.opportunity(council, title="Libraries", opens=at(2027, 3, 2, 9), closes=at(2027, 3, 30))

        def turn(*turns):
            for one in turns:
                (withdraw_opportunity if one == "off" else reinstate_opportunity)(
                    page=page, by=lead, **({"reason": "plans"} if one == "off" else {})
                )
            clock.shift(60)

        def told(*cadences):
            """What the readers of these hear in mails that are written together."""
            tell_what_is_due()
            deliver_all()
            for cadence in cadences:
                services.plan_now(cadence=cadence)
            return {message["To"]: words_of(message) for message in send_now(cadences[0])}

        assert "Open until" in told("daily")[reader.email]
        turn("off", "on")
        assert told("daily") == {}, "nobody heard that it was off"
        turn("off")
        letters = told("daily", "weekly")
        assert set(letters) == {reader.email}, "to the other it was never open"
        assert "Withdrawn: The council’s plans have changed" in letters[reader.email]
        turn("on", "off")
        assert told("daily") == {}, "it is off, as they know"
        turn("on", "off", "on")
        assert "Open again until" in told("daily")[reader.email]


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
