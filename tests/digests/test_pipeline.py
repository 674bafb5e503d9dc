"""The whole pipeline, from what happens to what is read: through invented histories, and on days unlike others."""

import os
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from casestudies.models import CaseStudyPage
from core.models import Event
from digests import services
from digests.models import DigestEvent, DigestRecipient, Follow
from tests import factories
from tests.digests.helpers import publish

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
NEWS = ("case_study.published", "case_study.updated")


def beat():
    """What beat rings for, at this moment."""
    services.plan_due_runs()
    services.send_waiting()


class History:
    """Two readers who follow two topics each, and what then happens to their follows and to the case studies.

    A follow *holds* an event if it was there when the event happened and neither ended nor fell silent until the end
    of the history. Whatever else happens, such an event is told once, if what it is about was there for everybody
    all the time; and no mail ever has what could not be read when it was sent.
    """

    def __init__(self, clock, council, topics, readers):
        self.clock, self.council, self.topics, self.readers = clock, council, topics, readers
        self.read = 0
        self.pages = {}  # case study → its topics
        self.shaken = set()  # case studies that were not there for everybody all the time
        self.holds = {}  # (reader, topic) → since when, of follows that are there
        self.silent = set()  # those of them that are switched to “no mail”

    # --- What readers do

    def follow(self, who, which, cadence):
        if (who, which) not in self.holds:
            services.follow(person=self.readers[who], target=self._target(which), cadence=cadence)
            self.holds[who, which] = timezone.now()
            self._note(who, which, cadence)

    def stop(self, who, which, _cadence):
        services.unfollow(person=self.readers[who], target=self._target(which))
        self.holds.pop((who, which), None)

    def switch(self, who, which, cadence):
        if (who, which) in self.holds:
            services.set_follow_cadence(follow=self._follow(who, which), cadence=cadence)
            if (who, which) in self.silent:
                self.holds[who, which] = timezone.now()
            self._note(who, which, cadence)

    def silence(self, who, which, _cadence):
        self.switch(who, which, "off")

    def switch_everything(self, who, _which, cadence):
        services.set_default_cadence(person=self.readers[who], cadence=cadence or "weekly")

    def stop_all_and_start_again(self, who, _which, _cadence):
        services.stop_all_mail(person=self.readers[who])
        services.resume_mail(person=self.readers[who])
        self.holds.update({key: timezone.now() for key in self.holds if key[0] == who})

    # --- What authors do

    def publish(self, who, which, _cadence):
        """Of one topic, or of both."""
        topics = {which} if who else {0, 1}
        title = f"Idea {len(self.pages)} here"
        page = factories.case_study(self.council, title=title, topics=[self.topics[one] for one in sorted(topics)])
        self.pages[page.pk] = topics

    def update(self, who, _which, _cadence):
        if page := self._page(who):
            publish(page, summary=f"Changed after {Event.objects.count()} events.")

    def withdraw(self, who, _which, _cadence):
        if page := self._page(who):
            page.unpublish()
            self.shaken.add(page.pk)

    # --- Time

    def hours(self, who, which, _cadence):
        self.pass_time(timedelta(hours=(1, 7, 23, 25)[2 * who + which]))

    def pass_time(self, time):
        self.clock.shift(time)
        beat()
        self._read_mail()

    # --- What must hold

    def nothing_was_told_twice(self):
        told = self._told()
        assert len(told) == len(set(told))

    def everything_held_was_told(self):
        told = set(self._told())
        news = list(DigestEvent.objects.filter(event__kind__in=NEWS).values_list("event", "at", "event__subject_id"))
        for (who, which), since in self.holds.items():
            if (who, which) not in self.silent:
                held = {
                    (self.readers[who].pk, event)
                    for event, at, page in news
                    if at >= since and page not in self.shaken and which in self.pages[page]
                }
                assert held - told == set(), "a reader never heard of it"

    def _told(self):
        sent = DigestRecipient.objects.filter(state="sent").values_list("person", "items")
        return [(person, event) for person, items in sent for event in {one for _follow, own in items for one in own}]

    def _read_mail(self):
        """What was just sent names nothing that cannot be read now."""
        titles = dict(CaseStudyPage.objects.filter(pk__in=self.pages).values_list("title", "live"))
        for message in outbox.outbox[self.read :]:
            named = [title for title in titles if title in f"{message.subject} {message.body}"]
            assert named
            assert all(titles[title] for title in named)
        self.read = len(outbox.outbox)

    # --- Help

    def _note(self, who, which, cadence):
        (self.silent.add if cadence == "off" else self.silent.discard)((who, which))

    def _target(self, which):
        return "topic", self.topics[which].pk

    def _follow(self, who, which):
        kind, pk = self._target(which)
        return Follow.objects.active().get(person=self.readers[who], target_kind=kind, target_id=pk)

    def _page(self, oldest):
        pages = CaseStudyPage.objects.live().filter(pk__in=self.pages)
        return (pages.order_by("pk") if oldest else pages.order_by("-pk")).first()


