"""Warnings, limits, suspensions and bans: who may, what they do on the next request, and how they end."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from casestudies.permissions import can_record_adoption
from core.delivery import deliver_all
from digests.models import OutgoingEmail
from discussion import errors as discussion
from discussion.services import add_comment
from moderation import services
from moderation.errors import AlreadyDecided, IllegalMove, ModerationError, NotAllowed, ReasonNeeded
from moderation.models import ContributionState, Decision, Sanction
from moderation.permissions import (
    can_lift,
    can_sanction,
    can_second,
    liftable_by,
    sanctionable_by,
    secondable_by,
)
from moderation.standing import contributors, may_contribute
from tests import factories

pytestmark = pytest.mark.django_db
WHY = {"reason": "abuse", "words": "You called two people names."}


@pytest.fixture
def second(db):
    return factories.UserFactory(name="Sam Second", moderator=True)


def soon(days=7):
    return timezone.now() + timedelta(days=days)


def again(person):
    """As the next request finds them."""
    return User.objects.get(pk=person.pk)


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def test_only_moderators_decide_about_people_and_never_about_one_another(council, newcomer, moderator, second):
    lapsed = factories.UserFactory()
    administrator = factories.UserFactory(administrator=True)
    others = [
        newcomer,
        lapsed,
        factories.UserFactory(),
        factories.member(council, "lead"),
        factories.member(factories.organisation("Wigan"), "author"),
        factories.UserFactory(editor=True),
    ]
    target = factories.UserFactory()
    ban = services.propose_ban(person=newcomer, by=moderator, **WHY)
    for person in others:
        for act in (
            lambda by=person: services.warn(person=target, by=by, **WHY),
            lambda by=person: services.limit(person=target, by=by, **WHY),
            lambda by=person: services.suspend(person=target, by=by, until=soon(), **WHY),
            lambda by=person: services.propose_ban(person=target, by=by, **WHY),
            lambda by=person: services.second_ban(sanction=ban, by=by),
            lambda by=person: services.lift(sanction=ban, by=by, words="Enough."),
        ):
            with pytest.raises(NotAllowed):
                act()
    for spared in (moderator, second, administrator):
        with pytest.raises(NotAllowed):
            services.warn(person=spared, by=moderator, **WHY)
    assert Sanction.objects.count() == 1
    # Each predicate and its queryset agree.
    for user in [*others, moderator, second, administrator]:
        allowed = set(sanctionable_by(user).values_list("pk", flat=True))
        assert allowed == {one.pk for one in User.objects.all() if can_sanction(user, one)}
        assert set(secondable_by(user)) == {one for one in Sanction.objects.all() if can_second(user, one)}
        assert set(liftable_by(user)) == {one for one in Sanction.objects.all() if can_lift(user, one)}


def test_a_sanction_needs_a_reason_for_people_words_and_a_time_to_come(newcomer, moderator):
    for missing in ({"words": "x"}, {"reason": "abuse"}, {"reason": "abuse", "words": " "}):
        with pytest.raises(ReasonNeeded):
            services.warn(person=newcomer, by=moderator, **{"reason": "", "words": "", **missing})
    for until in (timezone.now() - timedelta(minutes=1), soon(days=400)):
        with pytest.raises(IllegalMove):
            services.suspend(person=newcomer, by=moderator, until=until, **WHY)
    assert not Decision.objects.exists()


def test_what_a_limited_person_writes_is_held_until_the_limit_ends(case_study, member, moderator):
    assert add_comment(page=case_study, body="One", by=member)[1].publish
    limited = services.limit(person=member, by=moderator, until=soon(), **WHY)
    verdict = add_comment(page=case_study, body="Two", by=again(member))[1]
    assert (verdict.publish, verdict.codes) == (False, ["limited"])
    services.lift(sanction=limited, by=moderator, words="You were right.")
    assert add_comment(page=case_study, body="Three", by=again(member))[1].publish
    Sanction.objects.filter(pk=limited.pk).update(lifted_at=None, lifted_by=None, ends_at=timezone.now())
    assert add_comment(page=case_study, body="Four", by=again(member))[1].publish


def test_a_suspended_person_reads_and_writes_nothing_from_the_next_request(council, case_study, moderator):
    author = factories.member(council, "lead")
    client = browser(author)
    assert client.get("/cms/").status_code == 200
    comment = add_comment(page=case_study, body="Before", by=author)[0]
    suspension = services.suspend(person=author, by=moderator, until=soon(), **WHY)
    author = again(author)
    assert client.get(case_study.url).status_code == 200
    assert "suspended" in client.get(case_study.url).content.decode()
    assert client.get(reverse("standing")).status_code == 200
    assert client.get("/cms/").status_code == 403
    writes = {
        reverse("comment_add", args=[case_study.pk]): {"body": "After"},
        reverse("comment_edit", args=[comment.pk]): {"body": "Changed"},
        reverse("ask_new"): {"title": "How?"},
        reverse("adoption_new"): {},
        reverse("confirm_case_studies"): {},
        reverse("council_invite", args=[council.slug]): {"address": "friend@example.org"},
        "/cy" + reverse("comment_add", args=[case_study.pk]): {"body": "After"},
    }
    for address, told in writes.items():
        answer = client.post(address, told)
        assert answer.status_code == 403, address
        assert "suspended" in answer.content.decode() or "/cy" in address, address
    assert client.get(reverse("ask_new")).status_code == 403, "nobody types for nothing"
    allowed = {
        reverse("report", args=["comment", comment.pk]): {"kind": "spam"},
        reverse("account_overview"): {"name": "Lea Lead", "language": "en"},
        reverse("appeal", args=[suspension.decision_id]): {"words": "It was my brother."},
    }
    for address, told in allowed.items():
        assert client.post(address, told).status_code in {302, 422}, address
    with pytest.raises(discussion.NotAllowed):
        add_comment(page=case_study, body="By another door", by=author)
    assert not can_record_adoption(author, case_study)
    assert not may_contribute(author)
    assert set(contributors()) == {one for one in User.objects.all() if may_contribute(one)}
    services.lift(sanction=suspension, by=moderator, words="Time served.")
    assert client.get("/cms/").status_code == 200
    assert client.post(reverse("comment_add", args=[case_study.pk]), {"body": "Back"}).status_code == 302


def test_a_ban_takes_two_moderators_and_until_then_is_a_suspension(newcomer, moderator, second):
    client = browser(newcomer)
    UserSession.objects.create(user=newcomer, session_key=client.session.session_key, ip="192.0.2.8")
    ban = services.propose_ban(person=newcomer, by=moderator, private_note="third time", **WHY)
    assert client.get(reverse("standing")).status_code == 200
    assert not may_contribute(again(newcomer))
    with pytest.raises(NotAllowed):
        services.second_ban(sanction=ban, by=moderator)
    with pytest.raises(AlreadyDecided):
        services.propose_ban(person=newcomer, by=second, **WHY)
    for broken in (
        {"seconded_by": moderator, "seconded_at": timezone.now(), "seconding": ban.decision, "ends_at": None},
        {"ends_at": None},
        {"proposed_by": None},
        {"kind": "suspend"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Sanction.objects.filter(pk=ban.pk).update(**broken)
    decision = services.second_ban(sanction=ban, by=second)
    deliver_all(only="notices")
    assert (decision.action, decision.answers, decision.reason) == ("ban", ban.decision, "abuse")
    assert client.get(reverse("standing")).status_code == 302, "every session ends"
    assert not again(newcomer).is_active
    letter = OutgoingEmail.objects.get(kind="letter", address=newcomer.email)
    assert not OutgoingEmail.objects.filter(payload={"decision": decision.pk}).exists(), letter
    with pytest.raises(AlreadyDecided):
        services.second_ban(sanction=ban, by=factories.UserFactory(moderator=True))
    services.lift(sanction=ban, by=moderator, words="It was somebody else.")
    assert again(newcomer).is_active
    assert may_contribute(again(newcomer))
    assert client.get(reverse("standing")).status_code == 302, "and none wakes when the ban is lifted"


def test_a_ban_that_nobody_agrees_to_lapses_and_can_be_proposed_again(newcomer, moderator, second):
    ban = services.propose_ban(person=newcomer, by=moderator, **WHY)
    week_ago = timezone.now() - timedelta(days=8)
    Sanction.objects.filter(pk=ban.pk).update(starts_at=week_ago, ends_at=week_ago + timedelta(days=7))
    assert may_contribute(again(newcomer))
    with pytest.raises(AlreadyDecided):
        services.second_ban(sanction=ban, by=second)
    fresh = services.propose_ban(person=newcomer, by=second, **WHY)
    services.lift(sanction=fresh, by=moderator, words="A warning is enough.")
    assert may_contribute(again(newcomer))


def test_lifting_switches_no_account_on_that_was_off_before(newcomer, moderator, second):
    User.objects.filter(pk=newcomer.pk).update(is_active=False)
    ban = services.propose_ban(person=newcomer, by=moderator, **WHY)
    services.second_ban(sanction=ban, by=second)
    services.lift(sanction=ban, by=second, words="They have left anyway.")
    assert not again(newcomer).is_active


def test_the_database_knows_what_each_kind_must_have(newcomer, moderator):
    warning = services.warn(person=newcomer, by=moderator, **WHY)
    suspension = services.suspend(person=newcomer, by=moderator, until=soon(), **WHY)
    for row, broken in (
        (warning, {"ends_at": soon()}),
        (suspension, {"ends_at": None}),
        (suspension, {"ends_at": suspension.starts_at}),
        (suspension, {"lifted_by": moderator}),
        (suspension, {"kind": "exile"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Sanction.objects.filter(pk=row.pk).update(**broken)


def test_moderators_work_on_a_persons_page(case_study, newcomer, moderator, second):
    held = add_comment(page=case_study, body="Mine", by=newcomer)[0]
    address = reverse("moderation_person", args=[newcomer.pk])
    mine, theirs = browser(moderator), browser(second)
    told = {"action": "ban", "days": "7", "reason": "abuse", "words": "Named a neighbour."}
    missing = mine.post(address, {**told, "reason": ""})
    assert missing.status_code == 422
    assert "Named a neighbour." in missing.content.decode(), "the words are kept"
    assert mine.post(address, told).status_code == 302
    ban = Sanction.objects.get()
    assert "Agree to the ban" not in mine.get(address).content.decode()
    page = theirs.get(address).content.decode()
    assert "Agree to the ban" in page
    assert "Named a neighbour." in page
    queue = theirs.get(reverse("moderation_queue")).content.decode()
    assert reverse("moderation_ban", args=[ban.pk]) in queue
    assert reverse("moderation_ban", args=[ban.pk]) not in mine.get(reverse("moderation_queue")).content.decode()
    assert theirs.post(reverse("moderation_ban_second", args=[ban.pk])).status_code == 302
    assert not again(newcomer).is_active
    mine.post(reverse("moderation_sanction_end", args=[ban.pk]), {"words": "Mistaken identity."})
    assert again(newcomer).is_active
    for kind, expected in (("warn", None), ("limit", 30), ("suspend", 30)):
        mine.post(address, {**told, "action": kind, "days": "30"})
        made = Sanction.objects.latest("pk")
        assert made.kind == kind
        assert (made.ends_at is None) is (expected is None)
    own = browser(moderator).get(reverse("moderation_person", args=[moderator.pk])).content.decode()
    assert "Nobody decides about themselves" in own
    held.refresh_from_db()
    assert held.state == ContributionState.HELD


def test_other_errors_are_said_and_change_nothing(newcomer, moderator):
    client = browser(moderator)
    ban = services.propose_ban(person=newcomer, by=moderator, **WHY)
    answer = client.post(reverse("moderation_ban_second", args=[ban.pk]), follow=True)
    assert "Another moderator than the one who proposed it" in answer.content.decode()
    answer = client.post(reverse("moderation_sanction_end", args=[ban.pk]), {"words": " "}, follow=True)
    assert "Tell the person in a sentence" in answer.content.decode()
    assert Sanction.objects.get().waits_for_a_second
    assert issubclass(AlreadyDecided, ModerationError)
