"""Notices to one person that come within ten minutes are one mail."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from core.delivery import deliver_all
from digests import services
from digests.models import MailPreference, OutgoingEmail
from digests.services import sending
from discussion.services import add_comment, delete_comment
from moderation import services as moderation
from tests import factories
from tests.digests.helpers import html_of, parsed, send_now, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-11-23T12:00Z", tick=False)
    return time_machine


@pytest.fixture
def study(council):
    return factories.case_study(council, title="Ivy House")


@pytest.fixture
def moderator(db):
    return factories.UserFactory(name="Morgan Moderator", moderator=True)


@pytest.fixture
def regular(council):
    return factories.member(council, name="Carys Highstreet", email="carys@example.org")


@pytest.fixture
def first(clock, study, reader, moderator):
    """The reader's comment, long published; and the mail about that is an hour old."""
    made = say(study, reader, "Did anyone count?", moderator)
    deliver_all(only="notices")
    services.send_waiting()
    outbox.outbox.clear()
    clock.shift(timedelta(hours=1))
    return made


def say(study, by, body, moderator, reply_to=None):
    made, verdict = add_comment(page=study, body=body, by=by, reply_to=reply_to)
    if not verdict.publish:
        moderation.decide_contribution(contribution=made, action="approve", by=moderator)
        made.refresh_from_db()
    return made


@pytest.fixture
def reply(first, study, regular, moderator):
    """Carys answers the reader."""
    return lambda body: say(study, regular, body, moderator, reply_to=first)


def to(reader):
    """Hand out the events and send; what the reader got."""
    before = len(outbox.outbox)
    deliver_all(only="notices")
    services.send_waiting()
    return [one for one in map(parsed, outbox.outbox[before:]) if one["To"] == reader.email]


def test_the_first_goes_at_once_and_the_next_wait_and_are_one_mail(clock, reply, study, reader):
    reply("We did.")
    (alone,) = to(reader)
    assert alone["Subject"] == "Carys Highstreet replied to you: Ivy House"
    clock.shift(timedelta(minutes=3))
    reply("Forty a week.")
    clock.shift(timedelta(minutes=3))
    reply("Less in winter.")
    assert to(reader) == []
    clock.shift(timedelta(minutes=3, seconds=59))
    assert to(reader) == []
    clock.shift(timedelta(seconds=1))
    (both,) = to(reader)
    assert both["Subject"] == "2 replies"
    for part in (text_of(both), html_of(both)):
        assert "Forty a week." in part
        assert "Less in winter." in part
        assert "We did." not in part
        assert part.count("#comment-") == 2
    assert text_of(both).startswith("1. Carys Highstreet replied to your comment on “Ivy House”.\n")
    assert both["In-Reply-To"] == f"<case_study-{study.pk}.thread@localhost>", "all about one thing"
    clock.shift(timedelta(hours=1))
    assert to(reader) == []
    assert set(OutgoingEmail.objects.values_list("state", flat=True)) == {"sent"}


def test_what_waits_together_when_nothing_was_sent_is_one_mail_at_once(reply, reader):
    for number in range(3):
        reply(f"Reply {number}")
    (message,) = to(reader)
    assert message["Subject"] == "3 replies"


def test_each_kind_says_its_own_and_has_its_own_way_out(reply, study, reader, moderator, client):
    reply("A reply.")
    told = {"action": "decline", "by": moderator, "reason": "promotion", "words": "This is an advert."}
    declined, taken_back = (
        moderation.decide_contribution(contribution=add_comment(page=study, body=body, by=reader)[0], **told)
        for body in ("Buy my vouchers", "Buy them now")
    )
    moderation.undo(decision=taken_back, by=moderator)
    (message,) = to(reader)
    assert message["Subject"] == "1 decision and 1 reply"
    for part in (text_of(message), html_of(message)):
        assert f"/appeal/{declined.pk}/" in part, "the way to appeal stands with the decision"
        assert "You can appeal once, until" in " ".join(part.split())
        assert f"/appeal/{taken_back.pk}/" not in part, "it was taken back before it was told"
        assert "A reply." in part
        assert "It promotes a product or service" in part
        assert "This is an advert." in part
        assert part.count("/following/stop/") == 1, "replies can be stopped, decisions cannot"
    assert message["List-Id"] == "Connected Localism <replies.localhost>"
    client.post(message["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000"))
    assert MailPreference.objects.get(person=reader).replies is False
    assert "In-Reply-To" not in message, "it is about two things"


