"""Appeals: once, in time, to somebody else; and taking a decision back within a day."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.delivery import deliver_all
from core.models import LookedAt, StaffLook
from discussion.services import add_comment, delete_comment
from moderation import services
from moderation.errors import AlreadyDecided, NotAllowed, ReasonNeeded, TooLate
from moderation.links import appeal_url
from moderation.models import Appeal, ContributionState, Decision, Report
from moderation.permissions import (
    appealable_by,
    appeals_decidable_by,
    can_appeal,
    can_decide_appeal,
    can_undo,
    undoable_by,
)
from moderation.selectors import record_of
from moderation.standing import may_contribute
from tests import factories
from tests.digests.helpers import send_now
from tests.moderation.helpers import aged

pytestmark = pytest.mark.django_db
WHY = {"reason": "abuse", "words": "You called two people names."}


@pytest.fixture
def other(db):
    return factories.UserFactory(name="Ola Other", moderator=True)


@pytest.fixture
def declined(case_study, newcomer, moderator):
    comment = add_comment(page=case_study, body="Which year?", by=newcomer)[0]
    return services.decide_contribution(contribution=comment, action="decline", by=moderator, **WHY)


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def again(thing):
    return type(thing)._default_manager.get(pk=thing.pk)


def test_an_appeal_is_made_once_in_time_and_by_whose_work_it_was(council, declined, newcomer, moderator, other):
    strangers = [
        moderator,
        other,
        factories.UserFactory(),
        factories.member(council, "author"),
        factories.member(factories.organisation("Wigan"), "lead"),
    ]
    for person in strangers:
        with pytest.raises(NotAllowed):
            services.appeal(decision=declined, by=person, words="I know them.")
        assert browser(person).get(reverse("appeal", args=[declined.pk])).status_code == 404
    with pytest.raises(ReasonNeeded):
        services.appeal(decision=declined, by=newcomer, words=" ")
    late = aged(declined, timedelta(days=30, minutes=1))
    with pytest.raises(TooLate):
        services.appeal(decision=late, by=newcomer, words="Please.")
    in_time = aged(declined, timedelta(days=29, hours=23))
    for user in [newcomer, *strangers]:
        assert set(appealable_by(user)) == {one for one in Decision.objects.all() if can_appeal(user, one)}
    made = services.appeal(decision=in_time, by=newcomer, words="It was a question.")
    assert made.deadline == in_time.decided_at + timedelta(days=30)
    with pytest.raises(AlreadyDecided):
        services.appeal(decision=again(in_time), by=newcomer, words="Again.")
    for user in [newcomer, *strangers]:
        assert set(appealable_by(user)) == {one for one in Decision.objects.all() if can_appeal(user, one)}
        assert set(appeals_decidable_by(user)) == {one for one in Appeal.objects.all() if can_decide_appeal(user, one)}


def test_approvals_are_nothing_to_appeal_against(case_study, newcomer, moderator):
    comment = add_comment(page=case_study, body="Which year?", by=newcomer)[0]
    approved = services.decide_contribution(contribution=comment, action="approve", by=moderator)
    with pytest.raises(NotAllowed):
        services.appeal(decision=approved, by=newcomer, words="Too good.")


def test_another_moderator_overturns_and_everything_is_as_if_it_had_not_been(declined, newcomer, moderator, other):
    comment = declined.subject
    services.report(subject=comment, kind="spam", by=other)
    made = services.appeal(decision=declined, by=newcomer, words="It was a question.")
    for person in (moderator, newcomer, factories.UserFactory()):
        with pytest.raises(NotAllowed):
            services.decide_appeal(appeal=made, outcome="overturned", by=person, reply="Yes.")
    with pytest.raises(ReasonNeeded):
        services.decide_appeal(appeal=made, outcome="overturned", by=other, reply=" ")
    assert record_of(newcomer) == (0, 1)
    decision = services.decide_appeal(appeal=made, outcome="overturned", by=other, reply="It was a question indeed.")
    assert again(comment).state == ContributionState.PUBLISHED
    assert record_of(newcomer) == (1, 0), "the refusal no longer counts, and the thing counts as approved"
    assert (decision.action, decision.answers) == ("overturn", declined)
    with pytest.raises(AlreadyDecided):
        services.decide_appeal(appeal=made, outcome="upheld", by=factories.UserFactory(moderator=True), reply="No.")
    assert Report.objects.count() == 1


def test_an_upheld_decision_stands_and_the_person_is_told_why(declined, newcomer, other):
    made = services.appeal(decision=declined, by=newcomer, words="It was a question.")
    services.decide_appeal(appeal=made, outcome="upheld", by=other, reply="It named a neighbour.")
    assert again(declined.subject).state == ContributionState.REMOVED
    assert record_of(newcomer) == (0, 1)
    page = browser(newcomer).get(reverse("appeal", args=[declined.pk])).content.decode()
    assert "It named a neighbour." in page
    assert "The decision stands" in page


def test_what_its_author_removed_meanwhile_stays_removed(declined, newcomer, other):
    comment = declined.subject
    made = services.appeal(decision=declined, by=newcomer, words="It was a question.")
    services.remove_own(contribution=comment, by=newcomer)
    services.decide_appeal(appeal=made, outcome="overturned", by=other, reply="You were right.")
    assert again(comment).state == ContributionState.REMOVED
    assert again(comment).state_reasons == ["by_author"]


def test_hidden_things_pages_and_sanctions_come_back_too(case_study, council, member, moderator, other):
    newcomer = factories.UserFactory()
    comment = add_comment(page=case_study, body="In 2019.", by=member)[0]
    hidden = services.hide(contribution=comment, by=moderator, **WHY)
    suspension = services.suspend(person=newcomer, by=moderator, until=timezone.now() + timedelta(days=9), **WHY)
    author = factories.member(council, "author")
    type(case_study).objects.filter(pk=case_study.pk).update(owner=author)
    page = services.hide_page(page=again(case_study), by=moderator, **WHY)
    for decision, who in ((hidden, member), (suspension.decision, newcomer), (page, author)):
        made = services.appeal(decision=decision, by=who, words="Look again.")
        services.decide_appeal(appeal=made, outcome="overturned", by=other, reply="Sorry.")
    assert again(comment).state == ContributionState.PUBLISHED
    assert may_contribute(again(newcomer))
    assert not again(suspension).is_in_force
    assert again(case_study).live


def test_a_page_that_was_declined_goes_to_its_reviewers_again(council, moderator, other):
    author = factories.member(council, "author")
    page = factories.case_study(council, live=False, owner=author)
    page.save_revision(user=author)
    council.requires_approval = False
    council.save()
    state = page.get_workflow().start(page, author).current_task_state
    declined = services.decide_page(task_state=state, action="decline", by=moderator, **WHY)
    made = services.appeal(decision=declined, by=author, words="Look again.")
    services.decide_appeal(appeal=made, outcome="overturned", by=other, reply="It can be mended.")
    assert again(page).workflow_in_progress


def test_who_was_banned_appeals_by_the_link_in_the_letter(newcomer, moderator, other):
    third = factories.UserFactory(moderator=True)
    ban = services.propose_ban(person=newcomer, by=moderator, **WHY)
    decision = services.second_ban(sanction=ban, by=other)
    link = appeal_url(decision, signed=True).split("/", 3)[-1]
    stranger = Client()
    assert "/account/login/" in stranger.get(reverse("appeal", args=[decision.pk]))["Location"]
    forged = f"/{link[:-3]}xyz"
    assert stranger.get(forged).status_code == 404
    elsewhere = f"/{link}".replace(f"/appeal/{decision.pk}/", f"/appeal/{ban.decision_id}/")
    assert stranger.get(elsewhere).status_code == 404
    page = stranger.get(f"/{link}")
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"
    assert stranger.post(f"/{link}", {"words": "It was my brother."}).status_code == 302
    made = Appeal.objects.get()
    assert made.by == newcomer
    for part in (moderator, other):
        assert not can_decide_appeal(part, made)
        assert made not in appeals_decidable_by(part)
    services.decide_appeal(appeal=made, outcome="overturned", by=third, reply="It was.")
    assert again(newcomer).is_active
    assert User.objects.filter(pk=newcomer.pk, sanctions__lifted_at=None).count() == 0


def test_the_database_lets_nobody_decide_about_their_own_decision(declined, newcomer, moderator, other):
    made = services.appeal(decision=declined, by=newcomer, words="It was a question.")
    decided = {"outcome": "upheld", "reply": "No.", "decided_at": timezone.now()}
    for broken in (
        {**decided, "decided_by": moderator},
        {**decided, "decided_by": newcomer},
        {**decided, "decided_by": None},
        {**decided, "decided_by": other, "reply": ""},
        {"outcome": "upheld"},
        {"words": ""},
        {"created_at": made.deadline + timedelta(seconds=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.filter(pk=made.pk).update(**broken)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.constraint_checks_disabled():
        Appeal.objects.create(decision=declined, by=newcomer, words="Twice.", deadline=made.deadline)


def test_from_a_declined_comment_to_the_answer_in_a_browser(declined, newcomer, moderator, other):
    client, address = browser(newcomer), reverse("appeal", args=[declined.pk])
    standing = client.get(reverse("standing")).content.decode()
    assert address in standing
    assert "It attacks or insults somebody" in standing
    assert "Something you wrote before was not published." in standing
    long = "Please. " * 800
    refused = client.post(address, {"words": long})
    assert refused.status_code == 422
    assert "Please. Please." in refused.content.decode(), "the words are kept"
    assert client.post(address, {"words": "It was a question."}).status_code == 302
    assert "Appeal open" in client.get(reverse("standing")).content.decode()
    made = Appeal.objects.get()
    review = reverse("moderation_appeal", args=[made.pk])
    assert review in browser(other).get(reverse("moderation_queue")).content.decode()
    assert review not in browser(moderator).get(reverse("moderation_queue")).content.decode()
    assert "somebody else looks at the appeal" in browser(moderator).get(review).content.decode()
    told = {"outcome": "overturned", "reply": "You only asked."}
    assert browser(moderator).post(review, told).status_code == 403
    assert browser(newcomer).post(review, told).status_code == 403
    page = browser(other).get(review).content.decode()
    assert "It was a question." in page
    assert StaffLook.objects.filter(by=other.pk, person=newcomer.pk, what=LookedAt.HISTORY).exists()
    assert "Which year?" in page
    assert browser(other).post(review, {"outcome": "overturned", "reply": ""}).status_code == 422
    assert browser(other).post(review, told).status_code == 302
    assert "You only asked." in client.get(address).content.decode()


def test_mails_say_what_why_which_rule_and_how_to_appeal(declined, newcomer, member, moderator, other):
    services.warn(person=member, by=moderator, reason="promotion", words="Your shop is not a case study.")
    made = services.appeal(decision=declined, by=newcomer, words="It was a question.")
    services.decide_appeal(appeal=made, outcome="overturned", by=other, reply="You only asked.")
    deliver_all(only="notices")
    send_now()
    sent = {(message.to[0], message.subject): message.body for message in mail.outbox}
    warned = next(body for (to, subject), body in sent.items() if to == member.email and "warning" in subject.lower())
    assert "It promotes a product or service" in warned
    assert "The network is not for advertising" in warned
    assert "Your shop is not a case study." in warned
    assert reverse("appeal", args=[Decision.objects.get(action="warn").pk]) in warned
    day = timezone.localdate() + timedelta(days=30)
    assert f"{day.day} {day:%B %Y}" in warned
    own = " ".join(body for (to, _), body in sent.items() if to == newcomer.email)
    assert reverse("appeal", args=[declined.pk]) in own
    assert "overturned" in own
    assert "You only asked." in own


def test_a_decision_is_taken_back_exactly_within_a_day(case_study, newcomer, member, moderator, other):
    held = add_comment(page=case_study, body="Which year?", by=newcomer)[0]
    since, why = held.state_changed_at, held.state_reasons
    for action in ("approve", "decline", "ask_for_changes"):
        told = {} if action == "approve" else WHY
        decision = services.decide_contribution(contribution=again(held), action=action, by=moderator, **told)
        services.undo(decision=decision, by=other)
        back = again(held)
        assert (back.state, back.state_reasons, back.state_changed_at) == ("held", why, since), action
    assert record_of(newcomer) == (0, 0)
    shown = add_comment(page=case_study, body="In 2019.", by=member)[0]
    hidden = services.hide(contribution=shown, by=moderator, **WHY)
    undone = services.undo(decision=hidden, by=moderator)
    assert (again(shown).state, again(shown).state_reasons) == ("published", ["member"])
    with pytest.raises(TooLate):
        services.undo(decision=hidden, by=other)
    with pytest.raises(NotAllowed):
        services.undo(decision=undone, by=other)
    warning = services.suspend(person=newcomer, by=moderator, until=timezone.now() + timedelta(days=2), **WHY)
    services.undo(decision=warning.decision, by=other)
    assert may_contribute(again(newcomer))
    for person in (newcomer, member, factories.UserFactory(), factories.UserFactory(editor=True)):
        with pytest.raises(NotAllowed):
            services.undo(decision=hidden, by=person)
    for user in (newcomer, moderator, other):
        assert set(undoable_by(user)) == {one for one in Decision.objects.all() if can_undo(user, one)}


def test_nothing_is_taken_back_that_somebody_has_built_on(case_study, member, moderator, other):
    def approved(body):
        made = add_comment(page=case_study, body=body, by=factories.UserFactory())[0]
        return services.decide_contribution(contribution=made, action="approve", by=moderator)

    answered, removed, old = approved("One?"), approved("Two?"), approved("Three?")
    add_comment(page=case_study, body="In 2019.", by=member, reply_to=again(answered.subject))
    delete_comment(comment=removed.subject, by=removed.author)
    appealed = services.hide(contribution=again(old.subject), by=moderator, **WHY)
    services.appeal(decision=appealed, by=appealed.author, words="Why?")
    for decision in (answered, removed, old, appealed):
        with pytest.raises(TooLate):
            services.undo(decision=decision, by=other)
    fresh = approved("Four?")
    with pytest.raises(TooLate):
        services.undo(decision=aged(fresh, timedelta(hours=24, minutes=1)), by=other)
    client = browser(other)
    answer = client.post(reverse("moderation_undo", args=[fresh.pk]), follow=True)
    assert "too late" in answer.content.decode()
    aged(fresh, timedelta(hours=23))
    client.post(reverse("moderation_undo", args=[fresh.pk]))
    assert again(fresh.subject).state == ContributionState.HELD
