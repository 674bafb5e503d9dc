"""Planning and sending on PostgreSQL through a real SMTP server."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from core.delivery import deliver_all
from digests import services
from digests.models import DigestRecipient, DigestRun, Follow, Suppression
from tests import factories

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

PEOPLE = 200


@pytest.fixture
def sink():
    """The folder of the SMTP server; ours are those to `@kill.example.org`."""
    folder = Path(os.environ["SMTP_SINK_DIR"])

    def letters():
        for path in folder.glob("*.eml"):
            try:
                yield path, path.read_bytes()
            except FileNotFoundError:  # another test, in another process, has taken its own away since
                continue

    class Sink:
        def messages(self):
            found = [message_from_bytes(letter, policy=policy.default) for _path, letter in letters()]
            return [message for message in found if message["To"].endswith("@kill.example.org")]

    for path, letter in letters():
        if b"@kill.example.org" in letter:
            path.unlink()
    return Sink()


@pytest.fixture
def followers():
    topic = factories.TopicFactory(name="Empty shops")
    council = factories.organisation()
    people = [factories.UserFactory(email=f"p{number}@kill.example.org") for number in range(PEOPLE)]
    Follow.objects.bulk_create(Follow(person=person, target_kind="topic", target_id=topic.pk) for person in people)
    factories.case_study(council, topics=[topic])
    return people


def test_a_real_server_refuses_for_good_and_for_now(sink, settings):
    from network.environment import email_settings

    for name, value in email_settings(os.environ["EMAIL_URL"]).items():
        setattr(settings, name, value)
    council = factories.organisation()
    for address in ("refuse-550-a@kill.example.org", "fine@kill.example.org", "refuse-450-b@kill.example.org"):
        services.follow(person=factories.UserFactory(email=address), target=("organisation", council.pk))
    factories.case_study(council)
    services.plan_now(cadence="weekly")
    report = services.send_waiting()
    assert (report.sent, report.failed, report.postponed) == (1, 1, 1)
    assert [message["To"] for message in sink.messages()] == ["fine@kill.example.org"]
    assert Suppression.objects.get().address == "refuse-550-a@kill.example.org"


def test_ten_planners_and_senders_at_once_make_one_run_and_one_mail_each(followers, mailoutbox):
    now = timezone.now()
    Follow.objects.update(mailed_until=now - timedelta(days=7))
    # Exactly one Tuesday later, whatever day it is: eight days after a Monday the run is too old to be caught up.
    later = now + timedelta(days=7)
    deliver_all(only="digests")

    def beat(_number):
        try:
            services.plan_due_runs(now=later)
            return services.send_waiting().sent
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        sent = sum(pool.map(beat, range(10)))
    services.send_waiting()
    assert DigestRun.objects.filter(cadence="weekly").count() <= 2
    assert DigestRecipient.objects.filter(state="sent").count() == PEOPLE == len(mailoutbox) >= sent
    assert Counter(message.to[0] for message in mailoutbox).most_common(1)[0][1] == 1
