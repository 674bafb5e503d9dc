import pytest
from django.core.management import CommandError, call_command

from digests import services
from digests.models import DigestRecipient, DigestRun, Follow, OutgoingEmail
from tests import factories
from tests.digests.helpers import send_now

pytestmark = pytest.mark.django_db


def run(*args):
    from io import StringIO

    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_now_sends_what_is_new_and_the_second_time_nothing(reader, topic, council, mailoutbox):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic])
    assert "weekly: 1 mails for 1 people." in run("send_digests", "--now")
    assert "Sent 0" in run("send_digests", "--now")
    assert len(mailoutbox) == 1


def test_now_can_be_one_cadence(reader, topic, council, mailoutbox):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic])
    run("send_digests", "--now", "--cadence", "daily")
    assert mailoutbox == []
    with pytest.raises(CommandError):
        run("send_digests", "--now", "--cadence", "hourly")


def test_without_now_only_what_is_due(reader, topic, council, mailoutbox):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic])
    run("send_digests")
    assert "No run is due." in run("send_digests")
    assert mailoutbox == []


def test_the_audit_ends_follows_of_what_is_gone(reader, topic, council):
    services.follow(person=reader, target=("topic", topic.pk))
    gone = factories.case_study(council)
    services.follow(person=reader, target=("case_study", gone.pk))
    gone.delete()
    assert "1 follows of something that is gone" in run("audit_follows")
    assert Follow.objects.active().count() == 2
    assert "Mended 1" in run("audit_follows", "--repair")
    assert [follow.target_kind for follow in Follow.objects.active()] == ["topic"]
    assert Follow.objects.get(target_kind="case_study").ended_reason == "gone"
    assert "Nothing is wrong." in run("audit_follows")


def test_the_audit_finishes_what_was_left_half_done(reader, topic, council, mailoutbox):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic])
    send_now()
    long_ago = "2026-01-01T00:00Z"
    DigestRecipient.objects.update(state="planned")
    OutgoingEmail.objects.create(
        key="test", kind="decision", person=reader, message_id="<1@x>", state="sending", leased_until=long_ago
    )
    OutgoingEmail.objects.filter(key="test").update(next_attempt_at=long_ago)
    DigestRun.objects.create(
        cadence="daily", window_start=long_ago, window_end="2026-01-02T00:00Z", created_at=long_ago
    )
    said = run("audit_follows", "--repair")
    assert "1 digest runs that were not planned to the end" in said
    assert "1 recipients whose mail is done and who were not told" in said
    assert "1 mails that wait for more than 12 hours" in said
    assert "Nothing is wrong." in run("audit_follows")
