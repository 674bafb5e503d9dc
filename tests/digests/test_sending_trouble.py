"""Mails that kill workers, break connections or cannot be addressed, slow workers, and providers' interfaces."""

import json
import smtplib
from datetime import timedelta

import pytest
import requests
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend as InMemory
from django.utils import timezone

from digests import services
from digests.models import DigestRecipient, MailPace, OutgoingEmail, Suppression
from digests.models.mail import new_message_id
from digests.rendering import letters
from digests.services import leases, sending
from network.providers import provider_settings
from tests import factories

pytestmark = pytest.mark.django_db


class Server(InMemory):
    """Does to each mail what a test has for its address, and counts its connections."""

    deeds: dict = {}
    opened = 0

    def open(self):
        if getattr(self, "is_open", False):
            return False
        if error := self.deeds.get("open"):
            raise error
        self.is_open = True
        type(self).opened += 1
        return True

    def close(self):
        self.is_open = False

    def send_messages(self, messages):
        assert self.is_open, "the connection was closed and not opened again"
        for message in messages:
            deed = self.deeds.get(message.to[0])
            if isinstance(deed, BaseException):
                raise deed
            if deed is not None:
                deed()
        return super().send_messages(messages)


@pytest.fixture
def server(settings, monkeypatch):
    settings.OUTGOING_EMAIL_BACKEND = "tests.digests.test_sending_trouble.Server"
    monkeypatch.setattr(Server, "deeds", {})
    monkeypatch.setattr(Server, "opened", 0)
    plain = letters.Letter(subject="S", text="T", html="<p>H</p>")
    monkeypatch.setattr(sending, "write", lambda mails: {mail.pk: plain for mail in mails})
    return Server


def queue(*addresses, urgency=5):
    OutgoingEmail.objects.bulk_create(
        OutgoingEmail(key=one, kind="follow", address=one, message_id=new_message_id(), urgency=urgency)
        for one in addresses
    )


def state(address):
    return OutgoingEmail.objects.get(key=address).state


def over_with_the_leases():
    OutgoingEmail.objects.filter(state="sending").update(leased_until=timezone.now() - timedelta(seconds=1))


def make_all_due():
    OutgoingEmail.objects.filter(state="pending").update(next_attempt_at=timezone.now())


class Killed(BaseException):
    """What a worker does not survive: a segmentation fault, the memory, the time limit."""


def test_a_mail_that_kills_workers_is_set_aside_and_takes_nobody_with_it(server):
    others = [f"ok{number}@example.org" for number in range(5)]
    queue("a@example.org", "killer@example.org", *others)
    server.deeds = {"killer@example.org": Killed()}
    deaths = 0
    for _ in range(20):
        try:
            services.send_waiting()
        except Killed:
            deaths += 1
            over_with_the_leases()
    assert [state(one) for one in ("a@example.org", *others)] == ["sent"] * 6
    killer = OutgoingEmail.objects.get(key="killer@example.org")
    assert (killer.state, deaths) == ("failed", leases.MOST_CLAIMS)
    assert "5 workers in a row were lost" in killer.error
    assert len(outbox.outbox) == 6, "none of the others was sent twice"


def test_the_recipient_of_a_digest_that_is_set_aside_is_told_and_a_retry_starts_afresh(server, reader, council):
    services.follow(person=reader, target=("organisation", council.pk))
    factories.case_study(council)
    services.plan_now(cadence="weekly")
    OutgoingEmail.objects.update(state="sending", claims=5, leased_until=timezone.now() - timedelta(seconds=1))
    assert leases.set_aside() == 1
    assert DigestRecipient.objects.get().state == "gave_up"
    assert OutgoingEmail.objects.values_list("state", "claims", "lease").get() == ("failed", 0, None)


def test_workers_that_are_killed_now_and_then_set_nothing_aside(server):
    addresses = [f"{number}@example.org" for number in range(30)]
    queue(*addresses)
    for unlucky in addresses[::4]:
        server.deeds = {unlucky: Killed()}
        with pytest.raises(Killed):
            services.send_waiting()
        over_with_the_leases()
    server.deeds = {}
    services.send_waiting()
    assert {state(one) for one in addresses} == {"sent"}


def test_a_batch_that_takes_longer_than_its_lease_is_not_sent_twice(server, time_machine):
    time_machine.move_to("2026-11-24T08:00Z", tick=False)
    addresses = [f"{number}@example.org" for number in range(10)]
    queue(*addresses)
    stolen = []

    def slow():
        time_machine.shift(120)
        _lease, mails = sending.claim(size=100)
        stolen.extend(mails)

    server.deeds = dict.fromkeys(addresses, slow)
    assert services.send_waiting().sent == 10
    assert stolen == []
    assert len(outbox.outbox) == 10


