"""What is forgotten, when, and what stays: words after 30 days, people who left after 28, history after a year."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import account_of_mailbox
from digests import services, tokens
from digests.models import (
    AllowedAgain,
    DigestEvent,
    DigestRecipient,
    DigestRun,
    Follow,
    MailPace,
    MailPreference,
    MailReport,
    OutgoingEmail,
    RetentionRun,
    StaffDeed,
    Suppression,
)
from digests.models.mail import new_message_id
from digests.services import retention
from digests.tasks import forget_mail
from tests import factories
from tests.digests.helpers import send_now

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def ago(days):
    return timezone.now() - days * DAY


def mail(person=None, *, days=0, address="somebody@example.org", state="sent", **fields):
    number = OutgoingEmail.objects.count()
    return OutgoingEmail.objects.create(
        key=f"mail{number}",
        kind="decision",
        person=person,
        address=address,
        message_id=new_message_id(),
        state=state,
        created_at=ago(days),
        sent_at=ago(days) if state == "sent" else None,
        **{"text": "Words", "html": "<p>Words</p>", "headers": {"List-Id": "x"}, **fields},
    )


@pytest.fixture
def subscriber(topic):
    """Somebody who has confirmed a follow by mail, and stopped it 29 days ago."""
    person = account_of_mailbox(address="sub@example.org", language="en")
    User.objects.filter(pk=person.pk).update(date_joined=ago(90))
    found = services.follow(person=person, target=("topic", topic.pk))
    services.stop_follow(follow=found, reason="link")
    Follow.objects.filter(pk=found.pk).update(created_at=ago(90), ended_at=ago(29))
    person.refresh_from_db()
    return person


def exists(person):
    return User.objects.filter(pk=person.pk).exists()


def test_words_go_after_thirty_days_and_what_keeps_it_once_stays(reader):
    old, young = mail(reader, days=31), mail(reader, days=29)
    failed, waiting = mail(reader, days=31, state="failed"), mail(reader, days=31, state="pending")
    services.forget_mail()
    for one in (old, failed):
        one.refresh_from_db()
        assert (one.text, one.html, one.headers) == ("", "", {})
        assert one.forgotten_at is not None
        assert (one.person, one.message_id[0]) == (reader, "<")
    for one in (young, waiting):
        one.refresh_from_db()
        assert (one.text, one.forgotten_at) == ("Words", None)


def test_a_digest_whose_words_are_gone_can_still_be_read(reader, topic, council, time_machine):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, title="Market hall", topics=[topic])
    send_now()
    time_machine.move_to(timezone.now() + 40 * DAY)
    services.forget_mail()
    found = OutgoingEmail.objects.get()
    assert found.html == ""
    answer = Client().get(reverse("read_mail", args=[tokens.mail_token(found.pk)]))
    assert "Market hall" in answer.content.decode()


def test_a_subscriber_who_left_is_erased_with_everything_that_named_them(subscriber):
    sent = mail(subscriber, days=40, address="sub@example.org", error="550 sub@example.org")
    MailReport.objects.create(mail=sent, kind="transient", words="to sub@example.org")
    Suppression.objects.create(address="SUB@example.org", kind="complaint", reason="abuse", mail=sent)
    MailPreference.objects.create(person=subscriber)
    services.forget_mail()
    assert not exists(subscriber)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.startswith(("digests_", "account", "accounts_")):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables' names
                assert "sub@example.org" not in str(cursor.fetchall()).lower(), table


def test_nobody_is_erased_before_28_days(subscriber):
    Follow.objects.update(ended_at=ago(27))
    services.forget_mail()
    assert exists(subscriber)


def test_somebody_who_stopped_all_mail_left_as_well(subscriber):
    Follow.objects.update(ended_at=None)
    services.forget_mail()
    assert exists(subscriber), "still follows"
    MailPreference.objects.create(person=subscriber, stopped_at=ago(29))
    services.forget_mail()
    assert not exists(subscriber)


def comes_back(person, topic, council):
    person.last_login = ago(3)
    person.save()


def has_a_password(person, topic, council):
    person.set_password("correct horse battery")
    person.save()


def is_a_member(person, topic, council):
    from members.models import Membership

    Membership.objects.create(person=person, organisation=council)


def wrote_something(person, topic, council):
    factories.ask(author=person)


def follows_something_else(person, topic, council):
    services.follow(person=person, target=("organisation", council.pk))


def works_here(person, topic, council):
    person.is_staff = True
    person.save()


@pytest.mark.parametrize(
    "deed", [comes_back, has_a_password, is_a_member, wrote_something, follows_something_else, works_here]
)
def test_whoever_does_more_than_follow_is_not_touched(subscriber, topic, council, deed):
    deed(subscriber, topic, council)
    letter = mail(subscriber, days=29, address="sub@example.org")
    services.forget_mail()
    assert exists(subscriber)
    letter.refresh_from_db()
    assert letter.address == "sub@example.org"


def test_somebody_who_never_followed_is_not_ours_to_erase():
    person = account_of_mailbox(address="new@example.org", language="en")
    User.objects.update(date_joined=ago(90))
    services.forget_mail()
    assert exists(person)


def test_everything_that_may_ever_name_a_person_keeps_them():
    """A model that somebody adds is among them by itself, unless it is said to be of followers only."""
    named = {f"{model._meta.label_lower}.{field}" for model, field in retention._what_names_people()}
    assert {"members.membership.person", "discussion.comment.author", "mfa.authenticator.user"} <= named
    assert {"core.event.actor", "moderation.decision.moderator", "wagtailcore.page.owner"} <= named
    assert not named & retention.OF_FOLLOWERS


def test_addresses_of_closed_accounts_are_erased_and_the_rows_stay(reader):
    reader.is_active = False
    reader.save()
    old = mail(reader, days=29, address=reader.email, error=f"550 {reader.email}")
    MailReport.objects.create(mail=old, kind="permanent", words=reader.email)
    Suppression.objects.create(address=reader.email, reason="gone", since=ago(29))
    services.forget_mail()
    old.refresh_from_db()
    assert (old.address, old.error, old.reports.get().words) == ("", "", "")
    assert not Suppression.objects.exists()


def test_addresses_that_never_became_an_account_go(reader):
    old, young = mail(days=29, address="visitor@example.org"), mail(days=2, address="visitor@example.org")
    for address, kind, days in [
        ("nobody@example.org", "gone", 29),
        ("angry@example.org", "complaint", 29),
        ("longago@example.org", "complaint", 366),
        (reader.email.upper(), "gone", 400),
    ]:
        Suppression.objects.create(address=address, kind=kind, reason="x", since=ago(days))
    for address, days in [("mended@example.org", 29), ("lately@example.org", 27), (reader.email, 400)]:
        AllowedAgain.objects.create(address=address, how="staff", at=ago(days))
    looked = StaffDeed.objects.create(what="looked", address="visitor@example.org", at=ago(29), finished_at=ago(29))
    services.forget_mail()
    assert list(OutgoingEmail.objects.all()) == [young] != [old]
    looked.refresh_from_db()
    assert looked.address == ""
    assert set(Suppression.objects.values_list("address", flat=True)) == {"angry@example.org", "RHIAN@EXAMPLE.ORG"}
    assert set(AllowedAgain.objects.values_list("address", flat=True)) == {"lately@example.org", reader.email}


def test_history_is_kept_for_a_year(reader, council):
    kept, gone = [], []
    for days, where in ((370, gone), (300, kept)):
        run = DigestRun.objects.create(cadence="weekly", window_start=ago(days + 7), window_end=ago(days))
        letter = mail(reader, days=days)
        DigestRecipient.objects.create(run=run, person=reader, state="sent", email=letter)
        where += [run, letter]
    MailPace.objects.create(domain="small.example", sends_at=ago(40))
    MailPace.objects.create(domain="gmail.example", sends_at=ago(1))
    factories.case_study(council)
    services.plan_now(cadence="weekly")
    DigestEvent.objects.update(at=ago(370))
    services.forget_mail()
    assert set(DigestRun.objects.filter(pk__in=[kept[0].pk, gone[0].pk])) == {kept[0]}
    assert list(OutgoingEmail.objects.all()) == [kept[1]]
    assert not DigestEvent.objects.exists()
    assert list(MailPace.objects.values_list("domain", flat=True)) == ["gmail.example"]


def test_what_was_done_is_recorded_and_a_second_run_finds_nothing(subscriber, reader):
    mail(reader, days=31)
    forget_mail()
    first = RetentionRun.objects.get()
    assert first.done == {"words of mails": 1, "people who left": 1}
    assert first.finished_at is not None
    assert services.forget_mail().done == {}


def test_out_of_time_the_next_run_goes_on(reader, monkeypatch):
    for _ in range(5):
        mail(reader, days=31)
    monkeypatch.setattr(retention, "BATCH", 2)
    clock = iter([0, *[retention.WORK.total_seconds() - 1] * 2, *[10_000] * 100])
    monkeypatch.setattr(retention.time, "monotonic", lambda: next(clock))
    run = services.forget_mail()
    assert (run.done, run.finished_at) == ({"words of mails": 4}, None)
    monkeypatch.undo()
    run = services.forget_mail()
    assert run.done == {"words of mails": 1}
    assert run.finished_at is not None


def test_a_batch_costs_the_same_for_few_and_for_many(reader):
    def cost(mails):
        for _ in range(mails):
            mail(reader, days=31)
        with CaptureQueriesContext(connection) as queries:
            services.forget_mail()
        return len(queries)

    assert cost(2) == cost(30)


def test_the_command_says_what_it_would_do_and_does_it(subscriber, capsys):
    call_command("forget_mail", "--dry-run")
    assert capsys.readouterr().out == "1 people who left\n"
    assert exists(subscriber)
    call_command("forget_mail")
    assert capsys.readouterr().out == "1 people who left\n"
    assert not exists(subscriber)
    call_command("forget_mail")
    assert capsys.readouterr().out == "Nothing is due.\n"


@pytest.mark.parametrize("what", ["all", "replies", "17"])
def test_the_stop_link_of_somebody_who_was_erased_says_so_calmly(subscriber, what):
    token = tokens.stop_token(person=subscriber.pk, what=what)
    services.forget_mail()
    strict = Client(enforce_csrf_checks=True)
    for answer in (strict.get(reverse("stop_mail", args=[token])), strict.post(reverse("stop_mail", args=[token]))):
        assert answer.status_code == 200
        assert "Your address has been erased here" in answer.content.decode()
    assert not MailPreference.objects.exists()
