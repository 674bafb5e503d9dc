"""No mail until a day; it starts again by itself, and what happened meanwhile is not sent afterwards."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import User
from digests import services
from digests.models import Follow, MailPreference, OutgoingEmail
from tests import factories
from tests.digests.helpers import send_now

pytestmark = pytest.mark.django_db
# A Monday. Weekly digests leave on Tuesdays at 8.
NOON = "2026-11-23T12:00Z"


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def follow(reader, topic):
    return services.follow(person=reader, target=("topic", topic.pk), cadence="daily")


@pytest.fixture
def news(topic, council, time_machine):
    """Something happens, and a second goes by."""

    def happens(title="News"):
        factories.case_study(council, title=title, topics=[topic])
        time_machine.shift(1)

    return happens


def run():
    """All that is due at this moment, sent."""
    from django.core import mail as outbox

    before = len(outbox.outbox)
    services.plan_due_runs()
    services.send_waiting()
    return [message.subject for message in outbox.outbox[before:]]


def test_a_paused_reader_gets_nothing_and_then_only_what_is_new(follow, reader, topic, council, time_machine):
    services.pause_mail(person=reader, until=date(2026, 12, 1))
    factories.case_study(council, title="During the pause", topics=[topic])
    time_machine.move_to("2026-11-24T08:05Z", tick=False)
    assert run() == []
    time_machine.move_to("2026-11-30T23:59Z", tick=False)
    factories.case_study(council, title="Last minute of the pause", topics=[topic])
    time_machine.move_to("2026-12-01T00:01Z", tick=False)
    factories.case_study(council, title="First minute after it", topics=[topic])
    time_machine.move_to("2026-12-01T08:05Z", tick=False)
    (subject,) = run()
    assert "First minute after it" in subject
    assert "pause" not in subject
    time_machine.move_to("2026-12-02T08:05Z", tick=False)
    assert run() == []


def test_the_pause_ends_when_the_day_begins_in_london(follow, reader, time_machine):
    time_machine.move_to("2026-06-01T12:00Z", tick=False)
    services.pause_mail(person=reader, until=date(2026, 6, 3))
    follow.refresh_from_db()
    assert follow.mailed_until.isoformat() == "2026-06-02T23:00:00+00:00"


def test_what_waits_to_be_sent_is_not_sent_after_all(follow, reader, news):
    news()
    services.plan_now(cadence="daily")
    services.pause_mail(person=reader, until=date(2026, 12, 1))
    assert services.send_waiting().sent == 0
    assert OutgoingEmail.objects.get().state == "suppressed"


def test_others_get_their_mail(follow, reader, topic, news):
    services.follow(person=factories.UserFactory(email="other@example.org"), target=("topic", topic.pk))
    services.pause_mail(person=reader, until=date(2026, 12, 1))
    news()
    assert [message["To"] for message in [*send_now("daily"), *send_now("weekly")]] == ["other@example.org"]


def test_a_pause_is_made_longer_shorter_and_ended(follow, reader, news):
    services.pause_mail(person=reader, until=date(2027, 6, 1))
    services.pause_mail(person=reader, until=date(2026, 11, 30))
    follow.refresh_from_db()
    assert follow.mailed_until.date() == date(2026, 11, 30)
    news("During the pause")
    services.end_pause(person=reader)
    assert send_now("daily") == []
    news("After it")
    (message,) = send_now("daily")
    assert "After it" in str(message["Subject"])


def test_what_is_followed_or_changed_during_a_pause_waits_for_its_end_too(reader, council, follow, news):
    services.pause_mail(person=reader, until=date(2026, 12, 1))
    later = services.follow(person=reader, target=("organisation", council.pk))
    services.set_follow_cadence(follow=follow, cadence="off")
    services.set_follow_cadence(follow=follow, cadence="daily")
    services.set_default_cadence(person=reader, cadence="off")
    services.set_default_cadence(person=reader, cadence="daily")
    services.stop_all_mail(person=reader)
    services.resume_mail(person=reader)
    for one in Follow.objects.all():
        assert one.mailed_until.date() == date(2026, 12, 1), one
    assert later.mailed_until.date() == date(2026, 12, 1)
    news()
    assert send_now("daily") == []


def test_ending_a_pause_that_is_over_loses_nothing(follow, reader, news, time_machine):
    services.pause_mail(person=reader, until=date(2026, 11, 24))
    time_machine.move_to("2026-11-24T12:00Z", tick=False)
    news()
    services.end_pause(person=reader)
    assert len(send_now("daily")) == 1


@pytest.mark.parametrize(
    ("chosen", "until"),
    [
        ({"how_long": "week"}, date(2026, 11, 30)),
        ({"how_long": "two_weeks"}, date(2026, 12, 7)),
        ({"how_long": "month"}, date(2026, 12, 23)),
        ({"how_long": "date", "day_0": "7", "day_1": "1", "day_2": "2027"}, date(2027, 1, 7)),
        ({"how_long": "week", "day_0": "99", "day_1": "", "day_2": ""}, date(2026, 11, 30)),
    ],
)
def test_the_page_pauses_until_a_day_and_says_so(client, reader, follow, chosen, until):
    client.force_login(reader)
    assert client.post(reverse("pause_mail"), chosen)["Location"] == reverse("following")
    assert MailPreference.objects.get().paused_until == until
    html = client.get(reverse("following")).content.decode()
    assert f"is paused until {until:%A} {until.day} {until:%B %Y}" in html
    assert "is not sent afterwards" in html
    client.post(reverse("pause_mail"), {"do": "end"})
    assert MailPreference.objects.get().paused_until is None
    assert "is paused until" not in client.get(reverse("following")).content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("23", "11", "2026"), "Give a day after today"),
        (("1", "1", "2020"), "Give a day after today"),
        (("25", "11", "2027"), "A pause can last a year at most"),
        (("31", "2", "2027"), "Give a day that exists"),
        (("soon", "", ""), "Give a day that exists"),
        (("", "", ""), "Give the day on which mail starts again"),
    ],
)
def test_a_bad_date_is_named_at_its_field_and_what_was_typed_stays(client, reader, follow, given, said):
    client.force_login(reader)
    parts = {f"day_{n}": part for n, part in enumerate(given)}
    answer = client.post(reverse("pause_mail"), {"how_long": "date", **parts})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert "govuk-error-summary" in html
    assert "Empty shops" in html
    for name, part in parts.items():
        assert not part or re.search(rf'name="{name}" value="0?{part}"', html), name
    assert not MailPreference.objects.exists()


def test_nothing_chosen_is_a_mistake_too(client, reader, follow):
    client.force_login(reader)
    answer = client.post(reverse("pause_mail"), {})
    assert answer.status_code == 422
    assert "Choose for how long" in answer.content.decode()
    page = answer.content.decode()
    assert 'action="/following/pause/#pause"' in page, "without JavaScript, too, the browser goes where the mistake is"
    assert 'id="pause"' in page


def test_a_pause_is_ones_own(client, reader, follow):
    client.force_login(factories.UserFactory())
    client.post(reverse("pause_mail"), {"how_long": "week"})
    assert not MailPreference.objects.filter(person=reader).exists()
    follow.refresh_from_db()
    assert follow.mailed_until.date() == date(2026, 11, 23)


def test_the_page_says_nothing_of_a_pause_that_is_over(client, reader, follow, time_machine):
    services.pause_mail(person=reader, until=date(2026, 11, 24))
    time_machine.move_to("2026-11-24T00:00:01Z", tick=False)
    client.force_login(User.objects.get(pk=reader.pk))
    assert "is paused until" not in client.get(reverse("following")).content.decode()


def test_the_last_of_a_long_month_is_a_day_too():
    from digests.forms import _a_month_after

    assert _a_month_after(date(2027, 1, 31)) == date(2027, 2, 28)
    assert _a_month_after(date(2026, 12, 31)) == date(2027, 1, 31)
