"""Deciding about comments: who may, from which state, what is logged and who hears of it."""

import itertools

import pytest

from core.models import Event
from discussion.services import add_comment
from moderation import services
from moderation.errors import AlreadyDecided, IllegalMove, ModerationError, NotAllowed, OwnWork, ReasonNeeded
from moderation.models import MOVES, ContributionState, Decision
from tests import factories
from tests.moderation.helpers import put

pytestmark = pytest.mark.django_db
REFUSAL = {"reason": "unclear", "words": "Say which year you mean."}


@pytest.fixture
def held(case_study, newcomer):
    return add_comment(page=case_study, body="Which year?", by=newcomer)[0]


@pytest.fixture
def published(case_study, member):
    return add_comment(page=case_study, body="In 2019.", by=member)[0]


def made():
    return Event.objects.filter(kind="decision.made").latest("pk")


def test_approving_publishes_logs_and_tells_the_author(held, case_study, newcomer, moderator):
    decision = services.decide_contribution(contribution=held, action="approve", by=moderator, private_note="fine")
    assert held.state == ContributionState.PUBLISHED
    assert (decision.moderator, decision.author_id, decision.private_note) == (moderator, newcomer.pk, "fine")
    assert decision.waited_since == held.created_at or decision.waited_since is not None
    event = made()
    assert event.subject_id == decision.pk
    assert event.data["decision_id"] == decision.pk
    assert event.data["recipient_id"] == newcomer.pk
    assert "fine" not in str(event.data)
    published = Event.objects.get(kind="comment.published")
    assert published.actor == newcomer  # the comment is theirs, not the moderator's
    assert ("case_study", case_study.pk) in {(one.kind, one.object_id) for one in published.targets.all()}


@pytest.mark.parametrize(
    ("action", "state"),
    [("ask_for_changes", ContributionState.DRAFT), ("decline", ContributionState.REMOVED)],
)
def test_refusing_needs_a_rule_and_words(held, moderator, action, state):
    for missing in ({}, {"reason": "unclear"}, {"words": "Because."}, {"reason": "unclear", "words": "  "}):
        with pytest.raises(ReasonNeeded):
            services.decide_contribution(contribution=held, action=action, by=moderator, **missing)
    with pytest.raises(ReasonNeeded):
        services.decide_contribution(contribution=held, action=action, by=moderator, reason="because", words="x")
    services.decide_contribution(contribution=held, action=action, by=moderator, **REFUSAL)
    assert held.state == state
    assert not Event.objects.filter(kind="comment.published").exists()
    assert Decision.objects.count() == 1


def test_only_moderators_decide(council, held, published, newcomer, member):
    people = [
        newcomer,
        member,
        factories.UserFactory(),
        factories.member(council, "lead"),
        factories.member(factories.organisation("Wigan"), "approver"),
        factories.UserFactory(editor=True),
    ]
    for person in people:
        with pytest.raises(NotAllowed):
            services.decide_contribution(contribution=held, action="approve", by=person)
        with pytest.raises(NotAllowed):
            services.hide(contribution=published, by=person, **REFUSAL)
        with pytest.raises(NotAllowed):
            services.restore(contribution=published, by=person)
    assert not Decision.objects.exists()


def test_a_person_who_stops_being_a_moderator_decides_nothing_more(held, moderator):
    from accounts.models import User

    moderator.groups.clear()
    with pytest.raises(NotAllowed):
        services.decide_contribution(contribution=held, action="approve", by=User.objects.get(pk=moderator.pk))


def test_nobody_decides_about_their_own(case_study, moderator):
    own = add_comment(page=case_study, body="Mine", by=moderator)[0]
    with pytest.raises(OwnWork):
        services.hide(contribution=own, by=moderator, **REFUSAL)


