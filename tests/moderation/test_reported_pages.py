"""A page that was reported: hidden before anybody looked, looked at as it stood, taken away or given back."""

from datetime import UTC, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from casestudies.models import Photo
from core.models import Event
from digests.models import OutgoingEmail
from digests.services import send_waiting
from discussion.services import add_comment
from moderation import services
from moderation.errors import AlreadyDecided, NotAllowed
from moderation.models import Decision, Report, ReviewTaskState
from tests import factories

pytestmark = pytest.mark.django_db
REFUSAL = {"reason": "personal_data", "words": "She did not agree to it."}


@pytest.fixture
def hidden(case_study, member):
    """A page that a report took away by itself; it has an owner."""
    type(case_study).objects.filter(pk=case_study.pk).update(owner=member)
    case_study.refresh_from_db()
    filed = services.report(subject=case_study, kind="intimate_image", email="me@example.org", visitor="v")
    case_study.refresh_from_db()
    assert not case_study.live
    return filed


def test_a_page_that_a_report_has_hidden_is_taken_away_by_a_decision(client, case_study, hidden, moderator, member):
    other = services.report(subject=case_study, kind="abuse", email="you@example.org")
    client.force_login(moderator)
    case = reverse("moderation_report", args=[other.pk])  # either case leads there
    assert client.post(case, {"action": "hide", **REFUSAL}).status_code == 302
    case_study.refresh_from_db()
    decision = Decision.objects.get()
    assert (decision.action, decision.author, decision.reason) == ("hide", member, "personal_data")
    assert Event.objects.get(kind="decision.made").data["recipient_id"] == member.pk
    assert not case_study.live
    assert set(Report.objects.values_list("outcome", flat=True)) == {"acted"}
    with pytest.raises(AlreadyDecided):
        services.hide_page(page=case_study, by=moderator, **REFUSAL)
    appeal = services.appeal(decision=decision, by=member, words="She did.")
    another = factories.UserFactory(moderator=True)
    services.decide_appeal(appeal=appeal, outcome="overturned", reply="So she did.", by=another)
    case_study.refresh_from_db()
    assert case_study.live


def test_taking_that_decision_back_opens_the_case_that_had_hidden_the_page(case_study, hidden, moderator):
    shown = hidden.hid_revision
    decision = services.hide_page(page=case_study, by=moderator, **REFUSAL)
    services.undo(decision=decision, by=moderator)
    case_study.refresh_from_db()
    hidden.refresh_from_db()
    assert (case_study.live, hidden.handled_at, hidden.outcome) == (False, None, "")
    assert hidden.lines.last().what == "reopened"
    assert not OutgoingEmail.objects.filter(key=f"letter:report-outcome-{hidden.pk}", state="pending").exists()
    services.dismiss_report(report=hidden, by=moderator)
    case_study.refresh_from_db()
    assert (case_study.live, case_study.live_revision_id) == (True, shown)


