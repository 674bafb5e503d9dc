"""Pace: by domain, by second, by day, and after a server has asked for less; over many workers."""

import smtplib
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.locmem import EmailBackend as InMemory
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digests import services
from digests.models import MailPace, OutgoingEmail
from digests.models.mail import new_message_id
from digests.rendering import letters
from digests.services import pace, sending
from network.environment import mail_limits, not_negative

pytestmark = pytest.mark.django_db

START = "2026-11-24T08:00Z"


class Server(InMemory):
    """Remembers when each mail came, and answers as a test tells it to: `answers` maps a domain to an exception."""

    came: list[tuple[datetime, str]] = []
    answers: dict[str, Exception] = {}

    def send_messages(self, messages):
        for message in messages:
            domain = message.to[0].partition("@")[2]
            if error := self.answers.get(domain):
                raise error
            self.came.append((timezone.now(), domain))
        return len(messages)


@pytest.fixture
def server(settings, monkeypatch, time_machine):
    time_machine.move_to(START, tick=False)
    settings.OUTGOING_EMAIL_BACKEND = "tests.digests.test_pace.Server"
    monkeypatch.setattr(Server, "came", [])
    monkeypatch.setattr(Server, "answers", {})
    plain = letters.Letter(subject="S", text="T", html="<p>H</p>")
    monkeypatch.setattr(sending, "write", lambda mails: {mail.pk: plain for mail in mails})
    monkeypatch.setattr(sending, "wait", time_machine.shift)
    return Server


def queue(number, domain, *, urgency=5, name="m"):
    OutgoingEmail.objects.bulk_create(
        OutgoingEmail(
            key=f"{name}{one}@{domain}",
            kind="follow",
            address=f"{name}{one}@{domain}",
            message_id=new_message_id(),
            urgency=urgency,
        )
        for one in range(number)
    )


def came(domain=None):
    return sum(1 for _at, where in Server.came if domain in (None, where))


def pass_time(time_machine, minutes, *, workers=1):
    """Beat rings twice a minute, for each worker."""
    for _ in range(minutes * 2):
        time_machine.shift(30)
        for _worker in range(workers):
            services.send_waiting()


def most_in_a_minute(domain):
    times = [at for at, where in Server.came if where == domain]
    return max(sum(1 for other in times if at <= other < at + timedelta(minutes=1)) for at in times)


def test_a_slow_domain_is_put_off_and_the_others_go_on(server, settings):
    settings.MAIL_PER_MINUTE_PER_DOMAIN = {"slow.example": 30}
    queue(200, "slow.example")
    queue(50, "fast.example")
    report = services.send_waiting()
    assert came("fast.example") == 50
    assert came("slow.example") == 20 == report.sent - 50
    waiting = OutgoingEmail.objects.filter(state="pending")
    assert (waiting.count(), waiting.filter(attempts=0, lease=None, claims=0).count()) == (180, 180)
    turns = sorted(waiting.values_list("next_attempt_at", flat=True))
    assert turns[-1] - turns[0] >= timedelta(minutes=5), "each has a turn of its own"
    assert services.send_waiting().postponed == 0, "nobody looks at them again before their turn"


def test_the_pace_holds_over_many_workers_and_everything_arrives(server, settings, time_machine):
    settings.MAIL_PER_MINUTE_PER_DOMAIN = {"*": 60}
    queue(300, "one.example")
    queue(100, "two.example")
    for _worker in range(3):
        services.send_waiting(limit=100)
    pass_time(time_machine, 7, workers=3)
    assert (came("one.example"), came("two.example")) == (300, 100)
    assert most_in_a_minute("one.example") <= 60 * 1.2
    assert set(OutgoingEmail.objects.values_list("state", "attempts")) == {("sent", 0)}


def test_after_an_outage_the_pace_holds_as_well(server, settings, time_machine):
    settings.MAIL_PER_MINUTE_PER_DOMAIN = {"slow.example": 60}
    queue(150, "slow.example")
    services.send_waiting()
    time_machine.shift(3600)
    Server.came.clear()
    services.send_waiting()
    assert came() <= 60
    pass_time(time_machine, 4)
    assert came() == 110


def test_a_code_does_not_wait_behind_a_hundred_thousand_digests(server, settings):
    settings.MAIL_PER_MINUTE_PER_DOMAIN = {"slow.example": 10}
    settings.MAIL_PER_DAY = 50
    queue(80, "slow.example")
    services.send_waiting()
    queue(1, "slow.example", urgency=0, name="code")
    queue(1, "slow.example", urgency=1, name="notice")
    Server.came.clear()
    services.send_waiting()
    assert OutgoingEmail.objects.get(key="code0@slow.example").state == "sent"
    notice = OutgoingEmail.objects.get(key="notice0@slow.example")
    assert notice.state == "sent" or notice.next_attempt_at < timezone.now() + timedelta(minutes=2)


def test_the_whole_site_sends_so_many_a_second(server, settings, time_machine):
    settings.MAIL_PER_SECOND = 2
    queue(30, "one.example")
    queue(30, "two.example")
    services.send_waiting()
    pass_time(time_machine, 2)
    assert came() == 60
    times = Counter(at.replace(microsecond=0) for at, _where in Server.came)
    assert max(times.values()) <= 3


def test_workers_share_the_sites_second(server, settings, time_machine):
    settings.MAIL_PER_SECOND = 1
    queue(20, "one.example")
    now = timezone.now()
    first, mails = sending.claim(size=5)
    assert pace.take_turn(first, mails).start == now
    second, mails = sending.claim(size=5)
    assert pace.take_turn(second, mails).start == now + timedelta(seconds=5)
    third, mails = sending.claim(size=5)
    pace.take_turn(third, mails)
    fourth, mails = sending.claim(size=5)
    turn = pace.take_turn(fourth, mails)
    assert (turn.go, turn.put_off, turn.site_is_full) == ([], 5, True)


