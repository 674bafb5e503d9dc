"""One person's mail history, and why they got none."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import Event
from digests import services
from digests.models import (
    DigestRecipient,
    DigestRun,
    EndedReason,
    Follow,
    MailPreference,
    MailReport,
    OutgoingEmail,
    StaffDeed,
    Suppression,
)
from digests.staff import history
from digests.staff.explaining import Facts, explain
from digests.staff.history import why
from members.models import Organisation
from tests import factories
from tests.digests.staff.pages import page

pytestmark = pytest.mark.django_db

END = datetime(2026, 11, 24, 8, tzinfo=UTC)


def said(**facts):
    return explain(Facts(decided_at=END, **facts))


# --- The answer, from facts alone ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            {"state": "sent", "mail_state": "sent", "sent_at": END},
            "the mail server took it, on 24 November",
        ),
        ({"state": "gave_up", "mail_state": "failed", "error": "550 no"}, "it failed: 550 no"),
        ({"state": "nothing", "mail_state": "suppressed", "error": "Gone."}, "it was not sent: Gone."),
        ({"state": "planned", "mail_state": "pending", "error": "Refused"}, "The last try ended with: Refused"),
        ({"state": "planned", "mail_state": "sending"}, "on its way"),
        ({"state": "sent"}, "has been deleted since"),
        ({"state": "nothing", "follows": 1}, "Nothing new happened"),
        ({"state": "nothing", "follows": 1, "touched": 2, "own": 2}, "their own doing"),
        ({"state": "nothing", "follows": 1, "touched": 2, "own": 1, "told": 1}, "told in another mail already"),
        ({"state": "nothing", "follows": 1, "touched": 3, "told": 1}, "before they followed it"),
        ({"planned": False, "follows": 1}, "has not come to them yet"),
        ({"active": False, "follows": 1}, "closed or blocked"),
        ({"stopped_at": END - timedelta(days=1), "follows": 1}, "had stopped all mail about follows on 23 November"),
        ({"paused_until": date(2026, 12, 1), "follows": 1}, "put mail off until 1 December 2026"),
        ({"elsewhere": ["Every day at 8"]}, "what they follow comes Every day at 8"),
        ({"ended": 2}, "2 follows had ended before"),
        ({"later": 1}, "their first follow began later"),
        ({}, "They follow nothing."),
        ({"follows": 1, "covered": 1}, "An earlier run had covered this time"),
        ({"follows": 1}, "how often was changed in the meantime"),
        ({"follows": 1, "immediate": True}, "Nothing new happened"),
    ],
)
def test_each_reason_has_its_words(facts, words):
    assert words in said(**facts)


def test_what_was_stopped_later_explains_nothing():
    later = said(stopped_at=END + timedelta(hours=1), elsewhere=["Every day at 8"])
    assert "stopped" not in later


# --- From real rows ------------------------------------------------------------------------------


@pytest.fixture
def week(time_machine, reader, topic, council):
    time_machine.move_to("2026-11-19T12:00Z", tick=False)
    services.follow(person=reader, target=("topic", topic.pk))

    def ends():
        time_machine.move_to("2026-11-24T08:02Z", tick=False)
        services.plan_due_runs()
        services.send_waiting()
        return DigestRun.objects.get(cadence="weekly", window_end=END)

    return ends


@pytest.fixture
def news(week, topic, council, time_machine):
    time_machine.move_to("2026-11-20T12:00Z", tick=False)
    return factories.case_study(council, topics=[topic], title="A market in an empty shop")


def test_a_mail_that_came(week, reader, news):
    assert "took it, on 24 November 2026, 08:02" in why(reader, week())


def test_a_quiet_week(week, reader):
    assert why(reader, week()) == "Nothing new happened to what they follow."


def test_a_week_of_ones_own_doing(week, reader, news):
    Event.objects.filter(subject_id=news.pk).update(actor=reader)
    assert "their own doing" in why(reader, week())


def test_a_daily_mail_had_told_it(week, reader, news, council, time_machine):
    daily = services.follow(person=reader, target=("organisation", council.pk))
    services.set_follow_cadence(follow=daily, cadence="daily")
    Follow.objects.filter(pk=daily.pk).update(mailed_until="2026-11-20T00:00Z")
    time_machine.move_to("2026-11-21T08:02Z", tick=False)
    services.plan_due_runs()
    services.send_waiting()
    assert OutgoingEmail.objects.get().state == "sent"
    assert "told in another mail already" in why(reader, week())


def test_what_was_taken_back_before_the_mail_left(week, reader, news):
    news.unpublish()
    assert "it was not sent: Nothing is left that may be shown." in why(reader, week())


def test_stopped_ended_switched_and_strangers(week, reader, topic):
    follow = Follow.objects.get()
    services.set_follow_cadence(follow=follow, cadence="daily")
    stranger = factories.UserFactory()
    run = DigestRun.objects.create(cadence="weekly", window_start=END - timedelta(days=7), window_end=END)
    DigestRun.objects.filter(pk=run.pk).update(planned_at=END + timedelta(minutes=2))
    run.refresh_from_db()
    assert "comes Every day at 8" in why(reader, run)
    assert why(stranger, run) == "They follow nothing."
    services.stop_all_mail(person=reader)
    assert "had stopped all mail" in why(reader, run)
    services.resume_mail(person=reader)
    services.stop_follow(follow=follow, reason=EndedReason.LINK)
    assert "1 follow had ended before" in why(reader, run)


# --- The page ------------------------------------------------------------------------------------


def test_the_page_tells_it_all_and_the_look_is_written_down(client, operator, week, reader, news):
    council = Organisation.objects.get()
    gone = services.follow(person=reader, target=("organisation", council.pk))
    services.stop_follow(follow=gone, reason=EndedReason.LINK)
    week()
    mail = OutgoingEmail.objects.get()
    MailReport.objects.create(mail=mail, kind="transient", status="4.2.2", words="Mailbox full")
    Suppression.objects.create(address=reader.email, kind="soft", reason="4.2.2 Mailbox full")
    answer = client.get(reverse("mail_people"), {"q": "RHIAN@example.org"})
    assert answer["Location"] == reverse("mail_person", args=[reader.pk])
    text = page(client, "mail_person", reader.pk)
    for words in (
        "Mail of Rhian Reader",
        "Topic: Empty shops",
        "Stopped with the link in a mail",
        "Mail kept coming back",
        "4.2.2",
        mail.subject,
        "took it, on 24 November 2026, 08:02",
    ):
        assert words in text, words
    assert "A market in an empty shop" not in text.replace(mail.subject, ""), "what was in a mail is not shown"
    looked = StaffDeed.objects.get()
    assert (looked.by, looked.person, looked.what, looked.words) == (operator, reader, "looked", "mail history")


def test_each_further_run_costs_at_most_two_questions(operator, week, reader):
    services.follow(person=reader, target=("topic", factories.TopicFactory().pk))
    week()

    def cost():
        with CaptureQueriesContext(connection) as queries:
            told = history.of(reader)
            assert all(line.why for line in told.runs)
        return len(queries), len(told.runs)

    before, few = cost()
    for number in range(5):
        run = DigestRun.objects.create(
            cadence="weekly",
            window_start=END - timedelta(days=7, hours=number + 1),
            window_end=END - timedelta(hours=number + 1),
            planned_at=END,
        )
        DigestRecipient.objects.create(run=run, person=reader, state="nothing")
    after, many = cost()
    assert many == few + 5
    assert after - before <= 2 * 5


def test_one_day_can_be_asked_about(client, operator, week, reader):
    week()
    text = page(client, "mail_person", reader.pk, day="2026-11-24")
    assert "Nothing new happened to what they follow." in text
    assert "No digest run ended then." in page(client, "mail_person", reader.pk, day="2026-10-20")
    assert page(client, "mail_person", reader.pk, day="Tuesday")


def test_an_address_without_an_account(client, operator):
    Suppression.objects.create(address="nobody@example.org", kind="gone", reason="5.1.1 No such user")
    text = page(client, "mail_people", q="nobody@example.org")
    assert "Nobody has an account with nobody@example.org." in text
    assert "5.1.1 No such user" in text
    assert StaffDeed.objects.get().address == "nobody@example.org"


def test_the_list_of_people_leads_there(client, reader):
    client.force_login(factories.UserFactory(administrator=True))
    assert reverse("mail_person", args=[reader.pk]) in client.get("/cms/users/").content.decode()


def test_preferences_that_nobody_saved_are_the_defaults(client, operator, reader):
    assert not MailPreference.objects.exists()
    assert "How often Every Tuesday at 8" in page(client, "mail_person", reader.pk)
    assert not MailPreference.objects.exists()
