"""What somebody is told at once: decisions about their work, what waits for them, replies to them."""

import pytest
from django.core import mail as outbox
from django.urls import reverse

from core.delivery import deliver_all
from digests import services
from digests.models import MailPreference, OutgoingEmail
from discussion.services import add_comment, delete_comment
from moderation import services as moderation
from tests import factories
from tests.digests.helpers import an_hour_later, html_of, parsed, send_now, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(council):
    return factories.case_study(council, title="Ivy House")


@pytest.fixture
def moderator(db):
    return factories.UserFactory(name="Morgan Moderator", moderator=True)


@pytest.fixture
def regular(council):
    """Somebody whose comments are published at once."""
    return factories.member(council, name="Carys Highstreet", email="carys@example.org")


def delivered():
    """Hand the events to their consumers and send; what left."""
    before = len(outbox.outbox)
    an_hour_later()
    deliver_all(only="notices")
    services.send_waiting()
    return [parsed(message) for message in outbox.outbox[before:]]


def comment(study, by, body="Did anyone count the vouchers at the till?", reply_to=None, approved_by=None):
    made, verdict = add_comment(page=study, body=body, by=by, reply_to=reply_to)
    if not verdict.publish and approved_by:
        moderation.decide_contribution(contribution=made, action="approve", by=approved_by)
        made.refresh_from_db()
    return made


def test_an_author_is_told_why_a_comment_was_declined(study, reader, moderator):
    held = comment(study, reader)
    moderation.decide_contribution(
        contribution=held, action="decline", by=moderator, reason="promotion", words="This is an advert.\nSorry."
    )
    (message,) = delivered()
    assert message["To"] == reader.email
    assert message["Subject"] == "Not accepted: your comment on Ivy House"
    for part in (text_of(message), html_of(message)):
        assert "It promotes a product or service" in part
        assert "This is an advert." in part
        assert reverse("moderation_policy") in part
    assert "List-Unsubscribe" not in message, "decisions are always sent"
    assert delivered() == []


def test_private_notes_stay_private(study, reader, moderator):
    moderation.decide_contribution(
        contribution=comment(study, reader),
        action="decline",
        by=moderator,
        reason="abuse",
        words="Please stay civil.",
        private_note="Third time this week.",
    )
    (message,) = delivered()
    assert "Third time" not in message.as_string()


def test_an_author_is_told_that_a_comment_is_published_and_where(study, reader, moderator):
    made = comment(study, reader, approved_by=moderator)
    (message,) = delivered()
    assert message["Subject"] == "Published: your comment on Ivy House"
    assert f"/councils/stockport/ivy-house/#comment-{made.pk}" in text_of(message)


def test_asked_for_changes_leads_to_the_form(study, reader, moderator):
    made = comment(study, reader)
    moderation.decide_contribution(
        contribution=made, action="ask_for_changes", by=moderator, reason="no_source", words="Where is that from?"
    )
    (message,) = delivered()
    assert reverse("comment_edit", args=[made.pk]) in text_of(message)


def test_a_page_goes_from_author_to_approver_to_moderator_and_back(council, moderator):
    author = factories.member(council, "author", name="Ada Author")
    approver = factories.member(council, "approver")
    factories.member(factories.organisation("Pendle"), "approver")
    study = factories.case_study(council, live=False, title="Free parking", owner=author)
    study.save_revision(user=author)
    study.get_workflow().start(study, author)

    (message,) = delivered()
    assert message["To"] == approver.email
    assert message["Subject"] == "Waits for your approval: Free parking"
    assert "Ada Author has submitted “Free parking”." in text_of(message).replace("\n", " ")
    state = study.current_workflow_task_state
    assert reverse("moderation_page", args=[state.pk]) in text_of(message)

    moderation.decide_page(task_state=state, action="approve", by=approver)
    messages = {message["To"]: message for message in delivered()}
    assert set(messages) == {author.email, moderator.email}
    assert "signed off by your organisation" in text_of(messages[author.email])
    assert messages[moderator.email]["Subject"] == "Waits for your approval: Free parking"

    study = type(study).objects.get(pk=study.pk)
    moderation.decide_page(task_state=study.current_workflow_task_state, action="approve", by=moderator)
    (message,) = delivered()
    assert (message["To"], message["Subject"]) == (author.email, "Published: Free parking")
    assert "/councils/stockport/free-parking/" in text_of(message)


def test_who_may_no_longer_decide_is_not_asked(council, moderator):
    from members.services import end_membership

    author = factories.member(council, "author")
    approver = factories.member(council, "approver")
    study = factories.case_study(council, live=False, owner=author)
    study.get_workflow().start(study, author)
    deliver_all(only="notices")
    end_membership(membership=approver.memberships.get(), by=None)
    assert services.send_waiting().suppressed == 1
    assert delivered() == []


def test_a_reply_is_told_at_once_with_its_words(study, reader, regular, moderator):
    first = comment(study, reader, approved_by=moderator)
    delivered()
    comment(study, regular, body="We did: <b>40</b> a week.", reply_to=first, approved_by=moderator)
    message = next(one for one in delivered() if one["To"] == reader.email)
    assert message["Subject"] == "Carys Highstreet replied to you: Ivy House"
    assert "We did: <b>40</b> a week." in text_of(message)
    assert "We did: &lt;b&gt;40&lt;/b&gt; a week." in html_of(message)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["In-Reply-To"] == message["References"] == f"<case_study-{study.pk}.thread@localhost>"