def test_a_moderator_sees_the_page_as_it_stood_when_it_was_reported(client, council, moderator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    image = get_image_model().objects.create(title="Jo", file=get_test_image_file())
    page = factories.case_study(council, title="Market", problem="<p>The words of that day.</p>")
    page.photos.add(Photo(image=image, alternative_text="Jo at her stall"))
    page.save_revision().publish()
    first = services.report(subject=page, kind="wrong", email="me@example.org")
    page.problem = "<p>Later words.</p>"
    page.photos.clear()
    page.save_revision().publish()
    shown = _read(client, moderator, first)
    assert "The words of that day." in shown.get_text()
    assert "Later words." not in shown.get_text()
    assert "Readers see a later version now." in shown.get_text()
    assert shown.find("img", alt="Jo at her stall")
    second = services.report(subject=page, kind="intimate_image", email="me@example.org")
    shown = _read(client, moderator, second)
    assert "Later words." in shown.get_text()
    assert not shown.h1.a, "readers find nothing there any more"
    # Of a locked case it shows nothing, to nobody.
    named = factories.UserFactory(administrator=True)
    services.report(subject=page, kind="child_abuse", email="you@example.org")
    assert "Later words." not in _read(client, named, second).get_text()


def test_the_review_of_a_page_names_the_open_reports_about_it_to_moderators_alone(client, council, moderator):
    author, approver = factories.member(council, "author"), factories.member(council, "approver")
    page = factories.case_study(council)
    page.summary = "Changed."
    page.save_revision(user=author)
    page.get_workflow().start(page, author)
    signing = ReviewTaskState.objects.get()
    filed = services.report(subject=page, kind="wrong", details="It was a Tuesday.", email="me@example.org")

    def said_to(person, step):
        client.force_login(person)
        response = client.get(reverse("moderation_page", args=[step.pk]))
        assert response.status_code == 200
        text = response.content.decode()
        return "It was a Tuesday." in text, reverse("moderation_report", args=[filed.pk]) in text

    assert said_to(approver, signing) == (False, False)
    services.decide_page(task_state=signing, action="approve", by=approver)
    assert said_to(moderator, ReviewTaskState.objects.get(status="in_progress")) == (True, True)


def test_whose_work_a_report_has_hidden_is_told_once_and_never_by_whom(council, case_study, member, mailoutbox):
    author, lead = factories.member(council, "author"), factories.member(council, "lead")
    factories.member(factories.organisation("Wigan"), "author")
    comment = add_comment(page=case_study, body="You are all fools", by=member)[0]
    other = add_comment(page=case_study, body="All of you", by=member)[0]
    readers = factories.UserFactory.create_batch(3, name="Rita Reader")
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC), tick=False):
        for reader, kind in zip(readers, ("abuse", "spam", "abuse"), strict=True):
            services.report(subject=comment, kind=kind, by=reader)
        services.report(subject=case_study, kind="intimate_image", by=readers[0], details="the third picture")
        for subject in (other, case_study.get_parent().specific):  # of a locked case nobody is told
            services.report(subject=subject, kind="child_abuse", by=readers[1])
        services.report(subject=case_study, kind="intimate_image", by=readers[2])  # it is hidden already
        send_waiting()
    told = {one.to[0]: one for one in mailoutbox if one.subject == "Hidden until a moderator has looked"}
    assert set(told) == {member.email, author.email, lead.email}
    assert len([one for one in mailoutbox if one.to[0] in told]) == 3
    words = " ".join(told[member.email].body.split())
    assert "Comment: “Market in an empty shop”" in words
    assert "It attacks or insults somebody; It is advertising or spam" in words
    assert "25 November 2026, 10:00" in words
    page = " ".join(told[lead.email].body.split())
    assert "Page: “Market in an empty shop”" in page
    assert "intimate picture" in page
    for secret in ("Rita", "the third picture", readers[0].email):
        assert secret not in words + page


def test_a_moderator_hides_and_restores_a_page_from_its_review(client, council, moderator):
    author = factories.member(council, "author")
    page = factories.case_study(council)
    page.get_workflow().start(page, author)
    step = ReviewTaskState.objects.get(status="in_progress")
    services.decide_page(task_state=step, action="approve", by=factories.UserFactory(moderator=True))
    page.refresh_from_db()
    shown, address = page.live_revision_id, reverse("moderation_page", args=[step.pk])
    for action, live, why in (("hide", False, REFUSAL), ("restore", True, {"words": "She did agree."})):
        client.force_login(author)
        assert client.post(address, {"action": action, **why}).status_code == 403
        client.force_login(moderator)
        form = BeautifulSoup(client.get(address).content, "html.parser").main
        assert [one["value"] for one in form.find_all("button", attrs={"name": "action"})] == [action]
        assert client.post(address, {"action": action, **why}).status_code == 302
        page.refresh_from_db()
        assert (page.live, Decision.objects.about(page).first().action) == (live, action)
    assert page.live_revision_id == shown
    with pytest.raises(AlreadyDecided):
        services.restore_page(page=page, by=moderator)
    # What a report hid and a decision then kept away comes back as readers saw it.
    services.report(subject=page, kind="intimate_image", email="me@example.org")
    page.refresh_from_db()
    with pytest.raises(AlreadyDecided):
        services.restore_page(page=page, by=moderator)
    services.hide_page(page=page, by=moderator, **REFUSAL)
    services.restore_page(page=page, by=moderator)
    page.refresh_from_db()
    assert (page.live, page.live_revision_id) == (True, shown)
    # Nor is a locked case's page shown again by who is not named for such.
    services.hide_page(page=page, by=moderator, **REFUSAL)
    page.refresh_from_db()
    services.report(subject=page, kind="child_abuse", email="me@example.org")
    with pytest.raises(NotAllowed):
        services.restore_page(page=page, by=moderator)


def _read(client, person, report):
    client.force_login(person)
    response = client.get(reverse("moderation_report", args=[report.pk]))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").main