def test_the_second_of_two_moderators_is_told_who_was_first(held, moderator):
    other = factories.UserFactory(name="Ola Other", moderator=True)
    stale = type(held).objects.get(pk=held.pk)
    services.decide_contribution(contribution=held, action="approve", by=moderator)
    with pytest.raises(AlreadyDecided, match="Morgan Moderator"):
        services.decide_contribution(contribution=stale, action="decline", by=other, **REFUSAL)
    assert Decision.objects.count() == 1
    assert type(held).objects.get(pk=held.pk).state == ContributionState.PUBLISHED


def test_hiding_and_restoring(published, case_study, moderator):
    with pytest.raises(AlreadyDecided):
        services.restore(contribution=published, by=moderator)
    services.hide(contribution=published, by=moderator, **REFUSAL)
    assert published.state == ContributionState.HIDDEN
    assert Event.objects.filter(kind="comment.removed").latest("pk").data["hidden"] is True
    with pytest.raises(AlreadyDecided):
        services.hide(contribution=published, by=moderator, **REFUSAL)
    services.restore(contribution=published, by=moderator)
    assert published.state == ContributionState.PUBLISHED
    assert Event.objects.filter(kind="comment.published").latest("pk").data["restored"] is True
    assert [one.action for one in Decision.objects.order_by("pk")] == ["hide", "restore"]


@pytest.mark.parametrize("state", ContributionState.values)
@pytest.mark.parametrize("act", ["approve", "decline", "ask_for_changes", "hide", "restore"])
def test_decisions_are_possible_from_their_own_state_only(published, moderator, state, act):
    allowed = {
        "approve": "held",
        "decline": "held",
        "ask_for_changes": "held",
        "hide": "published",
        "restore": "hidden",
    }
    put(published, state)

    def decide():
        if act == "hide":
            return services.hide(contribution=published, by=moderator, **REFUSAL)
        if act == "restore":
            return services.restore(contribution=published, by=moderator)
        given = {} if act == "approve" else REFUSAL
        return services.decide_contribution(contribution=published, action=act, by=moderator, **given)

    if state == allowed.get(act, "held"):
        decide()
        return
    with pytest.raises(ModerationError):
        decide()
    assert type(published).objects.get(pk=published.pk).state == state
    assert not Decision.objects.exists()


def test_the_state_machine_has_an_answer_for_every_pair_of_states(published):
    from moderation.services.contributions import _move

    for was, to in itertools.product(ContributionState, ContributionState):
        put(published, was)
        if to in MOVES[was]:
            _move(published, to=to, reasons=[])
            continue
        with pytest.raises(IllegalMove):
            _move(published, to=to, reasons=[])
        assert type(published).objects.get(pk=published.pk).state == was


def test_what_was_removed_cannot_come_back_by_submitting_it_again(published, member):
    services.remove_own(contribution=published, by=member)
    with pytest.raises(IllegalMove):
        services.submit(contribution=published, by=member)


def test_only_its_author_submits_or_removes_a_contribution(published, newcomer):
    with pytest.raises(NotAllowed):
        services.submit(contribution=published, by=newcomer)
    with pytest.raises(NotAllowed):
        services.remove_own(contribution=published, by=newcomer)


def test_nothing_is_left_behind_when_a_decision_fails_half_way(held, moderator, monkeypatch):
    from moderation.services import contributions

    def broken(**given):
        raise RuntimeError("the log is full")

    monkeypatch.setattr(contributions, "append_decision", broken)
    with pytest.raises(RuntimeError):
        services.decide_contribution(contribution=held, action="approve", by=moderator)
    assert type(held).objects.get(pk=held.pk).state == ContributionState.HELD
    assert not Event.objects.filter(kind="comment.published").exists()


def test_the_policy_reads_what_staff_set_in_the_cms(case_study, newcomer):
    from moderation.models import ModerationSettings

    settings = ModerationSettings.load()
    settings.blocked_words = "wombat"
    settings.save()
    comment = add_comment(page=case_study, body="A Wombat!", by=newcomer)[0]
    assert set(comment.state_reasons) == {"new_person", "blocked_word"}
