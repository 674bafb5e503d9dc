"""The run of a week for two thousand people by a Celery worker whose process is killed again and again."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.db import connection
from django.utils import timezone

from accounts.models import User
from core.models import Delivery, Event
from digests import services, windows
from digests.models import DigestRecipient, DigestRun, Follow, OutgoingEmail
from tests import factories

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

PEOPLE = 2000
KILLS_WHILE_PLANNING = 6
KILLS_WHILE_SENDING = 18
DOMAIN = "killed.example.org"
PLAN, SEND = "digests.tasks.plan_due_runs", "digests.tasks.send_waiting_mail"


class Worker:
    """A Celery worker with one process that works, on the database of this test and a broker of its own.

    Killing the process that works is what the system does to one that takes too much memory, or a restart that
    nobody waits for. Its parent starts another in its place.
    """

    def __init__(self):
        database = connection.settings_dict
        address = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
        broker = urlsplit(os.environ["REDIS_URL"])._replace(path="/9").geturl()
        environment = {**os.environ, "DATABASE_URL": f"postgres://{address}", "REDIS_URL": broker}
        self.bell = Celery(broker=broker)
        self.bell.control.purge()
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "network",
            "worker",
            "-c",
            "1",
            "--without-mingle",
            "-l",
            "error",
        ]
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and worker
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def __enter__(self):
        self.until(self.children)
        return self

    def __exit__(self, *_exc):
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.bell.control.purge()
        self.bell.close()

    def children(self):
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()

    def ring(self, *tasks):
        for task in tasks:
            self.bell.send_task(task)

    def kill(self):
        """End the process that works, and what it held is free (else it would be in ten minutes)."""
        before = self.children()
        for child in before:
            os.kill(int(child), signal.SIGKILL)
        self.until(lambda: not set(self.children()) & set(before))
        past = timezone.now() - timedelta(seconds=1)
        OutgoingEmail.objects.filter(state="sending").update(leased_until=past)
        DigestRun.objects.exclude(leased_until=None).update(leased_until=past)
        Delivery.objects.exclude(claimed_until=None).update(claimed_until=past)

    def until(self, reached):
        """Look until something is so."""
        for _ in range(60_000):
            if reached():
                return
            self.go_on(looks=1)
        raise AssertionError("It never came to it.")

    def go_on(self, *, looks):
        """Let it work; it must be there all the time."""
        for _ in range(looks):
            try:
                code = self.process.wait(timeout=0.005)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"The worker has ended with {code}.")


class Sink:
    """The folder of the SMTP server."""

    def __init__(self):
        self.folder = Path(os.environ["SMTP_SINK_DIR"])
        self.before = set(self.folder.iterdir())

    def count(self):
        """How many have come, of other tests too, without opening them: a look must cost less than a mail."""
        with os.scandir(self.folder) as letters:
            return sum(1 for _ in letters)

    def messages(self):
        letters = [path.read_bytes() for path in set(self.folder.iterdir()) - self.before]
        ours = [letter for letter in letters if f"@{DOMAIN}".encode() in letter]
        return [message_from_bytes(letter, policy=policy.default) for letter in ours]


@pytest.fixture
def week():
    """Two thousand people follow a topic, and on the day before the last run something happened on it."""
    topic = factories.TopicFactory(name="Empty shops")
    council = factories.organisation()
    people = User.objects.bulk_create(User(email=f"p{number}@{DOMAIN}") for number in range(PEOPLE))
    end = windows.window_ending_by("weekly", timezone.now() - timedelta(minutes=5)).end
    long_ago = end - timedelta(days=3)
    Follow.objects.bulk_create(
        Follow(person=person, target_kind="topic", target_id=topic.pk, created_at=long_ago, mailed_until=long_ago)
        for person in people
    )
    factories.case_study(council, topics=[topic])
    Event.objects.update(occurred_at=end - timedelta(days=1))
    return people


def test_none_is_lost_and_at_most_one_is_repeated_for_each_killed_process(week):
    sink = Sink()
    moments = random.Random(20261124)  # noqa: S311 - when to kill is no secret
    with Worker() as worker:
        for _ in range(KILLS_WHILE_PLANNING):
            worker.ring(PLAN)
            worker.until(DigestRun.objects.exists)
            worker.go_on(looks=moments.randrange(60))
            worker.kill()
        worker.ring(PLAN)
        worker.until(_planned)
        for _ in range(KILLS_WHILE_SENDING):
            worker.ring(SEND)
            goal = sink.count() + moments.randrange(100)
            worker.until(lambda goal=goal: sink.count() >= goal)
            worker.kill()
        assert OutgoingEmail.objects.filter(state="sent").count() < PEOPLE, "the kills came in the middle"
        worker.ring(SEND)
        worker.until(lambda: not OutgoingEmail.objects.unfinished().exists())
    messages = sink.messages()
    got = Counter(message["To"] for message in messages)
    assert set(got) == {person.email for person in week}, "none lost"
    assert len(messages) - PEOPLE <= KILLS_WHILE_SENDING, "at most one repeated for each killed process"
    assert len({message["Message-ID"] for message in messages}) == PEOPLE, "a repeated one has the same Message-ID"
    assert set(OutgoingEmail.objects.values_list("state", flat=True)) == {"sent"}
    services.plan_due_runs()
    assert set(DigestRecipient.objects.values_list("state", flat=True)) == {"sent"}
    assert DigestRecipient.objects.count() == PEOPLE


def _planned():
    return DigestRun.objects.exclude(planned_at=None).filter(cadence="weekly", mails=PEOPLE).exists()
