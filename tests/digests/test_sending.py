"""The outbox: leases, errors of mail servers, and workers that die."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend as InMemory
from django.utils import timezone

from digests import services
from digests.models import DigestRecipient, OutgoingEmail, Suppression
from digests.services import sending
from tests import factories
from tests.digests.helpers import parsed

pytestmark = pytest.mark.django_db


class Server(InMemory):
    """A mail server that answers as a test tells it to: `answers` maps an address to an exception."""

    answers: dict[str, Exception] = {}

    def send_messages(self, messages):
        for message in messages:
            if error := self.answers.get(message.to[0]):
                raise error
        return super().send_messages(messages)


@pytest.fixture
def server(settings, monkeypatch):
    settings.OUTGOING_EMAIL_BACKEND = "tests.digests.test_sending.Server"
    monkeypatch.setattr(Server, "answers", {})
    return Server


@pytest.fixture
def planned(council):
    """Three people's digests, planned and not yet sent."""
    people = [factories.UserFactory() for _ in range(3)]
    for person in people:
        services.follow(person=person, target=("organisation", council.pk))
    factories.case_study(council, title="Market hall")
    services.plan_now(cadence="weekly")
    return people


def refused(address, code, words):
    return smtplib.SMTPRecipientsRefused({address: (code, words)})


def states():
    return sorted(OutgoingEmail.objects.values_list("state", flat=True))


def test_everything_waiting_is_sent_once_over_one_connection(planned, server, monkeypatch):
    opened = []
    monkeypatch.setattr(sending, "get_connection", lambda backend: opened.append(1) or server())
    assert services.send_waiting().sent == 3
    assert services.send_waiting().sent == 0
    assert len(opened) == 2
    assert sorted(message.to[0] for message in outbox.outbox) == sorted(person.email for person in planned)
    assert set(DigestRecipient.objects.values_list("state", flat=True)) == {"sent"}


def test_what_was_sent_is_kept_as_it_was_sent(planned, server):
    services.send_waiting()
    row = OutgoingEmail.objects.first()
    message = next(parsed(one) for one in outbox.outbox if one.to == [row.address])
    assert message["Message-ID"] == row.message_id
    assert message["Subject"] == row.subject == "New: Market hall"
    assert row.text in message.get_body(("plain",)).get_content()
    assert row.sent_at is not None


def test_a_dead_worker_loses_nothing_and_the_message_in_flight_keeps_its_id(planned, server, monkeypatch):
    """kill -9 between the server's “250 OK” and our stamp: the worst moment there is."""

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_sent", killed)
        patch.setattr(sending, "settle_recipients", lambda *args: 0)
        with pytest.raises(KeyboardInterrupt):
            services.send_waiting()
    assert states() == ["sending"] * 3
    assert services.send_waiting().sent == 0, "the lease still holds"
    OutgoingEmail.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert services.send_waiting().sent == 3
    ids = [parsed(message)["Message-ID"] for message in outbox.outbox]
    assert (len(ids), len(set(ids))) == (4, 3)
    assert states() == ["sent"] * 3


def test_two_workers_never_hold_the_same_mail(planned):
    _lease, first = sending.claim(size=2)
    _lease, second = sending.claim(size=2)
    assert {mail.pk for mail in first} & {mail.pk for mail in second} == set()
    assert len(first) + len(second) == 3


def test_a_worker_that_lost_its_lease_stamps_nothing(planned, server):
    lease, (mail, *_rest) = sending.claim(size=3)
    OutgoingEmail.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    other, _mails = sending.claim(size=3)
    sending._stamp(lease, mail, state="failed")
    mail.refresh_from_db()
    assert (mail.state, mail.lease) == ("sending", other)


def test_a_mailbox_that_does_not_exist_is_not_tried_again(planned, server, council):
    gone = planned[0].email
    server.answers = {gone: refused(gone, 550, b"5.1.1 No such user here")}
    report = services.send_waiting()
    assert (report.sent, report.failed) == (2, 1)
    assert Suppression.objects.get().address == gone
    assert DigestRecipient.objects.get(person=planned[0]).state == "gave_up"
    server.answers = {}
    factories.case_study(council)
    services.plan_now(cadence="weekly")
    report = services.send_waiting()
    assert (report.sent, report.suppressed) == (2, 1)


