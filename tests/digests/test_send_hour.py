"""The hour of the day at which somebody wants their digests: planned at eight as ever, sent when they like."""

import re

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from digests import services
from digests.models import DigestRecipient, Follow, MailPreference, OutgoingEmail
from digests.services import planning
from tests import factories

pytestmark = pytest.mark.django_db


def news_for(reader, council, time_machine, *, day=24, hour=None):
    """The reader follows a council, something happens on the day before, and the run of the day is planned."""
    time_machine.move_to(f"2026-11-{day - 1}T12:00Z", tick=False)
    services.set_send_hour(person=reader, hour=hour)
    services.follow(person=reader, target=("organisation", council.pk), cadence="daily")
    page = factories.case_study(council, title="Market hall")
    time_machine.move_to(f"2026-11-{day}T08:02Z", tick=False)
    services.plan_due_runs()
    return page


def test_a_digest_waits_for_the_readers_hour(reader, council, time_machine):
    news_for(reader, council, time_machine, hour=18)
    assert services.send_waiting().sent == 0
    time_machine.move_to("2026-11-24T17:59Z", tick=False)
    assert services.send_waiting().sent == 0
    time_machine.move_to("2026-11-24T18:00Z", tick=False)
    assert services.send_waiting().sent == 1
    assert DigestRecipient.objects.get(state="sent").person == reader


def test_without_an_hour_it_goes_at_eight(reader, council, time_machine):
    news_for(reader, council, time_machine)
    assert services.send_waiting().sent == 1


def test_it_is_six_in_the_evening_in_summer_too(reader, council, time_machine):
    time_machine.move_to("2026-10-24T12:00Z", tick=False)
    services.set_send_hour(person=reader, hour=18)
    services.follow(person=reader, target=("organisation", council.pk), cadence="daily")
    factories.case_study(council)
    time_machine.move_to("2026-10-25T08:02Z", tick=False)  # the clocks went back at 01:00
    services.plan_due_runs()
    assert OutgoingEmail.objects.get().next_attempt_at.isoformat() == "2026-10-25T18:00:00+00:00"
    time_machine.move_to("2027-03-27T12:00Z", tick=False)
    factories.case_study(council)
    OutgoingEmail.objects.all().delete()
    time_machine.move_to("2027-03-28T07:02Z", tick=False)  # and forward
    services.plan_due_runs()
    assert OutgoingEmail.objects.get().next_attempt_at.isoformat() == "2027-03-28T17:00:00+00:00"


def test_a_late_run_goes_at_once_when_the_hour_is_over(reader, council, time_machine):
    time_machine.move_to("2026-11-23T12:00Z", tick=False)
    services.set_send_hour(person=reader, hour=9)
    services.follow(person=reader, target=("organisation", council.pk), cadence="daily")
    factories.case_study(council)
    time_machine.move_to("2026-11-24T11:30Z", tick=False)
    services.plan_due_runs()
    assert services.send_waiting().sent == 1


def test_what_comes_as_it_happens_does_not_wait(reader, council, time_machine):
    time_machine.move_to("2026-11-24T09:00Z", tick=False)
    services.set_send_hour(person=reader, hour=18)
    services.follow(person=reader, target=("organisation", council.pk), cadence="immediately")
    factories.case_study(council)
    time_machine.move_to("2026-11-24T09:10Z", tick=False)
    services.plan_due_runs()
    assert services.send_waiting().sent == 1


@pytest.mark.parametrize(("hour", "due"), [(12, "12:00"), (20, "20:00"), (None, "10:00"), (9, "10:00")])
def test_another_hour_moves_the_mail_that_waits(reader, council, time_machine, hour, due):
    news_for(reader, council, time_machine, hour=18)
    time_machine.move_to("2026-11-24T10:00Z", tick=False)
    services.set_send_hour(person=reader, hour=hour)
    assert f"{OutgoingEmail.objects.get().next_attempt_at:%H:%M}" == due


def test_what_is_gone_by_the_hour_is_not_in_the_mail(reader, council, time_machine):
    page = news_for(reader, council, time_machine, hour=18)
    page.unpublish()
    time_machine.move_to("2026-11-24T18:00Z", tick=False)
    assert services.send_waiting().suppressed == 1


def test_who_stops_all_mail_before_the_hour_gets_none(reader, council, time_machine):
    news_for(reader, council, time_machine, hour=18)
    services.stop_all_mail(person=reader)
    time_machine.move_to("2026-11-24T18:00Z", tick=False)
    services.send_waiting()
    assert outbox.outbox == []


def test_no_digest_is_lost_or_repeated_when_the_hour_changes_day_by_day(reader, council, time_machine):
    services.follow(person=reader, target=("organisation", council.pk), cadence="daily")
    Follow.objects.update(mailed_until="2026-11-23T08:00Z")
    for day, hour in [(24, 18), (25, None), (26, 9), (27, 21)]:
        time_machine.move_to(f"2026-11-{day}T07:00Z", tick=False)
        services.set_send_hour(person=reader, hour=hour)
        factories.case_study(council, title=f"News of day {day}")
        time_machine.move_to(f"2026-11-{day}T08:02Z", tick=False)
        services.plan_due_runs()
        services.send_waiting()
    time_machine.move_to("2026-11-27T21:00Z", tick=False)
    services.send_waiting()
    bodies = "".join(message.body for message in outbox.outbox)
    assert len(outbox.outbox) == 4
    assert all(bodies.count(f"News of day {day}\n") == 1 for day in (24, 25, 26, 27))


def test_the_hour_is_chosen_on_the_page_of_follows(client, reader):
    client.force_login(reader)
    page = client.get(reverse("following")).content.decode()
    assert "At what time?" in page
    client.post(reverse("mail_settings"), {"cadence": "daily", "send_hour": "18"})
    assert MailPreference.objects.get(person=reader).send_hour == 18
    page = client.get(reverse("following")).content.decode()
    assert re.search(r'value="18"\s+selected', page)
    assert "Every Tuesday at 18:00" in page
    assert "Every Tuesday at 8<" not in page, "nobody is told an hour that is not theirs"
    client.post(reverse("mail_settings"), {"cadence": "daily", "send_hour": ""})
    assert MailPreference.objects.get(person=reader).send_hour is None
    assert client.post(reverse("mail_settings"), {"cadence": "daily", "send_hour": "3"}).status_code == 404


def test_nobody_is_written_to_at_night(reader):
    with pytest.raises(ValueError, match="3 o'clock"):
        services.set_send_hour(person=reader, hour=3)


def test_hours_cost_planning_no_statement(council, time_machine):
    def cost(day, hours):
        time_machine.move_to(f"2026-11-{day}T12:00Z", tick=False)
        for hour in hours:
            person = factories.UserFactory()
            services.follow(person=person, target=("organisation", council.pk), cadence="daily")
            services.set_send_hour(person=person, hour=hour)
        factories.case_study(council)
        planning.deliver_all(only="digests")
        with CaptureQueriesContext(connection) as queries:
            services.plan_now(cadence="daily", now=None)
        Follow.objects.all().delete()
        return len(queries)

    cost("09", [None])
    assert cost(10, [None] * 3) == cost(11, [9, 18, None])