ACTIONS = ("publish", "publish", "update", "update", "withdraw", "hours", "hours", "hours", "switch", "switch")
ACTIONS += ("switch_everything", "stop", "follow", "silence", "stop_all_and_start_again")
CADENCE = st.sampled_from([None, "immediately", "daily", "weekly"])
STEP = st.tuples(st.sampled_from(ACTIONS), st.integers(0, 1), st.integers(0, 1), CADENCE)
# Many histories where there is time for them.
EXAMPLES = 40 if os.environ.get("TEST_SERVICES") else 6
STARTS = ("2026-03-25T09:30Z", "2026-10-21T09:30Z", "2028-02-25T09:30Z")


def test_whatever_happens_in_whatever_order_everything_held_is_told_once(time_machine, council, topic):
    time_machine.move_to("2026-03-20T09:00Z", tick=False)
    topics = [topic, factories.TopicFactory(name="Parks")]
    readers = [factories.UserFactory() for _ in range(2)]

    @seed(20261124)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(
        start=st.sampled_from(STARTS),
        cadences=st.lists(CADENCE, min_size=4, max_size=4),
        steps=st.lists(STEP, min_size=10, max_size=24),
    )
    def live_through(start, cadences, steps):
        with transaction.atomic():
            time_machine.move_to(start, tick=False)
            outbox.outbox.clear()
            history = History(time_machine, council, topics, readers)
            for number, cadence in enumerate(cadences):
                history.follow(number // 2, number % 2, cadence)
            for action, *more in steps:
                getattr(history, action)(*more)
            for _day in range(9):
                history.pass_time(timedelta(days=1))
            history.nothing_was_told_twice()
            history.everything_held_was_told()
            transaction.set_rollback(True)

    live_through()


DAYS = {"the clocks go forward": "2026-03-26", "the clocks go back": "2026-10-22", "a leap day": "2028-02-26"}


@pytest.mark.parametrize("first", DAYS.values(), ids=DAYS)
def test_every_day_at_eight_in_london_whatever_the_clocks_do(first, time_machine, council, topic):
    """A case study each day at 07:30 and at 08:30, Thursday to Tuesday: which mail has which, and when."""
    daily, weekly, switched = (factories.UserFactory(email=f"{name}@example.org") for name in ("d", "w", "s"))
    thursday = datetime.fromisoformat(f"{first}T07:00").replace(tzinfo=LONDON)
    time_machine.move_to(thursday, tick=False)
    for person, cadence in ((daily, "daily"), (weekly, "weekly"), (switched, "weekly")):
        services.follow(person=person, target=("topic", topic.pk), cadence=cadence)
    got = []
    days = [thursday + timedelta(days=number) for number in range((1 - thursday.weekday()) % 7 + 1)]
    for day in days:
        for hour, minute in ((7, 30), (7, 59), (8, 2), (8, 30)):
            time_machine.move_to(day.replace(hour=hour, minute=minute), tick=False)
            if minute == 30:
                factories.case_study(council, title=f"Written {day:%a} at {hour}", topics=[topic])
            else:
                beat()
            got += [(f"{day:%a} {hour:02}:{minute:02}", message) for message in outbox.outbox]
            outbox.outbox.clear()
        if day.weekday() == 5:  # in the middle of the week
            services.set_follow_cadence(follow=Follow.objects.get(person=switched), cadence="daily")

    def mails(person):
        mine = [(when, message) for when, message in got if message.to == [person.email]]
        return [(when, sorted(set(re.findall(r"Written (\w+ at \d)", message.body)))) for when, message in mine]

    names = [f"{day:%a}" for day in days]
    assert mails(daily) == [
        (f"{name} 08:02", sorted([f"{name} at 7"] + ([f"{before} at 8"] if before else [])))
        for before, name in zip(["", *names], names, strict=False)
    ]
    week = sorted(f"{name} at {hour}" for name in names for hour in (7, 8))
    week.remove(f"{names[-1]} at 8")
    assert mails(weekly) == [(f"{names[-1]} 08:02", week)]
    told = [what for _when, whats in mails(switched) for what in whats]
    assert sorted(told) == week, "a switch in the middle of the window neither loses nor repeats"
    assert [when for when, _whats in mails(switched)] == [
        f"{name} 08:02" for name in names if name in {"Sun", "Mon", "Tue"}
    ]
