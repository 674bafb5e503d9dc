"""A dry run: it says what the run then does, and leaves no trace."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from casestudies.models import CaseStudyPage
from core.delivery import deliver_all
from digests import services, stories
from digests.models import DigestRecipient, DigestRun, OutgoingEmail, SearchMatch, StaffDeed
from discussion.models import Comment
from search import engines, indexing
from search.state import read
from tests import factories
from tests.digests.helpers import parsed
from tests.digests.staff.pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(time_machine, reader, topic, council):
    """Three people with different follows, one of whom is a member; things for everybody, and for members only."""
    time_machine.move_to("2026-11-18T12:00Z", tick=False)
    member = factories.member(council, name="Mo Member", email="mo@example.org", language="cy")
    quiet = factories.UserFactory(name="Quin Quiet", email="quin@example.org")
    for person in (reader, member):
        services.follow(person=person, target=("topic", topic.pk))
    services.follow(person=member, target=("organisation", council.pk))
    services.follow(person=quiet, target=("topic", factories.TopicFactory().pk))
    services.follow_search(person=quiet, state=read(QueryDict("q=market")))
    time_machine.move_to("2026-11-20T12:00Z", tick=False)
    factories.case_study(council, topics=[topic], title="A market in an empty shop")
    factories.case_study(council, topics=[topic], title="For members", audience="members")
    factories.case_study(council, title="A library of things")
    indexing.rebuild(engines.database())
    time_machine.move_to("2026-11-24T08:02Z", tick=False)
    deliver_all(only=stories.CONSUMER)
    return time_machine


def command(*args):
    out = StringIO()
    call_command("send_digests", "--dry-run", *args, stdout=out)
    return out.getvalue()


def test_the_run_does_what_the_dry_run_said(world, mailoutbox):
    told = services.rehearse(cadence="weekly")
    assert {one.person.name for one in told.shown} == {"Rhian Reader", "Mo Member", "Quin Quiet"}
    before = DigestRecipient.objects.count()
    services.plan_due_runs()
    run = DigestRun.objects.get(cadence="weekly", window_end="2026-11-24T08:00Z")
    assert (told.people, told.mails) == (run.people, run.mails)
    assert (told.run.window_start, told.run.window_end) == (run.window_start, run.window_end)
    assert DigestRecipient.objects.count() == before + 3
    services.send_waiting()
    sent = {message["To"]: message["Subject"] for message in map(parsed, mailoutbox)}
    assert sent == {one.person.email: one.subject for one in told.shown}
    for one in told.shown:
        text = next(message.body for message in mailoutbox if message.to == [one.person.email])
        for line in one.lines:
            assert line.title in text
            assert " ".join(line.reason.split()) in " ".join(text.split())


def test_it_writes_nothing(world):
    with CaptureQueriesContext(connection) as queries:
        services.rehearse(cadence="weekly")
    said = [one["sql"].upper() for one in queries]
    # PostgreSQL declares a cursor for what is read piece by piece.
    assert {sql.split()[0] for sql in said} <= {"SELECT", "WITH", "DECLARE"}
    assert not [sql for sql in said if "INSERT " in sql or "UPDATE " in sql or "DELETE " in sql]
    assert not SearchMatch.objects.exists()
    assert not OutgoingEmail.objects.exists()


def test_its_statements_do_not_grow_with_the_people(world, topic):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            services.rehearse(cadence="weekly")
        return len(queries)

    cost()
    before = cost()
    for _ in range(5):
        follow = services.follow(person=factories.UserFactory(), target=("topic", topic.pk))
        type(follow).objects.filter(pk=follow.pk).update(mailed_until="2026-11-18T12:00Z")
    assert cost() == before


def test_a_run_that_stopped_half_way_is_told_from_where_it_stopped(world, reader):
    whole = services.rehearse(cadence="weekly")
    first = min(one.person.pk for one in whole.shown)
    DigestRun.objects.create(
        cadence="weekly", window_start="2026-11-17T08:00Z", window_end="2026-11-24T08:00Z", cursor=first
    )
    told = services.rehearse(cadence="weekly")
    assert told.people == whole.people - 1
    assert first not in {one.person.pk for one in told.shown}


def test_before_the_end_of_the_week_it_tells_what_is_known_by_now(world):
    world.move_to("2026-11-23T12:00Z", tick=False)
    told = services.rehearse(cadence="weekly")
    assert told.run.window_end.isoformat() == "2026-11-24T08:00:00+00:00"
    assert told.mails == 3


def test_who_has_nothing_gets_nothing(world, reader):
    services.plan_due_runs()
    services.send_waiting()
    world.move_to("2026-11-25T12:00Z", tick=False)
    told = services.rehearse(cadence="weekly", person=reader)
    assert (told.people, told.mails, told.shown) == (1, 0, [])


def test_the_first_fifty_are_shown_and_all_are_counted(world):
    told = services.rehearse(cadence="weekly", shown=1)
    assert (len(told.shown), told.mails) == (1, 3)
    cut = services.rehearse(cadence="weekly", most=2)
    assert (cut.people, cut.cut) == (2, True)


def test_the_command_says_who_what_and_why(world):
    said = command("--cadence", "weekly")
    assert "3 mails for 3 people." in said
    assert "rhian@example.org: " in said
    assert "A market in an empty shop (Because you follow Empty shops)" in said
    one = command("--cadence", "weekly", "--person", "RHIAN@example.org")
    assert "mo@example.org" not in one
    assert "0 mails for 0 people." in command("--cadence", "daily", "--at", "2026-11-24T08:05")
    assert not OutgoingEmail.objects.exists()


def test_the_command_refuses_what_it_does_not_understand(world):
    for wrong in (["--at", "Tuesday"], ["--at", "2026-02-31T08:00"], ["--person", "nobody@example.org"]):
        with pytest.raises(CommandError):
            command(*wrong)
    with pytest.raises(CommandError):
        call_command("send_digests", "--person", "rhian@example.org")


# --- The page ------------------------------------------------------------------------------------


def test_the_page_says_the_same_and_the_look_is_written_down(client, world, reader):
    operator = factories.UserFactory(operator=True)
    client.force_login(operator)
    assert "Nothing is planned" in page(client, "mail_dry_run")
    assert not StaffDeed.objects.exists()
    said = page(client, "mail_dry_run", cadence="weekly")
    assert "Mails that would be planned: 3, for 3 people" in said
    assert "A market in an empty shop (Because you follow Empty shops)" in said
    one = page(client, "mail_dry_run", cadence="weekly", person="rhian@example.org", at="2026-11-24T08:05")
    assert "Mails that would be planned: 1, for 1 people" in one
    assert [(deed.by, deed.person) for deed in StaffDeed.objects.order_by("pk")] == [
        (operator, None),
        (operator, reader),
    ]


def test_the_page_says_why_somebody_would_get_nothing(client, world, reader):
    client.force_login(factories.UserFactory(operator=True))
    services.stop_all_mail(person=reader)
    assert "had stopped all mail" in page(client, "mail_dry_run", cadence="weekly", person="rhian@example.org")
    nobody = page(client, "mail_dry_run", cadence="weekly", person="nobody@example.org")
    assert "Nobody has an account with this address." in nobody
    services.plan_due_runs()
    services.resume_mail(person=reader)
    said = page(client, "mail_dry_run", cadence="weekly", person="rhian@example.org")
    assert "Nothing new happened to what they follow." in said


def test_members_text_is_not_in_it(client, world):
    client.force_login(factories.UserFactory(operator=True))
    case_study = CaseStudyPage.objects.get(title="For members")
    Comment.objects.create(
        page=case_study, author=factories.UserFactory(), body="Said among members", state="published"
    )
    assert "Said among members" not in page(client, "mail_dry_run", cadence="weekly")
