"""Taking back what was decided about a page, and what was decided about a report."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, WorkflowState

from core.delivery import deliver_all
from core.models import Event
from digests.models import OutgoingEmail
from digests.services import send_waiting
from discussion.services import add_comment
from members.models import Membership
from moderation import services
from moderation.errors import NotAllowed, OwnWork, TooLate
from moderation.models import Decision, Report, ReviewTaskState
from moderation.permissions import can_undo, undoable_by
from tests import factories

pytestmark = pytest.mark.django_db
WHY = {"reason": "abuse", "words": "You called two people names."}


@pytest.fixture
def author(council):
    return factories.member(council, "author", name="Ada Author")


@pytest.fixture
def approver(council):
    return factories.member(council, "approver", name="Amir Approver")


@pytest.fixture
def other(db):
    return factories.UserFactory(name="Ola Other", moderator=True)


def submitted(page, author):
    page = Page.objects.get(pk=page.pk).specific.get_latest_revision_as_object()
    page.save_revision(user=author)
    page.get_workflow().start(page, author)
    return step_of(page)


def step_of(page):
    state = WorkflowState.objects.filter(object_id=str(page.pk)).latest("pk").current_task_state
    return ReviewTaskState.objects.get(pk=state.pk)


def at_the_network(page, author, approver):
    services.decide_page(task_state=submitted(page, author), action="approve", by=approver)
    return step_of(page)


def again(thing):
    return type(thing)._default_manager.get(pk=thing.pk)


def standing(page):
    """What readers see, and where its review stands."""
    page = again(page)
    workflow = WorkflowState.objects.filter(object_id=str(page.pk)).latest("pk")
    return page.live, page.title, workflow.status, step_of(page).pk, step_of(page).status


def test_a_decision_about_a_page_is_taken_back_and_all_is_as_before(council, author, approver, moderator, other):
    draft = factories.case_study(council, live=False, owner=author, title="New here")
    step = submitted(draft, author)
    for action in ("approve", "ask_for_changes", "decline"):
        told = {} if action == "approve" else WHY
        was = standing(draft)
        decision = services.decide_page(task_state=step, action=action, by=approver, **told)
        assert standing(draft) != was, action
        undone = services.undo(decision=decision, by=moderator)
        assert standing(draft) == was, action
        assert (undone.action, undone.answers, undone.step) == ("undo", decision, "organisation")
        with pytest.raises(TooLate):
            services.undo(decision=decision, by=other)
    # At the last step approving publishes, so readers get back what they saw: nothing, and the next time is the first.
    services.decide_page(task_state=step, action="approve", by=approver)
    step, was = step_of(draft), standing(draft)
    decision = services.decide_page(task_state=step, action="approve", by=moderator)
    assert again(draft).live
    services.undo(decision=decision, by=other)
    assert standing(draft) == was
    assert not again(draft).live
    decision = services.decide_page(task_state=step, action="approve", by=moderator)
    assert Event.objects.filter(kind="case_study.published", subject_id=draft.pk).count() == 2
    # A change of what is public: the version before it, and the change waits again.
    page = again(draft).specific
    page.title = "Changed since"
    page.save_revision(user=author)
    step = at_the_network(page, author, approver)
    was = standing(page)
    assert was[:2] == (True, "New here")
    decision = services.decide_page(task_state=step, action="approve", by=moderator)
    assert again(page).title == "Changed since"
    services.undo(decision=decision, by=moderator)
    assert standing(page) == was
    # And the review goes on from there: what was reviewed is published.
    services.decide_page(task_state=step, action="approve", by=other)
    assert standing(page)[:3] == (True, "Changed since", "approved")
    hidden = services.hide_page(page=again(page), by=moderator, **WHY)
    services.undo(decision=hidden, by=other)
    assert standing(page)[:2] == (True, "Changed since")
    for user in (moderator, other, approver, author):
        assert set(undoable_by(user)) == {one for one in Decision.objects.all() if can_undo(user, one)}


def test_it_is_too_late_once_somebody_has_gone_on(council, author, approver, moderator, other):
    def fresh(title):
        return factories.case_study(council, live=False, owner=author, title=title)

    def refused(decision, case):
        with pytest.raises(TooLate):
            services.undo(decision=decision, by=other)
        assert not Decision.objects.filter(answers=decision).exists(), case

    page = fresh("Decided at the next step")
    signed = services.decide_page(task_state=submitted(page, author), action="approve", by=approver)
    services.decide_page(task_state=step_of(page), action="ask_for_changes", by=moderator, **WHY)
    refused(signed, "the next step")
    page = fresh("Written again")
    asked = services.decide_page(
        task_state=at_the_network(page, author, approver), action="decline", by=moderator, **WHY
    )
    again(page).specific.save_revision(user=author)
    refused(asked, "a later draft")
    page = fresh("Submitted again")
    asked = services.decide_page(
        task_state=at_the_network(page, author, approver), action="ask_for_changes", by=moderator, **WHY
    )
    WorkflowState.objects.filter(object_id=str(page.pk)).latest("pk").resume(user=author)
    refused(asked, "submitted again")
    page = fresh("Published since")
    approved = services.decide_page(task_state=at_the_network(page, author, approver), action="approve", by=moderator)
    again(page).specific.save_revision().publish(skip_permission_checks=True)
    refused(approved, "another version is public")
    page = fresh("Half an hour")
    approved = services.decide_page(task_state=at_the_network(page, author, approver), action="approve", by=moderator)
    with time_machine.travel(approved.decided_at + timedelta(minutes=31), tick=False):
        assert approved not in undoable_by(other)
        refused(approved, "told to its followers")
    assert again(page).live


def test_whoever_signed_off_may_take_that_back_and_nobody_else_of_the_public(council, author, approver, moderator):
    page = factories.case_study(council, live=False, owner=author)
    signed = services.decide_page(task_state=submitted(page, author), action="approve", by=approver)
    elsewhere = factories.member(factories.organisation("Wigan"), "lead")
    colleague = factories.member(council, "approver")
    address = reverse("moderation_undo", args=[signed.pk])
    for person in (author, elsewhere, colleague, factories.UserFactory()):
        assert not can_undo(person, signed)
        with pytest.raises(NotAllowed):
            services.undo(decision=signed, by=person)
    client = Client()
    client.force_login(approver)
    assert "Take it back (until" not in client.get("/moderation/").content.decode(), "it is of another session"
    ends = Membership.objects.filter(person=approver)
    ends.update(expires_at=timezone.now() - timedelta(hours=1))
    assert not can_undo(approver, signed)
    assert client.post(address).status_code == 403
    ends.update(expires_at=None)
    services.suspend(person=approver, by=moderator, until=timezone.now() + timedelta(days=2), **WHY)
    assert client.post(address).status_code == 403
    assert step_of(page).pk != signed.pk
    assert not Decision.objects.filter(action="undo").exists()
    services.lift(sanction=approver.sanctions.get(), by=moderator, words="Settled.")
    assert client.post(address)["Location"] == "/moderation/"
    assert Decision.objects.get(action="undo").answers == signed
    assert step_of(page).task.specific.step == "organisation"


def test_a_mail_that_has_not_left_is_kept_back_and_one_that_has_is_put_right(council, author, approver, moderator):
    def told():
        deliver_all(only="notices")
        mail.outbox.clear()
        send_waiting()
        return [one.subject for one in mail.outbox if one.to == [author.email]]

    page = factories.case_study(council, live=False, owner=author, title="The market")
    step = at_the_network(page, author, approver)
    assert told() == ["Signed off: The market"]
    decision = services.decide_page(task_state=step, action="decline", by=moderator, **WHY)
    services.undo(decision=decision, by=moderator)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert told() == []
    assert set(
        OutgoingEmail.objects.filter(key__startswith=f"decision:{decision.pk}:").values_list("state", flat=True)
    ) == {"suppressed"}
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        decision = services.decide_page(task_state=step, action="decline", by=moderator, **WHY)
        assert told() == ["Not accepted: The market"]
        services.undo(decision=decision, by=moderator)
    with time_machine.travel(timezone.now() + timedelta(minutes=40)):
        assert told() == ["Taken back: The market"]


def test_a_dismissed_report_is_opened_again(case_study, newcomer, member, moderator, other):
    client = Client()
    comment = add_comment(page=case_study, body="A slur.", by=member)[0]
    report = services.report(subject=comment, kind="intimate_image", by=newcomer)
    assert again(comment).state == "hidden"
    due = report.due_at
    client.force_login(moderator)
    dismissed = {"action": "dismiss_report", "words": "It is not."}
    seen = client.post(reverse("moderation_report", args=[report.pk]), dismissed, follow=True).content.decode()
    assert "Take it back (until" in seen
    decision = Decision.objects.get(action="dismiss_report")
    assert again(comment).state == "published"
    for person in (newcomer, member, factories.UserFactory()):
        with pytest.raises(NotAllowed):
            services.undo(decision=decision, by=person)
    client.post(reverse("moderation_undo", args=[decision.pk]), {"back": "queue"})
    report = again(report)
    assert (report.handled_at, report.outcome, report.due_at) == (None, "", due)
    assert again(comment).state == "hidden", "as it was before"
    assert Report.objects.waiting().get() == report
    assert "Decision taken back" in client.get(reverse("moderation_report", args=[report.pk])).content.decode()
    letters = OutgoingEmail.objects.filter(key__startswith="letter:report-")
    first = letters.get(key=f"letter:report-outcome-{report.pk}")
    assert (first.state, first.payload) == ("suppressed", {}), "it had not left"
    assert not letters.filter(key__contains="reopened").exists()

    # What has left is put right, and the next outcome is told as well.
    later = services.dismiss_report(report=report, by=other)
    letters.filter(key=f"letter:report-outcome-{report.pk}-2").update(state="sent")
    services.undo(decision=later, by=moderator)
    mail.outbox.clear()
    send_waiting()
    assert f"Your report {report.reference}: we look at it again" in [one.subject for one in mail.outbox]
    services.hide(contribution=again(comment), by=moderator, **WHY)
    assert letters.filter(key=f"letter:report-outcome-{report.pk}-3").exists()

    # Nobody takes back what is about their own work, and nothing once the thing was decided otherwise.
    own = add_comment(page=case_study, body="Mine.", by=moderator)[0]
    about_own = services.dismiss_report(report=services.report(subject=own, kind="wrong"), by=other)
    with pytest.raises(NotAllowed):
        services.undo(decision=about_own, by=moderator)
    services.hide(contribution=own, by=other, **WHY)
    with pytest.raises(TooLate):
        services.undo(decision=about_own, by=other)
    for user in (moderator, other, newcomer):
        assert set(undoable_by(user)) == {one for one in Decision.objects.all() if can_undo(user, one)}


def test_nothing_shows_again_what_a_locked_case_is_about(case_study, newcomer, member, moderator, other):
    """Nor does a case that ended: then it is kept for the authorities, and from everybody else."""
    named = factories.UserFactory(administrator=True)
    comment = add_comment(page=case_study, body="A slur.", by=member)[0]
    services.report(subject=comment, kind="intimate_image", by=newcomer)
    another = Report.objects.get()
    hidden = [services.hide_page(page=case_study, by=moderator, **WHY)]
    own = add_comment(page=case_study, body="Another.", by=member)[0]
    hidden.append(services.hide(contribution=own, by=moderator, **WHY))
    appeals = [services.appeal(decision=hidden[1], by=member, words="It was no slur.")]
    cases = [services.report(subject=one, kind="child_abuse") for one in (comment, case_study, own)]

    def refused():
        for decision in hidden:
            for person in (moderator, other, named):
                with pytest.raises(TooLate if person == named else NotAllowed):
                    services.undo(decision=decision, by=person)
        assert not again(case_study).live
        assert {again(one).state for one in (comment, own)} == {"hidden"}

    refused()
    with pytest.raises(NotAllowed):
        services.dismiss_report(report=another, by=other)
    services.dismiss_report(report=another, by=named, words="It was consented to.")
    refused()
    log, of_person = reverse("moderation_decisions"), reverse("moderation_person", args=[member.pk])
    for person, may in ((moderator, False), (named, True)):
        assert set(undoable_by(person)) == {one for one in Decision.objects.all() if can_undo(person, one)}
        browser = Client()
        browser.force_login(person)
        for address in (log, f"{log}?format=csv"):
            said = browser.get(address).content.decode()
            assert (case_study.title in said, "It was consented to." in said) == (may, may), (person, address)
        assert ("<strong>Hidden</strong>" in browser.get(of_person).content.decode()) is may
    assert not undoable_by(moderator).exists()
    for case in cases:
        services.record_nca(report=case, by=named, reference="NCA-1", reported_at=timezone.now())
    services.undo(decision=Decision.objects.get(action="dismiss_report"), by=named)
    services.dismiss_report(report=again(another), by=named)
    refused()
    services.decide_appeal(appeal=appeals[0], by=named, outcome="overturned", reply="You are right.")
    assert again(own).state == "hidden"


def test_who_wrote_a_page_does_not_take_back_what_was_decided_about_it(council, author, approver, moderator, other):
    page = factories.case_study(council, live=False, owner=moderator)
    declined = services.decide_page(
        task_state=at_the_network(page, author, approver), action="decline", by=other, **WHY
    )
    was = standing(page)
    with pytest.raises(OwnWork):
        services.undo(decision=declined, by=moderator)
    assert standing(page) == was
    services.undo(decision=declined, by=other)


def test_many_dismissed_reports_cost_no_more_to_list(case_study, member, moderator):
    def dismiss():
        comment = add_comment(page=case_study, body=f"Words {Report.objects.count()}.", by=member)[0]
        services.dismiss_report(report=services.report(subject=comment, kind="wrong"), by=moderator)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert undoable_by(moderator).count() == Report.objects.count()
        return len(asked)

    dismiss()
    services.dismiss_report(report=services.report(subject=case_study, kind="wrong"), by=moderator)
    cost()
    few = cost()
    for _time in range(5):
        dismiss()
    assert cost() == few