def test_one_click_on_a_mixed_mail_stops_the_kinds_in_it_and_no_other(reader, client):
    from digests import tokens

    link = tokens.stop_link(person=reader.pk, what=tokens.several(["replies", "adoptions"]))
    path = link.removeprefix("http://localhost:8000")
    assert "Stop mail about all kinds of things that were in this one?" in client.get(path).content.decode()
    assert not MailPreference.objects.filter(person=reader, replies=False).exists(), "looking stops nothing"
    assert client.post(path).status_code == 200
    preference = MailPreference.objects.get(person=reader)
    assert (preference.replies, preference.adoptions, preference.questions) == (False, False, True)
    forged = tokens.stop_link(person=reader.pk, what="replies+everything").removeprefix("http://localhost:8000")
    assert client.post(forged).status_code == 404


def test_only_decisions_together_cannot_be_unsubscribed(study, reader, moderator):
    for body in ("Buy my vouchers", "Buy my leaflets"):
        held, _verdict = add_comment(page=study, body=body, by=reader)
        moderation.decide_contribution(
            contribution=held, action="decline", by=moderator, reason="promotion", words="An advert."
        )
    (message,) = to(reader)
    assert message["Subject"] == "2 decisions"
    assert "List-Unsubscribe" not in message
    assert "/following/stop/" not in message.as_string()


def test_other_people_do_not_wait(reply, study, reader, regular, moderator):
    reply("We did.")
    to(reader)
    second = say(study, regular, "And you?", moderator)
    say(study, reader, "Not yet.", moderator, reply_to=second)
    assert len(to(regular)) == 1


def test_what_was_removed_while_it_waited_is_not_in_the_mail(reply, reader, regular):
    made = [reply(f"Reply {number}") for number in range(3)]
    deliver_all(only="notices")
    delete_comment(comment=made[0], by=regular)
    delete_comment(comment=made[2], by=regular)
    (message,) = to(reader)
    assert message["Subject"] == "Carys Highstreet replied to you: Ivy House", "one is left, and stands as one"
    assert "Reply 1" in text_of(message)
    assert OutgoingEmail.objects.get(kind="reply", payload__comment=made[2].pk).state == "suppressed"


def test_nothing_left_is_no_mail(reply, reader, regular):
    made = [reply(f"Reply {number}") for number in range(2)]
    deliver_all(only="notices")
    for one in made:
        delete_comment(comment=one, by=regular)
    assert to(reader) == []
    assert set(OutgoingEmail.objects.filter(kind="reply").values_list("state", flat=True)) == {"suppressed"}


def test_a_bundle_whose_worker_dies_goes_out_again_as_it_was(clock, reply, reader, monkeypatch):
    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    for number in range(2):
        reply(f"Reply {number}")
    deliver_all(only="notices")
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_sent", killed)
        with pytest.raises(KeyboardInterrupt):
            services.send_waiting()
    reply("Reply of afterwards")
    assert to(reader) == [], "the lease holds, and the newer one waits for it"
    clock.shift(timedelta(minutes=11))
    (again,) = to(reader)
    before = parsed(outbox.outbox[0])
    assert again["Message-ID"] == before["Message-ID"]
    assert again["Subject"] == before["Subject"] == "2 replies"
    clock.shift(timedelta(minutes=10))
    (rest,) = to(reader)
    assert "Reply of afterwards" in text_of(rest)
    assert set(OutgoingEmail.objects.values_list("state", flat=True)) == {"sent"}


def test_two_workers_at_once_make_one_mail(reply, reader):
    for number in range(4):
        reply(f"Reply {number}")
    deliver_all(only="notices")
    _one, mine = sending.claim(size=1)
    _other, others = sending.claim(size=10)
    assert [mail.person_id for mail in mine] == [reader.pk]
    assert others == []
    assert OutgoingEmail.objects.along_with(mine[0]).count() == 3


def test_what_comes_while_one_is_on_its_way_waits_for_it(reply):
    reply("Reply 1")
    deliver_all(only="notices")
    sending.claim(size=10)
    reply("Reply 2")
    deliver_all(only="notices")
    assert sending.claim(size=10)[1] == []


def test_a_mail_that_keeps_failing_does_not_hold_up_the_others(reply, reader):
    reply("Reply 1")
    deliver_all(only="notices")
    _lease, (failing,) = sending.claim(size=10)
    OutgoingEmail.objects.filter(pk=failing.pk).update(
        state="pending", lease=None, attempts=1, next_attempt_at=timezone.now() + timedelta(hours=6)
    )
    reply("Reply 2")
    (message,) = to(reader)
    assert "Reply 2" in text_of(message)