def test_a_days_quota_is_kept_in_any_24_hours_and_nothing_is_lost(server, settings, time_machine):
    settings.MAIL_PER_DAY = 40
    queue(60, "one.example")
    services.send_waiting()
    assert came() == 38, "a twentieth is kept for what cannot wait"
    queue(5, "one.example", urgency=1, name="notice")
    services.send_waiting()
    assert came() == 40
    time_machine.shift(timedelta(hours=23).total_seconds())
    services.send_waiting()
    assert came() == 40
    time_machine.shift(timedelta(hours=3).total_seconds())
    services.send_waiting()
    assert came() == 65
    assert not OutgoingEmail.objects.exclude(attempts=0).exists()


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPDataError(421, b"4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume"),
        smtplib.SMTPRecipientsRefused({"x": (450, b"4.7.1 Error: too many messages from 192.0.2.1")}),
    ],
    ids=["421", "450"],
)
def test_a_domain_that_asks_for_fewer_gets_fewer(server, error, time_machine):
    queue(40, "busy.example")
    queue(10, "calm.example")
    server.answers = {"busy.example": error}
    report = services.send_waiting()
    assert (report.sent, report.failed, came("calm.example")) == (10, 0, 10)
    waiting = OutgoingEmail.objects.filter(state="pending")
    assert set(waiting.values_list("attempts", flat=True)) == {0}
    row = MailPace.objects.get(domain="busy.example")
    assert row.strikes == 1
    assert timezone.now() < row.closed_until <= timezone.now() + timedelta(minutes=2)
    first = row.closed_until - timezone.now()
    time_machine.move_to(row.closed_until + timedelta(seconds=1), tick=False)
    services.send_waiting()
    row.refresh_from_db()
    assert row.strikes == 2
    assert row.closed_until - timezone.now() > first
    server.answers = {}
    time_machine.move_to(row.closed_until + timedelta(seconds=1), tick=False)
    pass_time(time_machine, 2)
    assert came("busy.example") == 40


def test_breathers_grow_and_are_forgiven(server, time_machine):
    pauses = []
    for _ in range(9):
        until = pace.slow_down("busy.example", said="421")
        pauses.append(until - timezone.now())
        assert pace.slow_down("busy.example", said="421 again") == until, "one breather, however many hear of it"
        time_machine.move_to(until, tick=False)
    assert pauses[0] >= timedelta(minutes=1)
    assert all(late > early for early, late in pairwise(pauses[:6]))
    assert max(pauses) <= timedelta(minutes=75)
    row = MailPace.objects.get()
    assert pace.per_minute("busy.example", row, timezone.now()) == pace.LEAST_PACE
    assert pace.per_minute("busy.example", row, timezone.now() + timedelta(days=1)) == 0


def test_a_provider_that_asks_for_less_gets_nothing_for_a_while_but_codes(server, time_machine):
    queue(150, "one.example")
    server.answers = {"one.example": smtplib.SMTPDataError(454, b"Throttling failure: Maximum sending rate exceeded")}
    assert services.send_waiting().sent == 0
    closed_until = MailPace.objects.get(domain="*").closed_until
    server.answers = {}
    queue(1, "one.example", urgency=0, name="code")
    report = services.send_waiting()
    assert (report.sent, came()) == (1, 1)
    time_machine.move_to(closed_until + timedelta(minutes=1), tick=False)
    assert services.send_waiting().sent == 150
    assert set(OutgoingEmail.objects.values_list("attempts", flat=True)) == {0}


def test_a_domain_that_blocks_us_is_left_alone_after_three_and_somebody_is_told(server, caplog):
    queue(20, "blocks.example")
    queue(5, "calm.example")
    server.answers = {"blocks.example": smtplib.SMTPDataError(550, b"5.7.1 blocked using Spamhaus")}
    report = services.send_waiting()
    assert (report.sent, report.failed, report.postponed) == (5, 3, 17)
    assert "blocks.example refuses our mail because of where it comes from" in caplog.text


def cost_of_a_batch(mails):
    lease, batch = sending.claim(size=mails)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        pace.take_turn(lease, batch)
    return len(queries)


def test_without_limits_pace_costs_one_look_and_with_them_a_few(server, settings):
    queue(20, "one.example")
    queue(20, "two.example")
    assert cost_of_a_batch(40) == 1
    OutgoingEmail.objects.update(state="pending", lease=None)
    settings.MAIL_PER_MINUTE_PER_DOMAIN, settings.MAIL_PER_DAY = {"*": 3}, 1000
    few = cost_of_a_batch(10)
    OutgoingEmail.objects.update(state="pending", lease=None, booked=False, next_attempt_at=timezone.now())
    assert cost_of_a_batch(40) <= few <= 12


@pytest.mark.parametrize("text", ["gmail.com", "gmail.com=", "gmail.com=many", "=5", "*=0", "*=-1", "*=nan"])
def test_a_limit_that_is_not_understood_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="MAIL_PER_MINUTE_PER_DOMAIN"):
        mail_limits(text)


def test_limits_are_read():
    assert mail_limits(" Gmail.com=300, *=600,") == {"gmail.com": 300, "*": 600}
    assert mail_limits("") == {}
    with pytest.raises(ImproperlyConfigured, match="MAIL_PER_DAY"):
        not_negative("MAIL_PER_DAY", -1)
