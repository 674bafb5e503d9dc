"""Comments on case studies: written, answered, changed, removed, read."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.models import Event
from core.retention import forget_what_is_due
from discussion import services
from discussion.asks.services import delete_ask
from discussion.errors import BadText, NotAllowed, TooLate
from discussion.models import Comment
from moderation import services as moderation
from moderation.models import ContributionState
from tests import factories
from tests.discussion.helpers import thread_of

pytestmark = pytest.mark.django_db


def kinds():
    return list(Event.objects.filter(kind__startswith="comment.").values_list("kind", flat=True))


def write(page, by, body="Did anyone count the vouchers?", **more):
    return services.add_comment(page=page, body=body, by=by, **more)[0]


# --- writing ------------------------------------------------------------------------------------


def test_a_newcomers_comment_waits_and_says_why(case_study, newcomer):
    comment, verdict = services.add_comment(page=case_study, body="Hello", by=newcomer)
    assert comment.state == ContributionState.HELD
    assert verdict.codes == comment.state_reasons == ["new_person"]
    event = Event.objects.get(kind="comment.held")
    assert event.subject_id == comment.pk
    assert ("case_study", case_study.pk) in {(one.kind, one.object_id) for one in event.targets.all()}


def test_a_members_comment_is_published_at_once(case_study, member):
    comment = write(case_study, member)
    assert comment.state == ContributionState.PUBLISHED
    assert kinds() == ["comment.published"]
    assert Event.objects.get(kind="comment.published").actor == member


def test_a_newcomer_is_trusted_after_two_approvals(case_study, newcomer, moderator):
    for number in range(2):
        comment = write(case_study, newcomer, f"Comment {number}")
        assert comment.state == ContributionState.HELD
        moderation.decide_contribution(contribution=comment, action="approve", by=moderator)
    assert write(case_study, newcomer, "The third").state == ContributionState.PUBLISHED


def test_a_refusal_takes_trust_away_from_a_member_until_it_is_forgotten(case_study, member, moderator):
    first = write(case_study, member)
    moderation.hide(contribution=first, by=moderator, reason="abuse", words="Please be kind.")
    assert write(case_study, member, "Another").state == ContributionState.HELD
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert write(case_study, member, "A year later").state == ContributionState.PUBLISHED


def test_a_refusal_that_was_overturned_takes_nothing_away(case_study, member, moderator):
    first = write(case_study, member)
    moderation.hide(contribution=first, by=moderator, reason="abuse", words="Please be kind.")
    moderation.restore(contribution=first, by=moderator)
    assert write(case_study, member, "Another").state == ContributionState.PUBLISHED


def test_the_same_again_within_the_hour_waits(case_study, member):
    write(case_study, member, "Look at this")
    again = write(case_study, member, "Look at this ")
    assert (again.state, again.state_reasons) == (ContributionState.HELD, ["repeated"])


@pytest.mark.parametrize("body", ["", "   \n\t", "\u200b\u200b", "\x00"])
def test_nothing_to_read_is_refused(case_study, member, body):
    with pytest.raises(BadText):
        services.add_comment(page=case_study, body=body, by=member)
    assert not Comment.objects.exists()


def test_length_is_limited_and_the_limit_itself_is_allowed(case_study, member):
    assert write(case_study, member, "x" * 4000).body == "x" * 4000
    with pytest.raises(BadText, match="4,001"):
        services.add_comment(page=case_study, body="x" * 4001, by=member)


def test_the_first_comment_gives_a_nameless_person_a_name(case_study):
    nameless = factories.UserFactory(name="")
    with pytest.raises(BadText):
        services.add_comment(page=case_study, body="Hello", by=nameless)
    write(case_study, nameless, "Hello", name="  Jo   Bloggs ")
    nameless.refresh_from_db()
    assert nameless.name == "Jo Bloggs"


def test_members_only_pages_are_discussed_by_members_only(council, newcomer, member):
    page = factories.case_study(council, audience="members")
    with pytest.raises(NotAllowed):
        services.add_comment(page=page, body="Hello", by=newcomer)
    write(page, member)
    assert thread_of(page=page, user=newcomer) == []
    assert len(thread_of(page=page, user=member)) == 1


def test_when_membership_ends_the_discussion_closes(council, member):
    from members.services import end_membership

    page = factories.case_study(council, audience="members")
    comment = write(page, member)
    end_membership(membership=member.memberships.get(), by=None)
    with pytest.raises(NotAllowed):
        services.add_comment(page=page, body="Once more", by=member)
    with pytest.raises(NotAllowed):
        services.edit_comment(comment=comment, body="Changed", by=member)


def test_drafts_and_other_pages_are_not_discussed(council, member):
    for page in (factories.case_study(council, live=False), council.page):
        with pytest.raises(NotAllowed):
            services.add_comment(page=page, body="Hello", by=member)


# --- answering ----------------------------------------------------------------------------------


def test_a_reply_to_a_reply_stands_under_the_first_comment(case_study, member):
    first = write(case_study, member, "First")
    reply = write(case_study, member, "Second", reply_to=first)
    third = write(case_study, member, "Third", reply_to=reply)
    assert (third.parent, third.in_reply_to) == (first, reply)
    thread = thread_of(page=case_study, user=member)
    assert [one["id"] for one in thread[0]["replies"]] == [reply.pk, third.pk]


def test_a_reply_says_whom_to_tell(case_study, member, newcomer, moderator):
    theirs = write(case_study, newcomer)
    moderation.decide_contribution(contribution=theirs, action="approve", by=moderator)
    write(case_study, member, "An answer", reply_to=theirs)
    event = Event.objects.filter(kind="comment.published").latest("pk")
    assert event.data["reply_to_author_id"] == newcomer.pk


def test_one_cannot_answer_what_waits_or_what_stands_elsewhere(council, case_study, member, newcomer):
    held = write(case_study, newcomer)
    with pytest.raises(NotAllowed):
        services.add_comment(page=case_study, body="x", by=member, reply_to=held)
    elsewhere = write(factories.case_study(council), member)
    with pytest.raises(NotAllowed):
        services.add_comment(page=case_study, body="x", by=member, reply_to=elsewhere)


# --- changing and removing ----------------------------------------------------------------------


def test_an_author_may_change_a_comment_for_a_quarter_of_an_hour(case_study, member):
    comment = write(case_study, member)
    services.edit_comment(comment=comment, body="Better words", by=member)
    assert comment.body == "Better words"
    assert comment.edited_at is not None
    assert kinds() == ["comment.published", "comment.changed"]
    with time_machine.travel(timezone.now() + timedelta(minutes=16)), pytest.raises(TooLate):
        services.edit_comment(comment=comment, body="Too late", by=member)


def test_a_change_is_judged_again(case_study, member):
    comment = write(case_study, member)
    services.edit_comment(comment=comment, body="Come to my casino", by=member)
    assert (comment.state, comment.state_reasons) == (ContributionState.HELD, ["blocked_word"])


def test_after_a_moderator_asked_for_changes_the_author_changes_and_the_moderator_looks_again(
    case_study, member, moderator
):
    comment = write(case_study, member, "casino")
    moderation.decide_contribution(
        contribution=comment, action="ask_for_changes", reason="promotion", words="Leave out the advert.", by=moderator
    )
    assert comment.state == ContributionState.DRAFT
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        services.edit_comment(comment=comment, body="Without the advert", by=member)
    assert (comment.state, comment.state_reasons) == (ContributionState.HELD, ["changes_asked"])


def test_nobody_changes_or_removes_another_persons_comment(case_study, member, newcomer, moderator):
    comment = write(case_study, member)
    for person in (newcomer, moderator):
        with pytest.raises(NotAllowed):
            services.edit_comment(comment=comment, body="Mine now", by=person)
        with pytest.raises(NotAllowed):
            services.delete_comment(comment=comment, by=person)


def test_removing_leaves_a_tombstone_only_where_there_are_replies(case_study, member):
    answered, alone = write(case_study, member, "Answered"), write(case_study, member, "Alone")
    write(case_study, member, "The answer", reply_to=answered)
    for comment in (answered, alone):
        services.delete_comment(comment=comment, by=member)
        services.delete_comment(comment=comment, by=member)  # a repeated call changes nothing
    thread = thread_of(page=case_study, user=member)
    assert [one["id"] for one in thread] == [answered.pk]
    assert thread[0]["removed"]
    assert thread[0]["html"] == ""
    assert Comment.objects.get(pk=answered.pk).body == ""
    assert kinds().count("comment.removed") == 2


def test_a_reported_comment_keeps_its_words_for_the_moderator(case_study, member):
    comment = write(case_study, member, "Something bad")
    moderation.report(subject=comment, kind="abuse")
    services.delete_comment(comment=comment, by=member)
    assert Comment.objects.get(pk=comment.pk).body == "Something bad"


def test_the_database_refuses_an_empty_published_comment(case_study, member):
    comment = write(case_study, member)
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(body="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(state="shouting")


# --- reading ------------------------------------------------------------------------------------


def test_what_waits_is_seen_by_its_author_alone(case_study, member, newcomer, rf):
    from django.contrib.auth.models import AnonymousUser

    write(case_study, newcomer)
    assert [one["held"] for one in thread_of(page=case_study, user=newcomer)] == [True]
    for other in (member, AnonymousUser()):
        assert thread_of(page=case_study, user=other) == []


def test_the_number_of_queries_does_not_depend_on_the_number_of_comments(case_study, member, django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser

    def grow(number):
        for _ in range(number):
            top = Comment.objects.create(page=case_study, author=member, body="x", state="published")
            Comment.objects.create(page=case_study, author=member, body="y", state="published", parent=top)

    for number in (2, 20):
        grow(number)
        with django_assert_num_queries(1):
            thread_of(page=case_study, user=AnonymousUser())
        reader = factories.UserFactory()
        with django_assert_num_queries(3):  # and whether they moderate, or are suspended
            thread_of(page=case_study, user=reader)


def test_predicate_and_queryset_agree(council, case_study, member, newcomer, moderator):
    from django.contrib.auth.models import AnonymousUser

    from discussion.permissions import can_see, comments_visible_to

    private = factories.case_study(council, audience="members")
    for author in (member, newcomer):
        for where in (case_study, private):
            for state in ContributionState.values:
                factories.comment(page=where, author=author, body="x", state=state)
    hidden_page = factories.case_study(council)
    Comment.objects.create(page=hidden_page, author=member, body="x", state="published")
    hidden_page.unpublish()
    for person in (AnonymousUser(), newcomer, member, moderator):
        seen = set(comments_visible_to(person).values_list("pk", flat=True))
        assert seen == {one.pk for one in Comment.objects.all() if can_see(person, one)}, person


# --- over HTTP ----------------------------------------------------------------------------------


def test_a_member_comments_on_the_page(client, case_study, member):
    client.force_login(member)
    response = client.post(reverse("comment_add", args=[case_study.pk]), {"body": "Did it last?\n\n- one\n- two"})
    comment = Comment.objects.get()
    assert response.status_code == 302
    assert response["Location"].endswith(f"{case_study.get_url()}#comment-{comment.pk}")


def test_an_error_gives_the_text_back(client, case_study, member):
    client.force_login(member)
    response = client.post(reverse("comment_add", args=[case_study.pk]), {"body": "<b>x</b>" * 600})
    assert response.status_code == 422
    assert "&lt;b&gt;x&lt;/b&gt;" in response.content.decode()
    assert "<title>Error:" in response.content.decode()
    assert not Comment.objects.exists()


def test_a_visitor_is_sent_to_sign_in(client, case_study):
    response = client.post(reverse("comment_add", args=[case_study.pk]), {"body": "Hello"})
    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")
    assert not Comment.objects.exists()


def test_a_flood_is_stopped_and_the_text_kept(client, case_study, member):
    client.force_login(member)
    for number in range(10):
        assert client.post(reverse("comment_add", args=[case_study.pk]), {"body": f"No {number}"}).status_code == 302
    response = client.post(reverse("comment_add", args=[case_study.pk]), {"body": "One too many"})
    assert response.status_code == 429
    assert "One too many" in response.content.decode()
    assert Comment.objects.count() == 10


def test_what_one_may_not_see_is_not_there(client, council, member, newcomer):
    private = factories.case_study(council, audience="members")
    comment = write(private, member)
    client.force_login(newcomer)
    for name, pk in (
        ("comment_add", private.pk),
        ("comment_add", 999_999),
        ("comment_reply", comment.pk),
        ("comment_edit", comment.pk),
        ("comment_delete", comment.pk),
    ):
        assert client.post(reverse(name, args=[pk]), {"body": "x"}).status_code == 404, name


def test_reply_change_and_remove_work_without_scripts(client, case_study, member):
    comment = write(case_study, member)
    client.force_login(member)
    for name, words in (("comment_reply", "Reply"), ("comment_edit", "Change"), ("comment_delete", "Remove")):
        response = client.get(reverse(name, args=[comment.pk]))
        assert response.status_code == 200
        assert words in response.content.decode()
    client.post(reverse("comment_reply", args=[comment.pk]), {"body": "An answer"})
    client.post(reverse("comment_edit", args=[comment.pk]), {"body": "Changed"})
    comment.refresh_from_db()
    assert comment.body == "Changed"
    assert comment.replies.get().body == "An answer"
    client.post(reverse("comment_delete", args=[comment.pk]))
    comment.refresh_from_db()
    assert comment.state == ContributionState.REMOVED


def test_the_author_reads_what_the_moderator_asks_for(client, case_study, member, moderator):
    comment = write(case_study, member, "casino")
    moderation.decide_contribution(
        contribution=comment, action="ask_for_changes", reason="promotion", words="Leave out the advert.", by=moderator
    )
    client.force_login(member)
    shown = client.get(reverse("comment_edit", args=[comment.pk])).content.decode()
    assert "Leave out the advert." in shown
    assert "It promotes a product or service" in shown
    assert thread_of(page=case_study, user=member)[0]["badges"]


# --- the template tag ---------------------------------------------------------------------------


def show(page, user, rf):
    from django.template import RequestContext, Template

    request = rf.get("/")
    request.user = user
    template = Template("{% load discussion %}{% comments_for page %}")
    return template.render(RequestContext(request, {"page": page})), request


def test_a_visitor_reads_comments_and_gets_no_cookie(case_study, member, rf):
    from django.contrib.auth.models import AnonymousUser

    comment = write(case_study, member, "Read https://example.org/a")
    html, request = show(case_study, AnonymousUser(), rf)
    assert f'id="comment-{comment.pk}"' in html
    assert 'rel="nofollow ugc noopener"' in html
    assert "Sign in to comment" in html
    assert reverse("report", args=["comment", comment.pk]) in html
    assert "csrfmiddlewaretoken" not in html
    assert not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")


def test_a_signed_in_person_gets_the_form_and_an_empty_page_says_so(case_study, newcomer, rf):
    html, _request = show(case_study, newcomer, rf)
    assert reverse("comment_add", args=[case_study.pk]) in html
    assert "csrfmiddlewaretoken" in html
    assert "Nobody has commented yet" in html


def test_nothing_of_a_members_discussion_shows_to_others(council, member, newcomer, rf):
    page = factories.case_study(council, audience="members")
    write(page, member, "Between ourselves")
    assert show(page, newcomer, rf)[0].strip() == ""
    assert "Between ourselves" in show(page, member, rf)[0]


def test_what_was_reported_before_its_author_removed_it_goes_after_a_year(case_study, member, newcomer):
    comment = services.add_comment(page=case_study, body="You are all fools", by=member)[0]
    services.edit_comment(comment=comment, body="You are fools", by=member)
    asked = factories.ask(author=member)
    asked.versions.create(title=asked.title, body="All fools")
    for subject in (comment, asked):
        moderation.report(subject=subject, kind="abuse", by=newcomer)
    services.delete_comment(comment=comment, by=member)
    delete_ask(ask=asked, by=member)
    for days, kept in ((364, True), (366, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            assert not [one.rule for one in forget_what_is_due() if one.error]
        comment.refresh_from_db()
        asked.refresh_from_db()
        words = comment.body, asked.body, comment.versions.exists(), asked.versions.exists()
        assert [bool(one) for one in words] == [kept] * 4