def test_a_slow_server_does_not_keep_a_code_waiting_behind_a_batch(server, monkeypatch):
    addresses = [f"{number}@example.org" for number in range(40)]
    queue(*addresses)
    clock = [0.0]
    monkeypatch.setattr(sending.time, "monotonic", lambda: clock[0])

    def slow():
        clock[0] += 4
        if clock[0] == 4:
            queue("code@example.org", urgency=0)

    server.deeds = dict.fromkeys(addresses, slow)
    report = services.send_waiting()
    order = [message.to[0] for message in outbox.outbox]
    assert order.index("code@example.org") <= 10
    assert (report.sent, len(order)) == (41, 41)


def test_notices_that_wait_for_each_other_do_not_hide_what_is_behind_them(server, reader, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 10)
    for number in range(40):
        OutgoingEmail.objects.create(
            key=f"n{number}",
            kind="reply",
            person=reader,
            urgency=1,
            message_id=new_message_id(),
            **({"state": "sent", "sent_at": timezone.now()} if number == 0 else {}),
        )
    queue("digest@example.org")
    assert services.send_waiting().sent == 1
    assert state("digest@example.org") == "sent"


def test_a_worker_that_slept_through_its_lease_sends_no_more(server, time_machine):
    time_machine.move_to("2026-11-24T08:00Z", tick=False)
    queue("first@example.org", "second@example.org", "third@example.org")
    taken = []

    def asleep():
        time_machine.shift(timedelta(minutes=20).total_seconds())
        taken.append(sending.claim(size=100))

    server.deeds = {"first@example.org": asleep}
    services.send_waiting()
    assert len(taken[0][1]) == 3
    assert [message.to for message in outbox.outbox] == [["first@example.org"]]


def test_one_mail_that_breaks_the_connection_holds_nobody_up(server):
    queue("a@example.org", "bad@example.org", "c@example.org", "d@example.org")
    server.deeds = {"bad@example.org": smtplib.SMTPServerDisconnected("bye")}
    report = services.send_waiting()
    assert (report.sent, report.postponed) == (3, 1)
    assert server.opened == 2
    bad = OutgoingEmail.objects.get(key="bad@example.org")
    assert (bad.state, bad.attempts) == ("pending", 1)


@pytest.mark.parametrize("last", [True, False], ids=["alone", "last of several"])
def test_the_last_mail_breaks_the_connection_and_only_that_counts_if_the_server_is_there(server, last):
    queue(*["bad@example.org"] if last else ["a@example.org", "bad@example.org"])
    server.deeds = {"bad@example.org": TimeoutError("slow")}
    services.send_waiting()
    assert OutgoingEmail.objects.get(key="bad@example.org").attempts == 1


def test_a_server_that_says_good_bye_is_called_again(server):
    queue("a@example.org", "b@example.org", "c@example.org")
    server.deeds = {"a@example.org": smtplib.SMTPRecipientsRefused({"a@example.org": (421, b"4.3.2 closing")})}
    assert services.send_waiting().sent == 2
    assert server.opened == 2


def test_codes_are_tried_again_soon_after_the_server_was_away(server):
    queue("code@example.org", urgency=0)
    queue("digest@example.org")
    server.deeds = {"open": ConnectionRefusedError("nobody listens")}
    assert services.send_waiting().postponed == 2
    code, digest = (OutgoingEmail.objects.get(key=f"{one}@example.org") for one in ("code", "digest"))
    assert code.next_attempt_at < timezone.now() + timedelta(seconds=30) < digest.next_attempt_at
    assert code.attempts == digest.attempts == 0


def test_a_new_connection_is_made_after_so_many_messages(server, settings):
    settings.MAIL_CONNECTION_MESSAGES = 4
    queue(*[f"{number}@example.org" for number in range(10)])
    assert services.send_waiting().sent == 10
    assert server.opened == 3


def test_an_address_that_our_server_cannot_write_to_fails_with_the_reason(server):
    queue("siân@example.org", "a@example.org")
    report = services.send_waiting()
    assert (report.sent, report.failed) == (1, 1)
    assert "beyond ASCII" in OutgoingEmail.objects.get(state="failed").error
    assert not Suppression.objects.exists()