def test_one_that_cannot_be_written_spoils_only_itself(clock, reply, reader, monkeypatch):
    from digests.rendering import notices

    made = [reply(f"Reply {number}") for number in range(4)]
    write = notices._reply

    def broken(mail, story, **kwargs):
        if mail.payload["comment"] in {made[0].pk, made[2].pk}:
            raise ZeroDivisionError("a bug")
        return write(mail, story, **kwargs)

    monkeypatch.setattr(notices, "_reply", broken)
    told = []
    for _ in range(12):
        told += to(reader)
        clock.shift(timedelta(minutes=11))
    text = "".join(map(text_of, told))
    assert (text.count("Reply 1"), text.count("Reply 3")) == (1, 1)
    monkeypatch.undo()
    for _ in range(12):
        told += to(reader)
        clock.shift(timedelta(hours=7))
    text = "".join(map(text_of, told))
    assert all(text.count(f"Reply {number}") == 1 for number in range(4))


def test_what_was_told_in_one_mail_is_not_told_again_in_the_digest(reply, study, reader):
    services.follow(person=reader, target=("case_study", study.pk))
    for number in range(3):
        reply(f"Reply {number}")
    assert len(to(reader)) == 1
    assert send_now() == []


def test_what_failed_together_is_told_in_the_digest(clock, reply, study, reader):
    services.follow(person=reader, target=("case_study", study.pk))
    clock.shift(timedelta(minutes=1))
    for number in range(2):
        reply(f"Reply {number}")
    deliver_all(only="notices")
    lease, (mail,) = sending.claim(size=10)
    sending._stamp(lease, mail, state="failed", error="554 no")
    assert set(OutgoingEmail.objects.filter(kind="reply").values_list("state", flat=True)) == {"failed"}
    clock.shift(timedelta(minutes=1))
    (message,) = send_now()
    assert "Reply 1" in text_of(message)
    assert "Reply 0" in text_of(message)


def test_a_bundle_that_waits_to_be_tried_again_keeps_its_parts(reply, reader):
    for number in range(2):
        reply(f"Reply {number}")
    deliver_all(only="notices")
    lease, mails = sending.claim(size=10)
    OutgoingEmail.objects.filter(lease=lease).update(state="pending", lease=None)
    (message,) = to(reader)
    assert message["Message-ID"] == mails[0].message_id
    assert message["Subject"] == "2 replies"


def test_more_than_fit_into_one_mail_are_two_and_none_is_lost(clock, reply, reader):
    for number in range(23):
        reply(f"Reply number {number:02}.")
    (full,) = to(reader)
    assert full["Subject"] == "20 replies"
    assert len(html_of(full).encode()) < 100_000
    clock.shift(timedelta(minutes=10))
    (rest,) = to(reader)
    assert rest["Subject"] == "3 replies"
    text = text_of(full) + text_of(rest)
    assert all(text.count(f"Reply number {number:02}.") == 1 for number in range(23))


def test_mails_about_signing_in_and_digests_are_never_bundled():
    from digests.models.mail import NOTICES, MailKind

    assert NOTICES.isdisjoint({MailKind.ACCOUNT, MailKind.ADDRESS, MailKind.FOLLOW, MailKind.DIGEST, MailKind.QUESTION})


def test_bundling_costs_a_batch_the_same_for_few_and_for_many(study, council, moderator):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    author = factories.member(council)

    def cost(people):
        mine = [say(study, author, f"Question {n}", moderator) for n in range(2)]
        OutgoingEmail.objects.all().delete()
        for person in factories.UserFactory.create_batch(people):
            services.queue_mails(
                [
                    services.Wanted(
                        key=f"reply:{one.pk}:{person.pk}",
                        kind="reply",
                        person_id=person.pk,
                        payload={"comment": one.pk},
                    )
                    for one in mine
                ]
            )
        with CaptureQueriesContext(connection) as queries:
            _lease, mails = sending.claim(size=100)
        assert len(mails) == people
        with CaptureQueriesContext(connection) as written:
            sending.write(mails)
        return len(queries), len(written)

    cost(1)
    assert cost(2) == cost(20)


def test_a_digest_is_no_concern_of_bundling(reader, council):
    services.follow(person=reader, target=("organisation", council.pk))
    factories.case_study(council)
    services.plan_now(cadence="weekly")
    _lease, (mail,) = sending.claim(size=10)
    assert (mail.kind, mail.carrier_id) == ("digest", None)


def test_where_notices_are_not_to_wait_each_goes_as_soon_as_it_is_there(settings, reply, reader):
    settings.NOTICES_TOGETHER_MINUTES = 0
    for words in ("One answer.", "Another answer."):
        reply(words)
        (message,) = to(reader)
        assert words in text_of(message)