def test_a_refusal_for_good_that_is_not_about_the_mailbox_suppresses_nothing(planned, server):
    shy = planned[0].email
    server.answers = {shy: refused(shy, 554, b"5.7.1 Message refused by policy")}
    assert services.send_waiting().failed == 1
    assert OutgoingEmail.objects.get(state="failed").error == "554 5.7.1 Message refused by policy"
    assert not Suppression.objects.exists()


def test_a_full_mailbox_is_tried_again_later_and_later(planned, server, time_machine):
    full = planned[0].email
    server.answers = {full: refused(full, 452, b"4.2.2 Mailbox full")}
    time_machine.move_to("2026-11-24T08:05Z", tick=False)
    OutgoingEmail.objects.update(next_attempt_at=timezone.now())
    waits = []
    for _ in range(sending.MAX_ATTEMPTS):
        services.send_waiting()
        row = OutgoingEmail.objects.get(person=planned[0])
        waits.append(row.next_attempt_at - timezone.now())
        assert services.send_waiting().sent == 0
        time_machine.move_to(max(row.next_attempt_at, timezone.now() + timedelta(seconds=1)), tick=False)
    for wait, minutes in zip(waits, (1, 4, 16, 64, 256), strict=False):
        assert timedelta(minutes=minutes) <= wait <= timedelta(minutes=minutes * 1.25)
    assert sum(waits[:-1], timedelta(0)) > timedelta(days=1, hours=12), "a mailbox that is full over a day is reached"
    assert (row.state, row.attempts) == ("failed", sending.MAX_ATTEMPTS)
    assert "Mailbox full" in row.error
    assert states() == ["failed", "sent", "sent"]


def test_a_message_that_the_server_chokes_on_delays_only_itself(planned, server):
    server.answers = {planned[1].email: smtplib.SMTPDataError(451, b"4.3.0 Try later")}
    report = services.send_waiting()
    assert (report.sent, report.postponed) == (2, 1)


@pytest.mark.parametrize(
    "error",
    [ConnectionRefusedError("refused"), smtplib.SMTPServerDisconnected("bye"), TimeoutError("slow")],
    ids=["refused", "disconnected", "timeout"],
)
def test_a_server_that_is_down_costs_nobody_a_try(planned, server, error):
    server.answers = {person.email: error for person in planned}
    report = services.send_waiting()
    assert (report.sent, report.failed, report.postponed) == (0, 0, 3)
    assert set(OutgoingEmail.objects.values_list("state", "attempts")) == {("pending", 0)}
    assert services.send_waiting().sent == 0, "it is given a little time"
    server.answers = {}
    OutgoingEmail.objects.update(next_attempt_at=timezone.now())
    assert services.send_waiting().sent == 3


def test_a_mail_that_cannot_be_written_spoils_only_itself(planned, server, monkeypatch):
    from digests.rendering import digest

    unlucky, write = planned[2].pk, digest.letter

    def broken(one, **kwargs):
        if one.recipient.person_id == unlucky:
            raise ZeroDivisionError("a bug")
        return write(one, **kwargs)

    monkeypatch.setattr(digest, "letter", broken)
    report = services.send_waiting()
    assert (report.sent, report.postponed) == (2, 1)
    assert "a bug" in OutgoingEmail.objects.get(person=unlucky).error


def test_somebody_who_may_no_longer_sign_in_gets_nothing(planned, server):
    planned[0].is_active = False
    planned[0].save()
    report = services.send_waiting()
    assert (report.sent, report.suppressed) == (2, 1)


def test_the_urgent_goes_first(planned, reader):
    services.queue_mails([services.Wanted(key="urgent", kind="decision", person_id=reader.pk)])
    _lease, mails = sending.claim(size=1)
    assert [mail.key for mail in mails] == ["urgent"]


def test_asking_twice_for_a_mail_makes_one(reader):
    for _ in range(2):
        services.queue_mails([services.Wanted(key="once", kind="decision", person_id=reader.pk)])
    assert OutgoingEmail.objects.count() == 1


def test_writing_a_batch_costs_the_same_for_few_and_for_many(council, topic, server, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(people):
        for person in factories.UserFactory.create_batch(people):
            services.follow(person=person, target=("topic", topic.pk))
            services.follow(person=person, target=("organisation", council.pk))
        for _ in range(2):
            factories.case_study(council, topics=[topic])
        services.plan_now(cadence="weekly")
        _lease, mails = sending.claim(size=100)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            sending.write(mails)
        return len(queries)

    few, many = cost(3), cost(40)
    assert few == many <= 16
