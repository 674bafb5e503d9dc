"""What a digest holds, and what it must not."""

import pytest
import time_machine

from digests import services
from digests.models import DigestRecipient, DigestRun, Follow, OutgoingEmail
from tests import factories
from tests.digests.helpers import html_of, publish, send_now, text_of

pytestmark = pytest.mark.django_db


def follow(person, kind, pk, cadence=None):
    return services.follow(person=person, target=(kind, pk), cadence=cadence)


def test_a_new_case_study_on_a_followed_topic_is_told_once_with_every_reason(reader, topic, council):
    follow(reader, "topic", topic.pk)
    follow(reader, "organisation", council.pk)
    factories.case_study(council, title="Market in the old Woolworths", topics=[topic])
    (message,) = send_now()
    assert message["To"] == "rhian@example.org"
    assert message["Subject"] == "New: Market in the old Woolworths"
    for part in (text_of(message), html_of(message)):
        assert part.count("Because you follow Empty shops and Stockport") == 1
        assert "Market in the old Woolworths" in part
        assert "Traders opened a market in an empty shop." in part
        assert "/councils/stockport/market-in-the-old-woolworths/" in part
    assert "\n1. Market in the old Woolworths\n" in text_of(message)
    assert send_now() == []


def test_the_subject_counts_what_is_new_by_what_is_followed(reader, topic, council):
    follow(reader, "topic", topic.pk)
    follow(reader, "organisation", council.pk)
    factories.case_study(council, topics=[topic])
    factories.case_study(council, topics=[topic])
    factories.case_study(council)
    (message,) = send_now()
    assert message["Subject"] == "3 new from Stockport"


def test_changes_of_one_case_study_are_one_item_with_the_latest_text(reader, council):
    page = factories.case_study(council, title="First title")
    follow(reader, "case_study", page.pk)
    publish(page, summary="Second summary.")
    publish(page, title="Third title", summary="Third summary.")
    (message,) = send_now()
    assert message["Subject"] == "Updated: Third title"
    assert "Third summary." in text_of(message)
    assert "Second summary." not in text_of(message)
    assert text_of(message).count("/councils/stockport/first-title/") == 1


def test_newest_first(reader, council):
    follow(reader, "organisation", council.pk)
    with time_machine.travel("2026-11-18 10:00Z", tick=True):
        Follow.objects.update(mailed_until="2026-11-18T09:00Z")
        factories.case_study(council, title="Older")
    with time_machine.travel("2026-11-19 10:00Z", tick=True):
        factories.case_study(council, title="Newer")
    with time_machine.travel("2026-11-20 10:00Z", tick=True):
        (message,) = send_now()
    text = text_of(message)
    assert text.index("Newer") < text.index("Older")


def test_who_follows_a_first_level_topic_hears_of_the_second(reader, topic, council):
    child = factories.TopicFactory(name="Pop-up shops", parent=topic)
    follow(reader, "topic", topic.pk)
    factories.case_study(council, topics=[child])
    (message,) = send_now()
    assert "Because you follow Empty shops" in text_of(message)


@pytest.mark.parametrize("kind", ["place", "programme"])
def test_places_and_programmes_can_be_followed(reader, council, kind):
    place, programme = factories.PlaceFactory(name="Reddish"), factories.programme("Portas Pilots")
    follow(reader, kind, place.pk if kind == "place" else programme.pk)
    factories.case_study(council, places=[place], programme=programme)
    (message,) = send_now()
    assert f"Because you follow {'Reddish' if kind == 'place' else 'Portas Pilots'}" in text_of(message)


def test_nothing_new_means_no_mail_and_the_record_says_so(reader, topic):
    follow(reader, "topic", topic.pk)
    assert send_now() == []
    assert DigestRecipient.objects.get(person=reader).state == "nothing"
    assert not OutgoingEmail.objects.exists()


def test_what_was_there_before_the_follow_is_not_news(reader, topic, council):
    factories.case_study(council, topics=[topic])
    follow(reader, "topic", topic.pk)
    assert send_now() == []


def test_nobody_is_told_of_what_they_did_themselves(topic, council):
    author = factories.member(council, "author")
    follow(author, "organisation", council.pk)
    page = factories.case_study(council, live=False)
    page.save_revision(user=author).publish(user=None, skip_permission_checks=True)
    assert send_now() == []


def test_a_draft_is_never_told(reader, council):
    follow(reader, "organisation", council.pk)
    factories.case_study(council, live=False)
    assert send_now() == []


