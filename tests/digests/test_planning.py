"""Runs: one for each window, one recipient for each person, whoever plans and however often."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digests import services
from digests.models import DigestEvent, DigestRecipient, DigestRun, Follow, OutgoingEmail
from digests.services import planning
from tests import factories

pytestmark = pytest.mark.django_db

TUESDAY = "2026-11-24T08:02Z"


@pytest.fixture
def week(time_machine, reader, topic, council):
    """The reader follows a topic on Monday, and something happens on it."""
    time_machine.move_to("2026-11-23T12:00Z", tick=False)
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic])
    time_machine.move_to(TUESDAY, tick=False)
    return time_machine


def test_the_run_of_the_week_is_planned_once(week, reader):
    services.plan_due_runs()
    run = DigestRun.objects.get(cadence="weekly", window_end="2026-11-24T08:00Z")
    assert (run.people, run.mails) == (1, 1)
    assert run.planned_at is not None
    assert services.plan_due_runs() == []
    assert OutgoingEmail.objects.count() == 1


def test_a_late_worker_makes_up_for_the_week(week):
    week.move_to("2026-11-30T23:00Z", tick=False)
    services.plan_due_runs()
    assert OutgoingEmail.objects.count() == 1


def test_after_seven_days_nobody_is_bothered_with_it(week):
    week.move_to("2026-12-09T12:00Z", tick=False)
    services.plan_due_runs()
    assert not OutgoingEmail.objects.exists()


def test_a_planner_that_died_is_taken_over_where_it_stopped(week, monkeypatch, council, topic):
    monkeypatch.setattr(planning, "BATCH", 2)
    Follow.objects.all().delete()
    for _ in range(5):
        services.follow(person=factories.UserFactory(), target=("topic", topic.pk))
    Follow.objects.update(mailed_until="2026-11-23T00:00Z")
    calls = []
    write = planning._write

    def dies(run, people, wanted):
        calls.append(people)
        if len(calls) == 2:
            raise KeyboardInterrupt
        write(run, people, wanted)

    with monkeypatch.context() as patch:
        patch.setattr(planning, "_write", dies)
        with pytest.raises(KeyboardInterrupt):
            services.plan_due_runs()
    assert OutgoingEmail.objects.count() == 2
    services.plan_due_runs()
    assert OutgoingEmail.objects.count() == 2, "the dead planner's lease still holds"
    week.shift(planning.LEASE + timedelta(seconds=1))
    services.plan_due_runs()
    assert OutgoingEmail.objects.count() == 5
    assert DigestRecipient.objects.filter(run__cadence="weekly").values("person").distinct().count() == 5


def test_a_run_in_another_workers_hands_is_left_alone(week):
    now = timezone.now()
    run = DigestRun.objects.create(
        cadence="weekly",
        window_start="2026-11-17T08:00Z",
        window_end="2026-11-24T08:00Z",
        leased_until=now + timedelta(minutes=1),
    )
    assert services.plan_run(run) is False
    assert not OutgoingEmail.objects.exists()


def test_the_database_refuses_a_second_run_and_a_second_recipient(week, reader):
    services.plan_due_runs()
    run = DigestRun.objects.get(cadence="weekly", window_end="2026-11-24T08:00Z")
    with pytest.raises(IntegrityError):
        DigestRecipient.objects.create(run=run, person=reader, state="nothing")


def test_a_change_from_weekly_to_daily_loses_nothing_and_repeats_nothing(week, reader, topic, council):
    follow = Follow.objects.get()
    week.move_to("2026-11-23T13:00Z", tick=False)
    services.set_follow_cadence(follow=follow, cadence="daily")
    week.move_to("2026-11-24T08:02Z", tick=False)
    services.plan_due_runs()
    assert list(DigestRecipient.objects.filter(state="planned").values_list("run__cadence", flat=True)) == ["daily"]
    services.set_follow_cadence(follow=follow, cadence="weekly")
    week.move_to("2026-12-01T08:02Z", tick=False)
    services.plan_due_runs()
    assert OutgoingEmail.objects.count() == 1


def test_from_no_mail_to_weekly_starts_now(week, reader, topic, council):
    follow = Follow.objects.get()
    services.set_follow_cadence(follow=follow, cadence="off")
    week.move_to("2026-11-26T12:00Z", tick=False)
    services.set_follow_cadence(follow=follow, cadence="weekly")
    week.move_to("2026-12-01T08:02Z", tick=False)
    services.plan_due_runs()
    assert not OutgoingEmail.objects.exists()


def test_as_it_happens_comes_within_minutes_bundled_and_once(week, reader, topic, council):
    services.set_default_cadence(person=reader, cadence="immediately")
    Follow.objects.update(mailed_until=timezone.now())
    for _ in range(3):
        factories.case_study(council, topics=[topic])
    services.plan_due_runs()
    assert not OutgoingEmail.objects.exists(), "it waits for what happens in the same five minutes"
    for _ in range(4):
        week.shift(timedelta(minutes=5))
        services.plan_due_runs()
    assert OutgoingEmail.objects.count() == 1
    assert DigestRun.objects.filter(cadence="immediately", window_end__gt="2026-11-24T08:00Z").count() == 1


def test_planning_costs_the_same_for_few_and_for_many(topic, council, time_machine):
    """Rows are written in chunks on SQLite, so inserts are counted by table."""

    def cost(people, day):
        time_machine.move_to(f"{day}T12:00Z", tick=False)
        persons = factories.UserFactory.create_batch(people)
        Follow.objects.bulk_create(
            Follow(person=person, target_kind=kind, target_id=pk)
            for person in persons
            for kind, pk in [("topic", topic.pk), ("organisation", council.pk)]
        )
        factories.case_study(council, topics=[topic])
        planning.deliver_all(only="digests")
        run = DigestRun.objects.create(
            cadence="weekly", window_start=timezone.now() - timedelta(days=1), window_end=timezone.now() + timedelta(1)
        )
        with CaptureQueriesContext(connection) as queries:
            assert services.plan_run(run)
        assert run.recipients.count() >= people
        writes = {query["sql"].split('"')[1] for query in queries if query["sql"].startswith("INSERT")}
        return len([query for query in queries if not query["sql"].startswith("INSERT")]) + len(writes)

    few, many = cost(10, "2026-11-10"), cost(300, "2026-11-20")
    assert few == many
    # Claim, read the run, its news (5, which searches are followed among them) and close it with its totals; the rest
    # is what a batch costs.
    assert many - 10 <= 10


def test_events_are_noted_once(week):
    services.plan_due_runs()
    before = DigestEvent.objects.count()
    from core.models import Event
    from digests.events import note_news

    note_news(list(Event.objects.filter(kind="case_study.published")))
    assert DigestEvent.objects.count() == before


def test_a_run_waits_a_little_for_a_worker_that_is_still_noting_events(week):
    from core.models import Delivery, Event

    event = Event.objects.first()
    held = Delivery.objects.create(
        consumer="digests", event=event, claimed_until=timezone.now() + timedelta(minutes=5), due_at=timezone.now()
    )
    services.plan_due_runs()
    assert not DigestRun.objects.filter(window_end="2026-11-24T08:00Z").exists()
    Delivery.objects.filter(pk=held.pk).update(claimed_until=timezone.now() + timedelta(days=1))
    week.shift(timedelta(minutes=10))
    services.plan_due_runs()
    assert OutgoingEmail.objects.count() == 1


def test_what_is_still_being_noted_when_a_run_is_planned_at_once_comes_in_the_next(week, topic, council):
    from core.models import Delivery

    services.plan_due_runs()
    week.shift(timedelta(minutes=30))
    factories.case_study(council, title="Late to the post", topics=[topic])
    held = Delivery.objects.filter(consumer="digests").latest("pk")
    Delivery.objects.filter(pk=held.pk).update(claimed_until=timezone.now() + timedelta(minutes=1))
    week.shift(timedelta(seconds=10))
    assert services.plan_now(cadence="weekly").mails == 0
    week.shift(timedelta(minutes=2))
    assert services.plan_now(cadence="weekly").mails == 1
