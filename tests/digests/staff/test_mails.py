"""The outbox: finding a mail, why it stands still, having it tried again or set aside."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from digests import services, tokens
from digests.models import DigestRecipient, DigestRun, MailPace, OutgoingEmail, StaffDeed
from digests.staff import mails
from tests import factories
from tests.digests.helpers import send_now
from tests.digests.staff.pages import page

pytestmark = pytest.mark.django_db


def mail(key, person=None, **values):
    ago = values.pop("ago", timedelta(0))
    row = OutgoingEmail.objects.create(
        key=key, person=person, message_id=f"<{key}@x>", **{"kind": "digest", "state": "pending", **values}
    )
    moment = timezone.now() - ago
    OutgoingEmail.objects.filter(pk=row.pk).update(created_at=moment)
    return row


def keys(**wish):
    return {one.key for one in mails.mails(wish)}


@pytest.fixture
def some(reader):
    other = factories.UserFactory(email="Odd@Other.test")
    return {
        "sent": mail("digest:1:1", reader, state="sent", address="rhian@example.org", subject="3 new"),
        "old": mail("digest:2:1", reader, state="sent", address="old@before.test", ago=timedelta(days=9)),
        "failed": mail("digest:1:2", other, state="failed", error="550 5.7.1 Refused", attempts=1),
        "visitor": mail("follow:1", kind="follow", address="new@visitor.test"),
        "stuck": mail(
            "decision:1:1", reader, kind="decision", error="Connection refused", ago=timedelta(hours=20),
        ),
    }  # fmt: skip


def test_a_mail_is_found_by_state_kind_domain_time_and_key(some):
    assert keys(state="failed") == {"digest:1:2"}
    assert keys(kind="follow") == {"follow:1"}
    assert keys(domain="other.test") == {"digest:1:2"}
    assert keys(domain="@visitor.test") == {"follow:1"}
    assert keys(q="digest:1:") == {"digest:1:1", "digest:1:2"}
    week_ago = timezone.localdate() - timedelta(days=7)
    assert keys(until=week_ago.isoformat()) == {"digest:2:1"}
    assert "digest:2:1" not in keys(since=week_ago.isoformat())


def test_an_address_finds_what_went_to_it_and_what_its_person_got_at_another(some):
    assert keys(q="RHIAN@example.org") == {"digest:1:1", "digest:2:1", "decision:1:1"}
    assert keys(q="old@before.test") == {"digest:2:1"}
    assert keys(q="NEW@visitor.test") == {"follow:1"}
    assert keys(q="odd@other.test") == {"digest:1:2"}


def test_stuck_is_what_should_have_left_and_not_what_waits_for_its_hour(some, reader):
    now = timezone.now()
    later = mail("digest:9:1", reader, ago=timedelta(hours=20))
    OutgoingEmail.objects.filter(pk=later.pk).update(next_attempt_at=now + timedelta(hours=2))
    assert keys(state="stuck") == {"decision:1:1"}
    OutgoingEmail.objects.filter(pk=later.pk).update(next_attempt_at=now)
    assert keys(state="stuck") == {"decision:1:1", "digest:9:1"}


def test_the_list_says_why_and_never_what_is_in_it(client, operator, some, reader):
    OutgoingEmail.objects.update(text="Secret words", html="<p>Secret words</p>", payload={"secret": "Secret words"})
    said = page(client, "mail_mails")
    assert "550 5.7.1 Refused" in said
    assert "Digest: 3 new" in said
    for one in some.values():
        said += page(client, "mail_mail", one.pk)
    assert "Secret words" not in said


def test_a_look_at_somebodys_mail_is_written_down(client, operator, some, reader):
    page(client, "mail_mails")
    assert not StaffDeed.objects.exists(), "the list of everything is nobody's"
    page(client, "mail_mails", q="rhian@example.org")
    page(client, "mail_mail", some["sent"].pk)
    assert [(one.by, one.what, one.address) for one in StaffDeed.objects.all()] == [
        (operator, "looked", "rhian@example.org")
    ] * 2


def test_the_headers_of_a_mail_give_nobody_the_right_to_stop_it(client, operator, topic, council, reader):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic])
    (sent,) = send_now()
    assert "/following/stop/" in sent["List-Unsubscribe"]
    token = sent["List-Unsubscribe"].split("/following/stop/")[1].split("/")[0]
    assert tokens.read_stop(token).person == reader.pk
    said = page(client, "mail_mail", OutgoingEmail.objects.get().pk)
    assert token not in said
    assert "/following/stop/…/" in said
    assert sent["Message-ID"] in said


def test_pages_go_by_number_and_cost_the_same(client, operator, reader, monkeypatch):
    monkeypatch.setattr(mails, "PAGE_SIZE", 3)
    monkeypatch.setattr(mails, "MOST_COUNTED", 5)
    made = [mail(f"digest:{number}:1", reader).pk for number in range(8)]
    everything = mails.mails({})
    first = mails.page_of(everything)
    assert [row.pk for row in first.rows] == made[:-4:-1]
    assert (first.newer, first.older, first.too_many) == (None, made[5], True)
    second = mails.page_of(everything, before=first.older)
    assert [row.pk for row in second.rows] == [made[4], made[3], made[2]]
    assert [row.pk for row in mails.page_of(everything, after=second.newer).rows] == [row.pk for row in first.rows]
    assert mails.page_of(everything, before=made[2]).older is None
    assert "More than 5 mails." in page(client, "mail_mails")

    def cost(**params):
        with CaptureQueriesContext(connection) as queries:
            page(client, "mail_mails", **params)
        assert not [one for one in queries if '"html"' in one["sql"]], "bodies are not read"
        return len(queries)

    assert cost() == cost(before=made[1]) == cost(after=made[3])


def test_odd_filters_and_places_are_no_error(client, operator, some):
    for params in (
        {"state": "x"},
        {"before": "-1"},
        {"after": "9" * 30},
        {"since": "yesterday"},
        {"run": "0"},
        {"q": "%"},
    ):
        page(client, "mail_mails", **params)


# --- Trying again --------------------------------------------------------------------------------


@pytest.fixture
def planned(reader, topic, council):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic])
    return services.plan_now(cadence="weekly")


def test_a_failed_mail_is_tried_again_with_its_message_id(client, operator, reader, planned, mailoutbox):
    OutgoingEmail.objects.update(state="failed", attempts=8, error="451 4.3.0 Try later")
    DigestRecipient.objects.update(state="gave_up")
    row = OutgoingEmail.objects.get()
    address = reverse("mail_change", args=[row.pk, "again"])
    assert client.get(address).status_code == 200
    row.refresh_from_db()
    assert row.state == "failed", "a GET changes nothing"
    client.post(address)
    services.send_waiting()
    assert [message.extra_headers["Message-ID"] for message in mailoutbox] == [row.message_id]
    assert DigestRecipient.objects.get().state == "sent"
    deed = StaffDeed.objects.get(what="retried")
    assert (deed.by, deed.person, deed.mails) == (operator, reader, 1)


def test_what_is_worth_nothing_any_more_is_not_tried_again(client, operator, reader):
    past = timezone.now() - timedelta(minutes=1)
    late = mail("account:1", reader, kind="ask", state="failed", worthless_after=past)
    erased = mail("account:2", reader, kind="account", state="failed")
    forgotten = mail("digest:3:1", reader, state="failed", forgotten_at=past)
    fresh = mail("digest:4:1", reader)
    sent = mail("digest:5:1", reader, state="sent")
    for one in (late, erased, forgotten, fresh, sent):
        assert "Try again" not in page(client, "mail_mail", one.pk), one.key
        client.post(reverse("mail_change", args=[one.pk, "again"]))
    assert not StaffDeed.objects.filter(what="retried").exists()
    late.refresh_from_db()
    assert late.state == "failed"


def test_all_of_a_filter_are_tried_again_in_batches(
    client, operator, reader, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(mails, "BATCH", 2)
    for number in range(5):
        mail(f"digest:{number}:1", reader, state="failed", error="550 no", attempts=3)
    other = mail("reply:1", reader, kind="reply", state="failed")
    address = reverse("mail_change_all", args=["again"]) + "?state=failed&kind=digest"
    said = client.get(address).content.decode()
    assert "This concerns 5 mails." in said
    assert not StaffDeed.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address).status_code == 302
    mails.work_off()
    assert OutgoingEmail.objects.filter(state="pending", attempts=0, kind="digest").count() == 5
    other.refresh_from_db()
    assert other.state == "failed"
    deed = StaffDeed.objects.get()
    assert (deed.mails, deed.finished_at is not None) == (5, True)
    assert mails.work_off() == 0


def test_a_worker_that_dies_between_batches_is_taken_over(operator, reader, monkeypatch):
    monkeypatch.setattr(mails, "BATCH", 2)
    for number in range(5):
        mail(f"digest:{number}:1", reader, state="failed")
    mails.ask_for(what="retried", wish={"state": "failed"}, by=operator)
    assert mails._work_off_batch() == 2
    later = mail("digest:9:1", reader, state="failed")
    assert mails.work_off() == 3
    later.refresh_from_db()
    assert later.state == "failed", "what failed afterwards is another decision"


def test_everything_at_once_needs_a_filter(client, operator):
    assert client.get(reverse("mail_change_all", args=["again"])).status_code == 404
    assert client.post(reverse("mail_change_all", args=["aside"]), {"words": "x"}).status_code == 404


def test_mail_is_set_aside_with_a_reason_and_its_recipient_is_told(client, operator, reader):
    row = mail("digest:1:1", reader, error="Connection refused")
    now = timezone.now()
    run = DigestRun.objects.create(cadence="daily", window_start=now - timedelta(days=1), window_end=now)
    DigestRecipient.objects.create(run=run, person=reader, state="planned", email=row)
    address = reverse("mail_change", args=[row.pk, "aside"])
    assert client.post(address, {"words": ""}).status_code == 200, "a reason is asked for"
    client.post(address, {"words": "Wrong news"})
    row.refresh_from_db()
    assert (row.state, row.error) == ("suppressed", "Set aside by staff: Wrong news")
    assert DigestRecipient.objects.get().state == "gave_up"
    assert services.send_waiting().sent == 0
    assert "Wrong news" in page(client, "mail_deeds")


def test_a_mail_in_a_workers_hands_stays_there(client, operator, reader):
    held = mail("digest:1:1", reader, state="sending", leased_until=timezone.now() + timedelta(minutes=5))
    client.post(reverse("mail_change", args=[held.pk, "aside"]), {"words": "Now"})
    held.refresh_from_db()
    assert held.state == "sending"


def test_only_administrators_read_what_others_did(client, operator):
    colleague = factories.UserFactory(name="Cai Colleague", operator=True)
    StaffDeed.objects.create(by=colleague, what="looked", address="seen@example.org")
    assert "seen@example.org" not in page(client, "mail_deeds")
    client.force_login(factories.UserFactory(administrator=True))
    assert "Cai Colleague" in page(client, "mail_deeds")


def test_a_domain_that_asked_for_less_is_said(client, operator):
    now = timezone.now()
    MailPace.objects.create(domain="slow.test", closed_until=now + timedelta(minutes=9), said="421 4.7.0 Try later")
    MailPace.objects.create(domain="open.test", closed_until=now - timedelta(minutes=9), said="421 long ago")
    said = page(client, "mail_mails")
    assert "Mail to slow.test is held back until" in said
    assert "421 4.7.0 Try later" in said
    assert "open.test" not in said