def test_what_is_unpublished_between_planning_and_sending_is_not_in_the_mail(reader, council, mailoutbox):
    follow(reader, "organisation", council.pk)
    gone = factories.case_study(council, title="Withdrawn on second thoughts")
    factories.case_study(council, title="Still here")
    services.plan_now(cadence="weekly")
    gone.unpublish()
    services.send_waiting()
    (message,) = mailoutbox
    assert "Still here" in message.body
    assert "Withdrawn" not in message.message().as_string()


def test_no_mail_when_everything_was_withdrawn(reader, council, mailoutbox):
    follow(reader, "organisation", council.pk)
    gone = factories.case_study(council)
    services.plan_now(cadence="weekly")
    gone.delete()
    report = services.send_waiting()
    assert (mailoutbox, report.suppressed) == ([], 1)
    assert OutgoingEmail.objects.get().state == "suppressed"
    assert DigestRecipient.objects.get().state == "nothing"


def test_members_only_text_is_in_nobodys_mail(reader, council):
    insider = factories.member(council)
    for person in (reader, insider):
        follow(person, "organisation", council.pk)
    factories.case_study(council, title="For members", audience="members", results="<p>Secret figures.</p>")
    messages = send_now()
    assert len(messages) == 2
    for message in messages:
        assert "For members" in text_of(message)
        assert "Secret figures" not in message.as_string()


def test_a_follow_stopped_between_planning_and_sending_brings_nothing(reader, council, mailoutbox):
    stopped = follow(reader, "organisation", council.pk)
    factories.case_study(council)
    services.plan_now(cadence="weekly")
    services.stop_follow(follow=stopped, reason="reader")
    services.send_waiting()
    assert mailoutbox == []


def test_a_long_digest_is_capped_with_a_link_to_the_rest(reader, topic, council, client):
    follow(reader, "topic", topic.pk)
    for number in range(23):
        factories.case_study(council, title=f"Idea number {number:02}", topics=[topic])
    (message,) = send_now()
    text = text_of(message)
    assert text.count("Idea number") == 20
    assert "There are 3 more" in text
    (link,) = (line for line in text.splitlines() if line.endswith("?all=1"))
    response = client.get(link.removeprefix("http://localhost:8000"))
    assert response.status_code == 200
    assert response.content.decode().count("<h2") == 23
    assert send_now() == [], "what the cap left out does not come again"


def test_each_person_gets_the_cadence_they_chose(topic, council):
    weekly, daily, quiet = factories.UserFactory(), factories.UserFactory(), factories.UserFactory()
    follow(weekly, "topic", topic.pk)
    follow(daily, "topic", topic.pk, cadence="daily")
    services.set_default_cadence(person=quiet, cadence="off")
    follow(quiet, "topic", topic.pk)
    factories.case_study(council, topics=[topic])
    assert [message["To"] for message in send_now("daily")] == [daily.email]
    assert [message["To"] for message in send_now("weekly")] == [weekly.email]


def test_a_thing_followed_in_two_cadences_comes_once(reader, topic, council):
    follow(reader, "topic", topic.pk, cadence="daily")
    follow(reader, "organisation", council.pk, cadence="weekly")
    factories.case_study(council, title="Told on the day", topics=[topic])
    assert len(send_now("daily")) == 1
    factories.case_study(council, title="Only from the council")
    (weekly,) = send_now("weekly")
    assert "Only from the council" in text_of(weekly)
    assert "Told on the day" not in text_of(weekly)


def test_an_event_that_is_heard_late_goes_into_the_next_digest(reader, council):
    from django.utils import timezone

    from core.models import Event

    follow(reader, "organisation", council.pk)
    Follow.objects.update(mailed_until="2026-11-01T00:00Z")
    with time_machine.travel("2026-11-10 07:59Z", tick=False):
        factories.case_study(council, title="A long transaction")
        early = timezone.now()
    with time_machine.travel("2026-11-10 08:02Z", tick=False):
        DigestRun.objects.create(
            cadence="weekly", window_start="2026-11-03T08:00Z", window_end="2026-11-10T08:00Z", planned_at=early
        )
        Follow.objects.update(mailed_until="2026-11-10T08:00Z")
    assert Event.objects.filter(kind="case_study.published", occurred_at=early).exists()
    with time_machine.travel("2026-11-10 09:00Z", tick=True):
        (message,) = send_now()
    assert "A long transaction" in text_of(message)
