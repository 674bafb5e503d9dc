"""Reports as cases: a clock, a log, and what the law asks for each kind."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser, Group
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from core.retention import forget_what_is_due
from digests.models import OutgoingEmail
from discussion.models import Comment
from discussion.services import add_comment, edit_comment
from members.roles import LOCKED_CASES
from moderation import services
from moderation.clocks import end_of_day_after, working_hours_after
from moderation.errors import AlreadyDecided, IllegalMove, NotAllowed
from moderation.models import (
    ContributionState,
    Decision,
    ModerationSettings,
    PreservedContent,
    Report,
    ReportLine,
    ReportState,
)
from moderation.permissions import (
    appeals_decidable_by,
    can_decide,
    can_decide_appeal,
    can_handle_report,
    decidable_by,
    reports_handled_by,
)
from moderation.queue import waiting_for
from places.photos import delete_files, keep_photo
from tests import factories
from tests.discussion.helpers import thread_of
from tests.places.pictures import photo as taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment(case_study, member):
    return add_comment(page=case_study, body="You are all fools", by=member)[0]


def letters_to(address):
    """The names of the letters that wait for somebody."""
    waiting = OutgoingEmail.objects.filter(address=address) | OutgoingEmail.objects.filter(person__email=address)
    return [one.payload["mail"] for one in waiting.order_by("pk") if "mail" in one.payload]


def gone(comment):
    """What stands in its place."""
    return thread_of(page=comment.page.specific, user=AnonymousUser())[0]["removed_text"]


def test_hours_leave_out_weekends_and_bank_holidays_and_survive_the_change_of_clocks():
    for start, due in (
        ("2026-11-24T10:00+00:00", "2026-11-26T10:00+00:00"),  # a Tuesday
        ("2026-11-27T17:00+00:00", "2026-12-01T17:00+00:00"),  # a Friday: Saturday and Sunday do not count
        ("2026-11-28T09:00+00:00", "2026-12-02T00:00+00:00"),  # a Saturday counts from Monday’s first minute
        ("2026-12-24T12:00+00:00", "2026-12-30T12:00+00:00"),  # Christmas, a weekend, and Boxing Day on the Monday
        ("2026-04-02T11:00+00:00", "2026-04-08T11:00+00:00"),  # Easter, in summer time
        ("2026-10-23T22:30+00:00", "2026-10-27T23:30+00:00"),  # London’s Friday 23:30 to its Tuesday 23:30
    ):
        assert working_hours_after(datetime.fromisoformat(start), 48) == datetime.fromisoformat(due), start
    # “Midnight at the end of the fifth day after the day on which it was sent.”
    assert end_of_day_after(datetime(2026, 7, 1, 9, tzinfo=UTC), 5) == datetime(2026, 7, 6, 23, tzinfo=UTC)


def test_a_case_has_a_reference_a_clock_and_a_log_that_nobody_changes(comment, newcomer, moderator):
    filed = services.report(subject=comment, kind="wrong", by=newcomer)
    assert filed.due_at - filed.created_at == timedelta(hours=48)
    assert filed.state == ReportState.ACKNOWLEDGED
    assert letters_to(newcomer.email) == ["report_received"]
    services.note(report=filed, by=moderator, words="Asked the author.")
    services.write_to_reporter(report=filed, by=moderator, words="We look at it.")
    filed.refresh_from_db()
    assert filed.state == ReportState.IN_PROGRESS
    services.dismiss_report(report=filed, by=moderator, words="It has a source.")
    assert filed.state == ReportState.DECIDED
    assert [line.what for line in filed.lines.all()] == ["received", "acknowledged", "note", "written", "decided"]
    assert letters_to(newcomer.email) == ["report_received", "report_progress", "report_outcome"]
    for attempt in (lambda: ReportLine.objects.update(words=""), filed.lines.all()[0].delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    with pytest.raises(AlreadyDecided):
        services.note(report=filed, by=moderator, words="Too late")
    silent = services.report(subject=comment, kind="wrong", details="No address")
    assert silent.state == ReportState.RECEIVED
    with pytest.raises(IllegalMove):
        services.write_to_reporter(report=silent, by=moderator, words="Hello?")


def test_enough_independent_readers_hold_a_contribution_until_a_moderator_has_looked(comment, moderator, case_study):
    people = factories.UserFactory.create_batch(3)
    state = lambda: type(comment).objects.get(pk=comment.pk).state  # noqa: E731 - read anew each time
    for number in range(4):  # one connection is one reader, however many addresses it invents
        services.report(subject=comment, kind="spam", email=f"a{number}@example.org", visitor="same")
    for person in people[:2]:
        services.report(subject=comment, kind="abuse", by=person, visitor="office")
    services.report(subject=comment, kind="spam", details="signed out", visitor="office")
    assert state() == ContributionState.PUBLISHED  # two, and half a voice
    last = services.report(subject=comment, kind="spam", details="Another", visitor="other")
    assert state() == ContributionState.HELD
    services.dismiss_report(report=last, by=moderator)
    assert state() == ContributionState.PUBLISHED
    services.report(subject=comment, kind="abuse", by=people[2])
    assert state() == ContributionState.PUBLISHED  # a moderator has looked: more reports go to the queue alone

    ModerationSettings.objects.update_or_create(defaults={"reports_that_hide": 1})
    other = add_comment(page=case_study, body="Good.", by=comment.author)[0]
    misuser = people[0]
    for kind in ("spam", "other"):
        report = services.report(subject=case_study, kind=kind, by=misuser)
        services.dismiss_report(report=report, by=moderator, misused=True)
    services.report(subject=other, kind="spam", by=misuser)
    other.refresh_from_db()
    assert other.state == ContributionState.PUBLISHED  # whoever misuses reporting is not counted
    services.report(subject=case_study, kind="spam", by=people[1])
    case_study.refresh_from_db()
    assert case_study.live  # strangers take no page away
    services.report(subject=other, kind="spam", by=people[1])
    other.refresh_from_db()
    assert other.state == ContributionState.HELD
    services.decide_contribution(contribution=other, action="approve", by=moderator)
    assert not Report.objects.waiting().about(other).exists()


def test_an_intimate_picture_hides_its_page_at_once_and_a_dismissal_brings_back_what_was_public(case_study, moderator):
    case_study.save_revision().publish()
    case_study.refresh_from_db()
    shown = case_study.live_revision_id
    case_study.title = "A later draft"
    case_study.save_revision()
    filed = services.report(subject=case_study, kind="intimate_image", email="me@example.org", visitor="v")
    case_study.refresh_from_db()
    assert not case_study.live
    assert filed.due_at - filed.created_at == timedelta(hours=48)
    assert letters_to(moderator.email) == ["report_alert"]
    services.dismiss_report(report=filed, by=moderator)
    case_study.refresh_from_db()
    assert (case_study.live, case_study.live_revision_id, case_study.title) == (True, shown, "Market in an empty shop")
    # One connection cannot take the site down with it.
    for number in range(4):
        page = factories.case_study(case_study.get_parent().specific.organisation, title=f"No {number}")
        services.report(subject=page, kind="intimate_image", email="me@example.org", visitor="v", details=str(number))
    assert type(case_study).objects.live().filter(title__startswith="No ").count() == 1


def test_a_locked_case_is_seen_by_who_is_named_for_it_alone(client, comment, moderator, member, newcomer):
    named = factories.UserFactory(name="Nadia Named", moderator=True)
    named.groups.add(Group.objects.get(name=LOCKED_CASES))
    administrator = factories.UserFactory(administrator=True)
    filed = services.report(subject=comment, kind="child_abuse", details="the words", by=newcomer)
    comment.refresh_from_db()
    assert comment.state == ContributionState.HIDDEN
    assert PreservedContent.objects.get(report=filed).content["author"]["email"] == member.email
    assert (letters_to(named.email), letters_to(moderator.email)) == (["report_alert"], [])

    for person, may in ((moderator, False), (member, False), (newcomer, False), (named, True), (administrator, True)):
        assert can_handle_report(person, filed) is may, person
        assert reports_handled_by(person, Report.objects.all()).filter(pk=filed.pk).exists() is may, person
    case, thing = (
        reverse("moderation_report", args=[filed.pk]),
        reverse("moderation_contribution", args=["comment", comment.pk]),
    )
    client.force_login(moderator)
    assert filed.reference not in client.get(reverse("moderation_queue")).content.decode()
    assert [client.get(address).status_code for address in (case, thing)] == [403, 403]
    with pytest.raises(NotAllowed):
        services.record_nca(report=filed, by=moderator, reference="X", reported_at=timezone.now())
    with pytest.raises(NotAllowed):
        services.open_locked(report=filed, by=moderator)

    client.force_login(named)
    line = client.get(reverse("moderation_queue")).content.decode()
    assert filed.reference in line
    assert comment.page.title not in line
    assert "You are all fools" not in client.get(case).content.decode()
    factories.comment(page=comment.page, parent=comment, author=newcomer)  # a tombstone stands above it
    assert gone(comment) == "This comment is hidden until a moderator has looked at it."
    services.record_nca(report=filed, by=named, reference="NCA-123", reported_at=timezone.now())
    assert gone(comment) == "A moderator removed this comment."
    filed.refresh_from_db()
    assert filed.state == ReportState.DECIDED
    assert not Decision.objects.exists()  # the log that every moderator reads says nothing
    assert letters_to(member.email) == []  # nor does anybody warn its author
    assert services.open_locked(report=filed, by=named)["content"]["body"] == "You are all fools"
    # Never a day less than the law’s year and five years, leap days counted.
    for days, contents, references in ((365, 1, 1), (367, 0, 1), (5 * 365 + 1, 0, 1), (5 * 366, 0, 0)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            assert not [one.rule for one in forget_what_is_due() if one.error]
        kept = PreservedContent.objects.count(), Report.objects.exclude(nca_reference="").count()
        assert kept == (contents, references), days
    filed.refresh_from_db()
    assert (filed.details, filed.reporter, filed.lines.last().what) == ("", None, "erased")


def test_evidence_holds_earlier_versions_and_the_photo_that_its_author_may_take_away(
    comment, member, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    edit_comment(comment=comment, body="You are all kind", by=member)
    entry = factories.record_entry(factories.PlaceFactory(), author=member)
    entry.versions.create(words="Something else", when="2011")
    photo = keep_photo(upload=taken(), by=member)
    type(photo).objects.filter(pk=photo.pk).update(entry=entry)
    with default_storage.open(photo.large) as file:
        raw = file.read()
    ask = factories.ask(author=member)
    ask.versions.create(title="You fools?", body="All of you")
    of_comment, of_entry, of_ask = (
        PreservedContent.objects.get(report=services.report(subject=one, kind="child_abuse")).content
        for one in (comment, type(entry).objects.get(pk=entry.pk), ask)
    )
    assert [(one["title"], one["body"]) for one in of_ask["versions"]] == [("You fools?", "All of you")]
    assert [one["body"] for one in of_comment["versions"]] == ["You are all fools"]
    assert [(one["words"], one["when"]) for one in of_entry["versions"]] == [("Something else", "2011")]
    delete_files(photo.files)
    assert [(b64decode(one["base64"]), one["name"]) for one in of_entry["files"]] == [(raw, photo.large)]


def test_what_a_locked_case_is_about_is_closed_by_every_other_door(client, case_study, moderator, member, newcomer):
    """Held, reported otherwise and appealed about before: nothing of it waits for who is not named for such cases."""
    named = factories.UserFactory(administrator=True)
    held = Comment.objects.create(page=case_study, author=member, body="Not to be read", state="held")
    plain = Comment.objects.create(page=case_study, author=member, body="Of no concern", state="held")
    declined = Comment.objects.create(page=case_study, author=newcomer, body="Nor this", state="held")
    why = {"reason": "abuse", "words": "No."}
    refusal = services.decide_contribution(contribution=declined, action="decline", by=named, **why)
    appeal = services.appeal(decision=refusal, by=newcomer, words="Why?")
    other = services.report(subject=held, kind="spam", email="me@example.org")
    for subject in (held, declined):
        services.report(subject=subject, kind="child_abuse", by=newcomer if subject is held else member)
    elsewhere = factories.UserFactory(administrator=True)
    for person, may in ((moderator, False), (elsewhere, True)):
        assert [can_decide(person, one) for one in (held, plain)] == [may, True]
        assert set(decidable_by(person, Comment.objects.held())) == ({held, plain} if may else {plain})
        assert can_handle_report(person, other) is may
        assert reports_handled_by(person, Report.objects.filter(kind="spam")).exists() is may
        assert can_decide_appeal(person, appeal) is may
        assert appeals_decidable_by(person).exists() is may
        waits = {(entry.kind, entry.pk) for entry in waiting_for(person)}
        assert (waits == {("comment", plain.pk)}) is not may
    doors = [
        reverse("moderation_contribution", args=["comment", held.pk]),
        reverse("moderation_report", args=[other.pk]),
        reverse("moderation_appeal", args=[appeal.pk]),
    ]
    client.force_login(moderator)
    assert [client.get(door).status_code for door in doors] == [403, 403, 403]
    similar = client.get(reverse("moderation_contribution", args=["comment", plain.pk])).content.decode()
    assert "Nor this" not in similar
    deeds = [
        lambda **by: services.decide_contribution(contribution=held, action="approve", **by),
        lambda **by: services.dismiss_report(report=other, **by),
        lambda **by: services.decide_appeal(appeal=appeal, outcome="overturned", reply="Yes.", **by),
    ]
    for deed in deeds:
        with pytest.raises(NotAllowed):
            deed(by=moderator)
    assert services.decline_several(chosen=[("comment", held.pk)], by=moderator, **why)[0][1]
    public = add_comment(page=case_study, body="Fine so far", by=member)[0]
    services.report(subject=public, kind="child_abuse", by=newcomer)
    public.refresh_from_db()
    for deed in (services.restore, services.hide):
        given = {"reason": "abuse"} if deed is services.hide else {}
        with pytest.raises(NotAllowed):
            deed(contribution=public, by=moderator, words="No.", **given)
    services.report(subject=case_study, kind="child_abuse", by=newcomer)
    with pytest.raises(NotAllowed):
        services.hide_page(page=case_study, by=moderator, **why)
    held.refresh_from_db()
    assert (held.state, public.state) == (ContributionState.HELD, ContributionState.HIDDEN)
    assert services.decide_contribution(contribution=held, action="decline", by=elsewhere, **why)


def test_what_may_be_illegal_is_told_when_it_comes_to_who_may_decide(comment, case_study, moderator):
    administrator = factories.UserFactory(administrator=True)
    services.report(subject=comment, kind="illegal", email="me@example.org")
    assert (letters_to(moderator.email), letters_to(administrator.email)) == (["report_alert"], [])
    own = add_comment(page=case_study, body="Sold here", by=moderator)[0]
    services.report(subject=own, kind="illegal", email="me@example.org")
    assert (letters_to(moderator.email), letters_to(administrator.email)) == (["report_alert"], ["report_alert"])


def test_the_pages_of_a_case_do_what_it_asks_for(client, comment, moderator, member):
    filed = services.report(subject=comment, kind="personal_data", email="me@example.org", visitor="v")
    complaint = services.report(subject=None, kind="complaint", details="Too slow.", email="me@example.org")
    locked = services.report(subject=factories.ask(), kind="child_abuse")
    client.force_login(moderator)
    page = reverse("moderation_report", args=[filed.pk])
    shown = client.get(page).content.decode()
    assert "due in 29 days" in shown or "due in 30 days" in shown
    assert filed.reference in shown
    client.post(page, {"step": "write", "case-words": "We ask the author."})
    client.post(page, {"step": "note", "case-words": "Asked on Monday."})
    assert client.post(page, {"step": "note", "case-words": ""}).status_code == 422
    shown = client.get(page).content.decode()
    assert "Asked on Monday." in shown
    client.post(reverse("moderation_report", args=[complaint.pk]), {"step": "answer", "case-words": "We are sorry."})
    complaint.refresh_from_db()
    assert (complaint.outcome, letters_to("me@example.org")[-1]) == ("answered", "report_outcome")
    client.post(page, {"action": "hide", "reason": "personal_data", "words": "It names a child."})
    filed.refresh_from_db()
    assert filed.outcome == "acted"

    client.force_login(factories.UserFactory(administrator=True))
    case = reverse("moderation_report", args=[locked.pk])
    nca = {"step": "nca", "reference": "NCA-9", "day_0": "1", "day_1": "11", "day_2": "2026", "time": "14:30"}
    assert client.post(case, nca | {"day_2": "2099"}).status_code == 422
    assert client.post(reverse("moderation_locked_content", args=[locked.pk])).json()["content"]["title"]
    client.post(case, nca)
    locked.refresh_from_db()
    assert (locked.nca_reference, locked.nca_reported_at) == ("NCA-9", datetime(2026, 11, 1, 14, 30, tzinfo=UTC))


def test_the_form_begins_with_what_is_wrong_and_loses_nothing(client, comment, case_study):
    address = reverse("report", args=["comment", comment.pk])
    first = client.get(address).content.decode()
    assert first.count('type="radio"') == 9
    second = client.get(address, {"kind": "intimate_image"}).content.decode()
    assert "Who is shown?" in second
    sent = {"kind": "intimate_image", "details": "The second picture", "standing": "me", "email": "me@example.org"}
    response = client.post(address, sent)
    assert response.status_code == 422
    assert "The second picture" in response.content.decode()
    thanks = client.get(client.post(address, sent | {"good_faith": "on"})["Location"]).content.decode()
    assert Report.objects.get().reference in thanks
    # By an address, or about the network itself.
    for typed, to in (
        (f"http://testserver{case_study.url}#comment-{comment.pk}", None),  # hidden by now: nobody may know of it
        (case_study.url, f"/report/page/{case_study.pk}/"),
        (f"testserver{case_study.url}", f"/report/page/{case_study.pk}/"),
        (f"http://testserver/cy{case_study.url}?x=1", f"/report/page/{case_study.pk}/"),
        (factories.ask().get_absolute_url(), "/report/ask/"),
        ("https://elsewhere.example/councils/", None),
        ("/account/login/", None),
    ):
        response = client.post("/report/", {"address": typed})
        if to is None:
            assert response.status_code in {302, 422}, typed
            assert response.status_code == 422 or "/page/" in response["Location"], typed
        else:
            assert response["Location"].startswith(to), typed
    client.post("/report/?kind=complaint", {"kind": "complaint", "details": "You decide too late.", "email": ""})
    assert Report.objects.get(kind="complaint").subject is None
