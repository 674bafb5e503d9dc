"""What staff see of the runs: numbers, timings, and what is wrong in words."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from digests import services
from digests.models import Deed, DigestRecipient, DigestRun, Follow, OutgoingEmail
from digests.staff import mails, runs
from tests import factories
from tests.digests.helpers import send_now

pytestmark = pytest.mark.django_db


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page(client, address, **params):
    answer = client.get(address, params)
    assert answer.status_code == 200
    return words(answer.content.decode())


@pytest.fixture
def sent(time_machine, reader, topic, council):
    """One weekly run over three people: one got a mail, one has none to get, one's address does not work."""
    time_machine.move_to("2026-11-23T12:00Z", tick=False)
    other = factories.UserFactory(email="full@example.org")
    quiet = factories.UserFactory()
    services.follow(person=quiet, target=("topic", factories.TopicFactory().pk))
    for person in (reader, other):
        services.follow(person=person, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic], title="A market in an empty shop")
    time_machine.move_to("2026-11-23T13:00Z", tick=False)
    send_now()
    run = DigestRun.objects.get(cadence="weekly")
    OutgoingEmail.objects.filter(person=other).update(state="failed", error="550 5.2.2 Mailbox full", sent_at=None)
    DigestRecipient.objects.filter(person=other).update(state="gave_up")
    return run


def test_a_run_says_how_many_and_what_became_of_them(client, operator, sent):
    row = runs.rows([sent])[0]
    assert (row.people, row.mails, row.sent, row.failed, row.waiting) == (3, 2, 1, 1, 0)
    said = page(client, reverse("mail_runs"))
    assert "Every Tuesday at 8: 17 Nov 08:00 – 23 Nov 2026 13:00" in said
    one = page(client, reverse("mail_run", args=[sent.pk]))
    assert "1 mail failed" in one
    assert "A market in an empty shop (New case study) 2" in one


def test_times_are_those_of_london_in_summer_too():
    run = DigestRun(
        cadence="weekly",
        window_start=datetime(2026, 6, 2, 7, tzinfo=UTC),
        window_end=datetime(2026, 6, 9, 7, tzinfo=UTC),
    )
    assert [moment.hour for moment in runs.RunRow(run=run).window] == [8, 8]


def test_runs_are_narrowed_by_how_often_and_by_state(client, operator, sent):
    now = timezone.now()
    DigestRun.objects.create(cadence="daily", window_start=now - timedelta(days=1), window_end=now)
    assert {run.cadence for run in runs.runs(cadence="daily")} == {"daily"}
    assert [run.cadence for run in runs.runs(state="planning")] == ["daily"]
    assert [run.cadence for run in runs.runs(state="finished")] == ["weekly"]
    assert not runs.runs(state="sending").exists()
    DigestRecipient.objects.filter(state="sent").update(state="planned")
    assert [run.cadence for run in runs.runs(state="sending")] == ["weekly"]
    assert "No run is like this." in page(client, reverse("mail_runs"), cadence="immediately")
    assert page(client, reverse("mail_runs"), cadence="<script>", state="x", p="no")


def test_the_list_costs_the_same_for_many_runs_and_mails(client, operator, sent, reader):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("mail_runs"))
        return len(queries)

    cost()  # what is asked once of a session is kept
    before = cost()
    now = timezone.now()
    for number in range(8):
        run = DigestRun.objects.create(
            cadence="daily",
            window_start=now - timedelta(days=number + 1),
            window_end=now - timedelta(days=number),
            planned_at=now,
        )
        mail = OutgoingEmail.objects.create(key=f"k{number}", kind="digest", person=reader, message_id=f"<{number}@x>")
        DigestRecipient.objects.create(run=run, person=reader, state="planned", email=mail)
    assert cost() == before


def test_a_first_run_is_awaited_in_words(client, operator):
    assert "There has been no run yet." in page(client, reverse("mail_runs"))


