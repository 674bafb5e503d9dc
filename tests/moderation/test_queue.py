"""The queue: who sees what, in which order, at which cost, and where a decision leads."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from discussion.models import Comment
from discussion.services import add_comment
from moderation import services
from moderation.models import ContributionState, Decision
from moderation.queue import waiting_for
from moderation.report_kinds import FACTS
from tests import factories

pytestmark = pytest.mark.django_db
QUEUE = "/moderation/"


def submitted(organisation, author, **fields):
    page = factories.case_study(organisation, live=False, **fields)
    page.save_revision(user=author)
    page.get_workflow().start(page, author)
    return page


def held(case_study, person, body="Which year?"):
    return add_comment(page=case_study, body=body, by=person)[0]


def text(response):
    return " ".join(response.content.decode().split())


# --- who ----------------------------------------------------------------------------------------


def test_a_visitor_signs_in_first(client):
    for address in (QUEUE, "/moderation/decisions/", "/moderation/comment/1/", "/moderation/pages/1/"):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"] == f"/account/login/?next={address}"


@pytest.mark.parametrize("role", ["practitioner", "member", "author", "editor", "lapsed"])
def test_others_are_told_who_can_give_access(client, council, case_study, newcomer, role):
    from members.services import end_membership

    person = {
        "practitioner": factories.UserFactory,
        "editor": lambda: factories.UserFactory(editor=True),
        "lapsed": lambda: factories.member(council, "lead"),
    }.get(role, lambda: factories.member(council, role))()
    if role == "lapsed":
        end_membership(membership=person.memberships.get(), by=None)
    comment = held(case_study, newcomer)
    client.force_login(person)
    for address in (QUEUE, "/moderation/decisions/", f"/moderation/comment/{comment.pk}/"):
        response = client.get(address)
        assert response.status_code == 403
        assert "administrator of the network makes somebody a moderator" in text(response)
    client.post(f"/moderation/comment/{comment.pk}/", {"action": "approve"})
    comment.refresh_from_db()
    assert comment.state == ContributionState.HELD


def test_an_approver_sees_the_pages_of_their_own_organisation_and_nothing_else(client, council, case_study, newcomer):
    wigan = factories.organisation("Wigan")
    approver = factories.member(council, "approver")
    factories.member(wigan, "approver")
    ours = submitted(council, factories.member(council, "author"), title="Ours to sign")
    theirs = submitted(wigan, factories.member(wigan, "author"), title="Theirs to sign")
    comment = held(case_study, newcomer)
    client.force_login(approver)
    seen = text(client.get(QUEUE))
    assert "Ours to sign" in seen
    assert "Theirs to sign" not in seen
    assert "Which year?" not in seen
    assert client.get(f"/moderation/comment/{comment.pk}/").status_code == 403
    state = theirs.current_workflow_task_state
    assert client.get(f"/moderation/pages/{state.pk}/").status_code == 403
    assert client.get(f"/moderation/pages/{ours.current_workflow_task_state.pk}/").status_code == 200


# --- what, in which order -----------------------------------------------------------------------


def test_everything_that_waits_is_in_one_list_oldest_first(client, council, case_study, newcomer, moderator):
    council.requires_approval = False
    council.save()
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=5), tick=False):
        submitted(council, factories.member(council, "author", name="Ada Author"), title="A new page")
    with time_machine.travel(now - timedelta(days=3), tick=False):
        held(case_study, newcomer, "A held comment")
    with time_machine.travel(now - timedelta(hours=1), tick=False):
        services.report(subject=case_study, kind="wrong")
    with time_machine.travel(now - timedelta(minutes=5), tick=False):
        services.report(subject=case_study, kind="illegal")
    client.force_login(moderator)
    seen = text(client.get(QUEUE))
    places = [seen.index(words) for words in ("may be against the law", "A new page", "A held comment", "misleading")]
    assert places == sorted(places)
    assert "Waits 5 days · Ada Author · Stockport" in seen
    assert "Overdue" in seen
    assert "Waits 1 hour" in seen


def test_an_empty_queue_says_so(client, moderator):
    client.force_login(moderator)
    assert "The queue is empty" in text(client.get(QUEUE))


def test_ones_own_work_is_not_in_ones_queue(case_study, moderator):
    Comment.objects.create(page=case_study, author=moderator, body="Mine", state="held")
    own = Comment.objects.create(page=case_study, author=moderator, body="Mine too", state="published")
    services.report(subject=own, kind="wrong")
    assert waiting_for(moderator) == []
    assert len(waiting_for(factories.UserFactory(moderator=True))) == 2


def test_queue_and_predicate_agree(council, case_study, newcomer, moderator):
    from moderation.models import ReviewTaskState
    from moderation.permissions import can_review

    wigan = factories.organisation("Wigan")
    wigan.requires_approval = False
    wigan.save()
    people = [moderator, newcomer, factories.UserFactory(administrator=True), factories.UserFactory(moderator=True)]
    for organisation in (council, wigan):
        for role in ("author", "lead", "approver"):
            people.append(factories.member(organisation, role))
    for organisation in (council, wigan):
        for person in (people[4], people[5], people[7], moderator):
            submitted(organisation, person)
    for person in people:
        listed = {entry.pk for entry in waiting_for(person) if entry.kind == "page"}
        allowed = {
            state.pk for state in ReviewTaskState.objects.filter(status="in_progress") if can_review(person, state)
        }
        assert listed == allowed, person


def test_the_cost_does_not_grow_with_the_queue(client, council, case_study, moderator):
    newcomer = factories.UserFactory()
    council.requires_approval = False
    council.save()
    author = factories.member(council, "author")
    client.force_login(moderator)

    def cost():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(QUEUE).status_code == 200
        return len(captured)

    def grow(number):
        for n in range(number):
            submitted(council, author)
            held(case_study, newcomer, f"Comment {n}")
            services.report(subject=held(case_study, factories.UserFactory()), kind="spam")

    grow(2)
    client.get(QUEUE)
    first = cost()
    grow(4)
    assert cost() == first
    assert first <= 31  # one for each kind of thing that may wait is among them


def test_the_list_is_paged_and_wrong_page_numbers_are_forgiven(client, case_study, newcomer, moderator):
    for n in range(27):
        held(case_study, newcomer, f"Comment {n}")
    client.force_login(moderator)
    assert len(client.get(QUEUE).context["items"]) == 25
    assert len(client.get(QUEUE, {"page": "2"}).context["items"]) == 2
    for wrong in ("0", "-1", "99", "x", "٣", "1e9"):
        assert client.get(QUEUE, {"page": wrong}).status_code == 200


# --- deciding -----------------------------------------------------------------------------------


def test_approving_leads_to_the_next(client, case_study, newcomer, moderator):
    first, second = held(case_study, newcomer, "One"), held(case_study, newcomer, "Two")
    client.force_login(moderator)
    shown = text(client.get(f"/moderation/comment/{first.pk}/"))
    assert "Your first contributions are looked at" in shown
    assert case_study.title in shown
    assert "Comments waiting" in shown
    response = client.post(f"/moderation/comment/{first.pk}/", {"action": "approve"})
    assert response["Location"] == f"/moderation/comment/{second.pk}/"
    response = client.post(f"/moderation/comment/{second.pk}/", {"action": "approve"})
    assert response["Location"] == QUEUE
    assert Comment.objects.published().count() == 2


def test_after_something_urgent_the_oldest_is_next(client, case_study, newcomer, moderator):
    oldest = held(case_study, newcomer, "One")
    urgent = services.report(subject=case_study, kind="illegal")
    held(case_study, newcomer, "Two")
    client.force_login(moderator)
    response = client.post(f"/moderation/reports/{urgent.pk}/", {"action": "dismiss_report"})
    assert response["Location"] == f"/moderation/comment/{oldest.pk}/"


def test_a_reply_is_shown_in_its_thread(client, case_study, member, newcomer, moderator):
    first = add_comment(page=case_study, body="The question", by=member)[0]
    reply = add_comment(page=case_study, body="The answer", by=newcomer, reply_to=first)[0]
    client.force_login(moderator)
    assert "The question" in text(client.get(f"/moderation/comment/{reply.pk}/"))


def test_a_refusal_without_a_reason_comes_back_with_what_was_typed(client, case_study, newcomer, moderator):
    comment = held(case_study, newcomer)
    client.force_login(moderator)
    response = client.post(
        f"/moderation/comment/{comment.pk}/", {"action": "decline", "private_note": "I kept this note"}
    )
    assert response.status_code == 422
    shown = text(response)
    assert "Choose a reason" in shown
    assert "I kept this note" in shown
    assert "There is a problem" in shown
    assert not Decision.objects.exists()


@pytest.mark.parametrize("action", ["", "hide", "restore", "dismiss_report", "explode"])
def test_a_decision_that_the_thing_does_not_allow_is_refused(client, case_study, newcomer, moderator, action):
    comment = held(case_study, newcomer)
    client.force_login(moderator)
    posted = {"action": action, "reason": "abuse", "words": "x"}
    assert client.post(f"/moderation/comment/{comment.pk}/", posted).status_code == 422
    assert not Decision.objects.exists()


def test_who_comes_second_is_told_and_goes_on(client, case_study, newcomer, moderator):
    comment, following = held(case_study, newcomer, "One"), held(case_study, newcomer, "Two")
    client.force_login(factories.UserFactory(moderator=True))
    client.get(f"/moderation/comment/{comment.pk}/")
    services.decide_contribution(contribution=comment, action="approve", by=moderator)
    form = {"action": "decline", "reason": "abuse", "words": "x"}
    response = client.post(f"/moderation/comment/{comment.pk}/", form, follow=True)
    assert "already decided by Morgan Moderator: Approve" in text(response)
    assert response.redirect_chain[-1][0] == f"/moderation/comment/{following.pk}/"
    assert Decision.objects.count() == 1
    comment.refresh_from_db()
    assert comment.state == ContributionState.PUBLISHED


def test_hiding_and_restoring_a_published_comment(client, case_study, member, moderator):
    comment = add_comment(page=case_study, body="Published", by=member)[0]
    client.force_login(moderator)
    address = f"/moderation/comment/{comment.pk}/"
    client.post(address, {"action": "hide", "reason": "abuse", "words": "Please be kind."})
    comment.refresh_from_db()
    assert comment.state == ContributionState.HIDDEN
    shown = text(client.get(address))
    assert "Please be kind." in shown
    client.post(address, {"action": "restore"})
    comment.refresh_from_db()
    assert comment.state == ContributionState.PUBLISHED


def test_a_page_is_approved_from_the_queue_and_is_public(client, council, moderator):
    council.requires_approval = False
    council.save()
    page = submitted(council, factories.member(council, "author"), title="Market again", who_for="<p>Traders</p>")
    client.force_login(moderator)
    address = f"/moderation/pages/{page.current_workflow_task_state.pk}/"
    shown = text(client.get(address))
    assert "Market again" in shown
    assert "Three stalls became shops." in shown
    assert client.post(address, {"action": "approve"}).status_code == 302
    page.refresh_from_db()
    assert page.live
    assert "Already decided by Morgan Moderator: Approve" in text(client.get(address))


def test_a_change_to_a_published_page_is_shown_field_by_field(client, council, moderator):
    council.requires_approval = False
    council.save()
    page = factories.case_study(council, title="As it was", summary="Traders opened a market.")
    page.lessons.create(lesson="List the building early")
    page.measures.create(indicator="Empty shops", unit="%", before=25, after=10)
    page.save_revision().publish()
    edited = page.get_latest_revision_as_object()
    edited.summary = "Traders opened a weekly market."
    edited.did_not_work = "<p>Nobody came in <script>alert(1)</script> January.</p>"
    edited.lessons.create(lesson="Ask the traders first")
    edited.measures.get().after = 12
    edited.measures.set([*edited.measures.all()])
    author = factories.member(council, "author")
    edited.save_revision(user=author)
    page.get_workflow().start(page, author)
    client.force_login(moderator)
    shown = text(client.get(f"/moderation/pages/{page.current_workflow_task_state.pk}/"))
    assert "<ins>weekly</ins>" in shown.replace("<ins>weekly </ins>", "<ins>weekly</ins>")
    assert "Ask the traders first" in shown
    assert "Added" in shown
    assert "alert(1)</script>" not in shown


def test_hostile_words_are_shown_as_words(client, council, case_study, newcomer, moderator):
    council.requires_approval = False
    council.save()
    evil = "<script>alert(1)</script>"
    page = submitted(council, factories.member(council, "author"), title=evil, problem=f"<p>{evil}</p>", funder=evil)
    comment = held(case_study, newcomer, evil)
    report = services.report(subject=case_study, kind="other", details=evil)
    client.force_login(moderator)
    for address in (
        QUEUE,
        f"/moderation/pages/{page.current_workflow_task_state.pk}/",
        f"/moderation/comment/{comment.pk}/",
        f"/moderation/reports/{report.pk}/",
    ):
        response = client.get(address)
        assert response.status_code == 200
        assert evil not in response.content.decode(), address


@pytest.mark.parametrize(
    "address",
    ["/moderation/pages/999/", "/moderation/comment/999/", "/moderation/reports/999/", "/moderation/wombat/1/"],
)
def test_what_is_not_there_is_not_found(client, moderator, address):
    client.force_login(moderator)
    assert client.get(address).status_code == 404


def test_the_moderators_pages_are_nobody_elses_to_keep(client, moderator):
    client.force_login(moderator)
    assert "no-store" in client.get(QUEUE)["Cache-Control"]


# --- the log and the policy ---------------------------------------------------------------------


def test_the_log_lists_and_exports_decisions(client, case_study, newcomer, moderator):
    comment = held(case_study, newcomer)
    services.decide_contribution(
        contribution=comment, action="decline", by=moderator, reason="abuse", words="=HYPERLINK(1)", private_note="p"
    )
    client.force_login(moderator)
    assert "It attacks or insults somebody" in text(client.get("/moderation/decisions/"))
    assert "No decisions yet" in text(client.get("/moderation/decisions/", {"action": "approve"}))
    rows = client.get("/moderation/decisions/", {"format": "csv"}).content.decode().splitlines()
    assert rows[0].startswith("number,decided_at,decision")
    assert "'=HYPERLINK(1)" in rows[1]
    assert "Morgan Moderator" in rows[1]


def test_the_policy_page_shows_the_rules_in_force_and_the_totals(client, case_study, newcomer, moderator):
    from moderation.models import ModerationSettings

    settings = ModerationSettings.load()
    settings.approvals_for_trust, settings.max_links = 3, 7
    settings.save()
    response = client.get("/moderation-policy/")
    shown = text(response)
    assert "approved this many things of theirs: 3" in shown
    assert "more links than 7" in shown
    by_law = sum(facts.by_law for facts in FACTS.values())
    assert shown.count("The law sets this time.") == by_law == 3
    assert shown.count("We set this time ourselves.") == len(FACTS) - by_law + 1, "and that of appeals"
    assert "No decision has been made yet" in shown
    assert not response.cookies
    comment = held(case_study, newcomer)
    services.decide_contribution(contribution=comment, action="approve", by=moderator)
    assert "less than an hour" in text(client.get("/moderation-policy/"))


def test_only_who_can_work_the_queue_gets_its_link(client, council, moderator, newcomer):
    def link(user):
        client.force_login(user)
        return 'href="/moderation/"' in client.get("/moderation-policy/").content.decode()

    assert link(moderator)
    assert link(factories.member(council, "approver"))
    assert not link(newcomer)
    assert not link(factories.member(council, "author"))