def test_a_mail_is_given_up_after_three_days_but_not_by_one_refusal_after_an_outage(server):
    queue("old@example.org", "tired@example.org")
    OutgoingEmail.objects.update(created_at=timezone.now() - timedelta(days=4))
    OutgoingEmail.objects.filter(key="tired@example.org").update(attempts=3)
    server.deeds = dict.fromkeys(["old@example.org", "tired@example.org"], smtplib.SMTPDataError(451, b"4.3.0 later"))
    services.send_waiting()
    assert (state("old@example.org"), state("tired@example.org")) == ("pending", "failed")
    assert OutgoingEmail.objects.get(key="tired@example.org").error == "451 4.3.0 later"


@pytest.fixture
def provider(settings, monkeypatch):
    """Postmark's interface, as anymail calls it: `answers` are (status, body) in turn."""
    made = provider_settings("postmark", {"ANYMAIL_POSTMARK_SERVER_TOKEN": "token"})
    for name, value in made.items():
        setattr(settings, name, value)
    plain = letters.Letter(subject="S", text="T", html="<p>H</p>", headers={"List-Id": "<digests.example.org>"})
    monkeypatch.setattr(sending, "write", lambda mails: {mail.pk: plain for mail in mails})
    asked, answers = [], {}

    def request(self, method, url, **kwargs):
        body = json.loads(kwargs["data"])
        asked.append(body)
        status, said = answers.get(
            body["To"], (200, {"ErrorCode": 0, "MessageID": f"id-{len(asked)}", "Message": "OK"})
        )
        if isinstance(said, Exception):
            raise said
        response = requests.Response()
        response.status_code, response._content = status, json.dumps({"To": body["To"], **said}).encode()
        return response

    monkeypatch.setattr(requests.Session, "request", request)
    return asked, answers


def test_a_provider_gets_our_message_id_and_its_own_is_kept(provider):
    asked, _answers = provider
    queue("a@example.org")
    assert services.send_waiting().sent == 1
    mail = OutgoingEmail.objects.get()
    headers = {one["Name"]: one["Value"] for one in asked[0]["Headers"]}
    assert headers == {"Message-ID": mail.message_id, "X-PM-KeepID": "true", "List-Id": "<digests.example.org>"}
    assert (asked[0]["TrackOpens"], asked[0]["TrackLinks"]) == (False, "None")
    assert mail.provider_id == "id-1"


def test_a_provider_that_refuses_one_address_sends_to_the_others(provider):
    _asked, answers = provider
    said = (
        "You tried to send to a recipient that has been marked as inactive. "
        "Found inactive addresses: gone@example.org. Inactive recipients are ones that "
        "have generated a hard bounce, a spam complaint, or a manual suppression."
    )
    answers["gone@example.org"] = (422, {"ErrorCode": 406, "Message": said})
    queue("a@example.org", "gone@example.org", "c@example.org")
    report = services.send_waiting()
    assert (report.sent, report.failed) == (2, 1)
    assert "inactive" in OutgoingEmail.objects.get(state="failed").error


def test_a_provider_that_took_nothing_and_says_so_only_in_words_is_asked_again(provider):
    _asked, answers = provider
    answers["a@example.org"] = (422, {"ErrorCode": 406, "Message": "Words that nobody knows yet."})
    queue("a@example.org")
    assert services.send_waiting().postponed == 1
    assert "nobody knows yet" in OutgoingEmail.objects.get().error


@pytest.mark.parametrize("status", [429, 500, 503, 401], ids=str)
def test_a_provider_that_has_had_enough_or_is_down_costs_nobody_a_try(provider, status):
    _asked, answers = provider
    answers["a@example.org"] = (status, {"ErrorCode": 1, "Message": "no"})
    queue("a@example.org", "b@example.org")
    report = services.send_waiting()
    assert (report.sent, report.failed, report.postponed) == (0, 0, 2)
    assert set(OutgoingEmail.objects.values_list("state", "attempts")) == {("pending", 0)}
    assert MailPace.objects.filter(domain="*").exists() is (status == 429)


def test_a_provider_that_cannot_be_reached_costs_nobody_a_try(provider):
    _asked, answers = provider
    for one in ("a@example.org", "b@example.org"):
        answers[one] = (0, requests.ConnectionError("no route"))
    queue("a@example.org", "b@example.org")
    assert services.send_waiting().postponed == 2
    assert set(OutgoingEmail.objects.values_list("attempts", flat=True)) == {0}
    make_all_due()
    answers.clear()
    assert services.send_waiting().sent == 2


def test_what_a_provider_says_against_one_letter_delays_that_letter(provider):
    _asked, answers = provider
    answers["a@example.org"] = (400, {"ErrorCode": 300, "Message": "Zero recipients specified"})
    queue("a@example.org", "b@example.org")
    services.send_waiting()
    assert (state("a@example.org"), state("b@example.org")) == ("pending", "sent")
    assert OutgoingEmail.objects.get(key="a@example.org").attempts == 1