def test_the_numbers_of_what_is_over_are_remembered_until_staff_change_something(operator, sent, time_machine):
    runs.rows([sent])
    with CaptureQueriesContext(connection) as queries:
        runs.rows([sent])
    assert len(queries) == 1, "what was sent today may still change"
    time_machine.shift(timedelta(days=2))
    before = runs.rows([sent])[0]
    with CaptureQueriesContext(connection) as queries:
        after = runs.rows([sent])[0]
    assert len(queries) == 0
    assert (after.sent, after.failed, after.first_sent) == (before.sent, before.failed, before.first_sent)
    mails.change_one(what=Deed.RETRIED, mail=OutgoingEmail.objects.get(state="failed"), by=operator)
    assert (runs.rows([sent])[0].failed, runs.rows([sent])[0].waiting) == (0, 1)


def test_without_the_cache_the_numbers_are_counted(operator, sent, monkeypatch, time_machine):
    class Away:
        def __getattr__(self, name):
            raise ConnectionError("refused")

    time_machine.shift(timedelta(days=2))
    monkeypatch.setattr(runs, "caches", {"shared": Away()})
    assert runs.rows([sent])[0].sent == 1
    runs.forget({sent.pk})


# --- What is slow or stuck -----------------------------------------------------------------------

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def row(**changes):
    counts = changes.pop("counts", {})
    values = {
        "cadence": "weekly",
        "window_start": NOON - timedelta(days=7),
        "window_end": NOON,
        "planning_began_at": NOON,
        "planned_at": NOON + timedelta(seconds=30),
    }
    found = runs.RunRow(run=DigestRun(**{**values, **changes.pop("run", {})}), **changes)
    found.counts.update(counts)
    return found


def test_nothing_is_said_of_a_run_that_is_well():
    done = row(counts={"sent": 5}, first_sent=NOON, last_sent=NOON + timedelta(minutes=1))
    assert runs.worries(done, now=NOON + timedelta(days=3)) == []
    busy = row(counts={"sent": 5, "pending": 900}, first_sent=NOON, last_sent=NOON + timedelta(minutes=5))
    assert runs.worries(busy, now=NOON + timedelta(minutes=6)) == []


def test_mail_that_stands_still_is_said_with_how_long():
    still = row(counts={"sent": 5, "pending": 900}, first_sent=NOON, last_sent=NOON + timedelta(minutes=5))
    (said,) = runs.worries(still, now=NOON + timedelta(hours=3, minutes=5))
    assert said.startswith("900 mails wait, and none has left for 3 hours.")
    (said,) = runs.worries(row(counts={"pending": 1}), now=NOON + timedelta(hours=2))
    assert said.startswith("1 mail waits, and none has left for")


def test_planning_that_died_differs_from_planning_that_is_slow():
    dead = row(run={"planned_at": None})
    (said,) = runs.worries(dead, now=NOON + timedelta(hours=1))
    assert said == "Planning began 1 hour ago and nobody is at it. The next worker goes on where it stopped."
    slow = row(run={"planned_at": None, "leased_until": NOON + timedelta(minutes=62)})
    assert runs.worries(slow, now=NOON + timedelta(hours=1)) == ["Planning has gone on for 1 hour. A worker is at it."]
    late = row(run={"planned_at": NOON + timedelta(minutes=40)}, counts={"sent": 1}, last_sent=NOON)
    assert runs.worries(late, now=NOON + timedelta(hours=1)) == ["Planning took 40 minutes."]


def test_the_rate_is_told_where_there_is_one():
    busy = row(counts={"sent": 601}, first_sent=NOON, last_sent=NOON + timedelta(minutes=5))
    assert busy.per_minute == 120
    assert row(counts={"sent": 1}, first_sent=NOON, last_sent=NOON).per_minute is None


def test_planning_is_timed(sent):
    assert sent.planning_began_at is not None
    assert sent.planning_began_at <= sent.planned_at
    began = sent.planning_began_at
    Follow.objects.all().delete()
    DigestRun.objects.filter(pk=sent.pk).update(planned_at=None)
    services.plan_run(DigestRun.objects.get(pk=sent.pk))
    sent.refresh_from_db()
    assert sent.planning_began_at == began, "a planner that takes over does not begin anew"