def test_replies_are_switched_off_with_one_click(study, reader, regular, moderator, client):
    first = comment(study, reader, approved_by=moderator)
    delivered()
    comment(study, regular, reply_to=first, approved_by=moderator)
    message = next(one for one in delivered() if one["Subject"].startswith("Carys"))
    client.post(message["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000"))
    assert MailPreference.objects.get(person=reader).replies is False
    comment(study, regular, reply_to=first, body="One more thing.", approved_by=moderator)
    assert [one for one in delivered() if one["To"] == reader.email] == []


def test_an_answer_to_oneself_is_no_news(study, reader, moderator):
    first = comment(study, reader, approved_by=moderator)
    delivered()
    comment(study, reader, reply_to=first, body="To add to that.", approved_by=moderator)
    assert not OutgoingEmail.objects.filter(kind="reply").exists()


def test_a_reply_that_was_removed_before_sending_is_not_sent(study, reader, regular, moderator):
    first = comment(study, reader, approved_by=moderator)
    reply = comment(study, regular, reply_to=first, body="Regretted at once", approved_by=moderator)
    deliver_all(only="notices")
    delete_comment(comment=reply, by=regular)
    services.send_waiting()
    assert not any("Regretted" in message.body for message in outbox.outbox)


def test_a_reply_that_was_hidden_and_shown_again_while_its_mail_waited_is_sent(study, reader, regular, moderator):
    first = comment(study, reader, approved_by=moderator)
    delivered()
    reply = comment(study, regular, reply_to=first, body="Hidden by mistake", approved_by=moderator)
    deliver_all(only="notices")
    moderation.hide(contribution=reply, by=moderator, reason="unclear", words="Why?")
    moderation.restore(contribution=reply, by=moderator)
    deliver_all(only="notices")
    told = [one for one in delivered() if one["To"] == reader.email]
    assert ["Hidden by mistake" in text_of(one) for one in told] == [True]


def test_followers_of_a_case_study_hear_of_comments(study, reader, regular, moderator):
    services.follow(person=reader, target=("case_study", study.pk))
    comment(study, regular, body="A tally sheet would do.", approved_by=moderator)
    (message,) = send_now()
    assert message["Subject"] == "1 comment on Ivy House"
    assert "Carys Highstreet:\n  A tally sheet would do." in text_of(message)
    assert "Traders opened a market" not in text_of(message), "the case study itself is not news"


def test_followers_of_the_topic_are_spared_the_comments(council, topic, reader, regular, moderator):
    study = factories.case_study(council, topics=[topic])
    services.follow(person=reader, target=("topic", topic.pk))
    comment(study, regular, approved_by=moderator)
    assert send_now() == []


def test_what_was_told_at_once_is_not_told_again_in_the_digest(study, reader, regular, moderator):
    services.follow(person=reader, target=("case_study", study.pk))
    first = comment(study, reader, approved_by=moderator)
    comment(study, regular, body="The reply", reply_to=first, approved_by=moderator)
    assert any("The reply" in text_of(message) for message in delivered())
    assert send_now() == []


def test_comments_on_members_pages_reach_members_only(council, reader, regular, moderator):
    study = factories.case_study(council, title="For members", audience="members")
    insider = factories.member(council, name="Mo Member")
    for person in (reader, insider):
        services.follow(person=person, target=("case_study", study.pk))
    comment(study, regular, body="Said among ourselves.", approved_by=moderator)
    (message,) = send_now()
    assert message["To"] == insider.email
    assert "Said among ourselves." in text_of(message)


def test_a_membership_that_ended_between_planning_and_sending_counts(council, regular, moderator):
    from members.services import end_membership

    study = factories.case_study(council, audience="members")
    insider = factories.member(council)
    services.follow(person=insider, target=("case_study", study.pk))
    comment(study, regular, body="Said among ourselves.", approved_by=moderator)
    services.plan_now(cadence="weekly")
    end_membership(membership=insider.memberships.get(), by=None)
    services.send_waiting()
    assert not any(message.to == [insider.email] for message in outbox.outbox)


def test_a_held_comment_is_never_told(study, reader, council):
    services.follow(person=reader, target=("case_study", study.pk))
    comment(study, factories.UserFactory(name="Nia New"))
    assert send_now() == []


def test_an_approver_may_switch_off_the_mail_about_what_waits(council, client):
    author = factories.member(council, "author")
    approver = factories.member(council, "approver")
    study = factories.case_study(council, live=False, owner=author)
    study.save_revision(user=author)
    study.get_workflow().start(study, author)
    (message,) = delivered()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    assert link in html_of(message)
    client.post(link)
    assert MailPreference.objects.get(person=approver).reviews is False
    other = factories.case_study(council, live=False, owner=author)
    other.save_revision(user=author)
    other.get_workflow().start(other, author)
    assert delivered() == []
