"""`audit_follows`: what can never bring anything, told by kind; and what may be mended safely."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.http import QueryDict
from django.utils import timezone

from digests import audit, services, targets
from digests.models import Follow, OutgoingEmail, Suppression
from search.models import SavedSearch
from search.state import read
from tests import factories

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("audit_follows", *args, stdout=out)
    return out.getvalue()


def follow(person, kind, pk):
    return Follow.objects.create(person=person, target_kind=kind, target_id=pk)


def test_what_is_gone_is_told_by_kind_and_ended(reader, topic, council):
    services.follow(person=reader, target=("topic", topic.pk))
    for pk in (901, 902):
        follow(reader, "case_study", pk)
    follow(reader, "place", 903)
    assert "3 follows of something that is gone (case_study 2, place 1)" in run()
    assert "Mended 3." in run("--repair")
    assert [one.target_kind for one in Follow.objects.active()] == ["topic"]


def test_a_kind_that_is_not_known_is_told_and_left_alone(reader):
    follow(reader, "horoscope", 1)
    assert "1 follows of a kind that is not known (horoscope 1)" in run()
    run("--repair")
    assert Follow.objects.active().count() == 1


def test_every_kind_that_can_be_followed_brings_news():
    assert not [finding for finding in audit.examine() if "no news" in finding.what]


def test_a_kind_that_no_news_comes_through_is_told(reader, monkeypatch):
    monkeypatch.setattr(targets, "_kinds", dict(targets._kinds))
    card = targets.TargetCard(kind="colour", pk=1, title="Red", url="/")
    targets.register("colour", label="Colour", load=lambda ids: {1: card})
    follow(reader, "colour", 1)
    assert "1 follows of a kind that no news comes through (colour 1)" in run()


def test_a_search_that_nobody_can_ask_any_more(reader):
    found = services.follow_search(person=reader, state=read(QueryDict("q=market")))
    assert "nobody can ask" not in run()
    SavedSearch.objects.filter(pk=found.target_id).update(text="", filters={"type": ["case_study"]})
    assert "1 follows of a search that nobody can ask any more (saved_search 1)" in run("--repair")
    assert Follow.objects.active().count() == 1


def test_wishes_and_people_who_may_come_back_are_counted_and_never_ended(reader, topic):
    people = [factories.UserFactory() for _ in range(3)]
    for person in [reader, *people]:
        services.follow(person=person, target=("topic", topic.pk))
    services.set_follow_cadence(follow=Follow.objects.get(person=reader), cadence="off")
    type(people[0]).objects.filter(pk=people[0].pk).update(is_active=False)
    services.stop_all_mail(person=people[1])
    Suppression.objects.create(address=people[2].email.upper(), reason="5.1.1")
    said = run("--repair")
    assert said.startswith("Nothing is wrong.")
    for words in (
        "1 follows that are switched to “no mail” (topic 1)",
        "1 follows of people who may not sign in (topic 1)",
        "1 follows of people who stopped all mail (topic 1)",
        "1 follows of people whose address gets no mail (topic 1)",
    ):
        assert words in said
    assert Follow.objects.active().count() == 4


def test_a_mail_in_a_workers_hands_is_not_taken_from_it(reader):
    now = timezone.now()
    row = OutgoingEmail.objects.create(
        key="k", kind="digest", person=reader, message_id="<k@x>", state="sending",
        next_attempt_at=now - timedelta(hours=13), leased_until=now + timedelta(minutes=5),
    )  # fmt: skip
    audit.repair()
    row.refresh_from_db()
    assert row.state == "sending"
    OutgoingEmail.objects.update(leased_until=now - timedelta(minutes=1))
    assert audit.repair() == 1


def test_failed_mail_is_left_to_somebody_who_reads_why(reader):
    OutgoingEmail.objects.create(key="k", kind="digest", person=reader, message_id="<k@x>", state="failed")
    said = run("--repair")
    assert "1 mails that failed" in said
    assert "Mended 0." in said
