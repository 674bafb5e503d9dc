"""The life of one contribution of every kind, whatever people do to it in whatever order: only known moves, nothing
half-done, and the row, the log, the events and what a visitor sees tell the same.
"""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from casestudies import services as adoptions
from casestudies.adoption_facts import AdoptionFacts
from casestudies.errors import AdoptionError
from core.models import Event
from discussion.asks import services as asks
from discussion.errors import DiscussionError
from discussion.services import add_comment, delete_comment, edit_comment
from moderation import services
from moderation.errors import ModerationError
from moderation.models import MOVES, RETURNS, Appeal, Decision, Report
from moderation.registry import kind_named, kinds
from moderation.services.contributions import PUT_INTO
from places.errors import RecordError
from places.record import services as record
from tests import factories

WHY = {"reason": "abuse", "words": "You called two people names."}
WHO = st.sampled_from(["first", "second"])
WORDS = "Which year did the tenants of Underbank move in?"
# What the rooms refuse by their own rules counts as refused as well.
REFUSALS = (ModerationError, DiscussionError, RecordError, AdoptionError)


@pytest.fixture
def world(db):
    council = factories.organisation("Stockport")
    return SimpleNamespace(
        first=factories.UserFactory(moderator=True),
        second=factories.UserFactory(moderator=True),
        author=factories.UserFactory(name="Nia New"),
        readers=[factories.UserFactory() for _ in range(3)],
        page=factories.case_study(council),
        adopter=factories.organisation("Wigan"),
        place=factories.PlaceFactory(),
        topic=factories.TopicFactory(),
    )


def _asked(world, words):
    return asks.AskFacts(title="Who knows how this went?", body=words, topics=(world.topic,))


def _tried(words):
    return AdoptionFacts(status="running", started="2024-03", words=words)


def _remembered(words):
    return record.EntryFacts(words=words, when="2013")


# kind → what makes it, what changes it and what takes it back, by its author.
DEEDS = {
    "comment": (
        lambda w, words: add_comment(page=w.page, body=words, by=w.author)[0],
        lambda w, thing, words: edit_comment(comment=thing, body=words, by=w.author),
        lambda w, thing: delete_comment(comment=thing, by=w.author),
    ),
    "ask": (
        lambda w, words: asks.create_ask(facts=_asked(w, words), by=w.author)[0],
        lambda w, thing, words: asks.edit_ask(ask=thing, facts=_asked(w, words), by=w.author),
        lambda w, thing: asks.delete_ask(ask=thing, by=w.author),
    ),
    "adoption": (
        lambda w, words: adoptions.record_adoption(
            case_study=w.page, organisation=w.adopter, facts=_tried(words), by=w.author
        )[0],
        lambda w, thing, words: adoptions.correct_adoption(adoption=thing, facts=_tried(words), by=w.author),
        lambda w, thing: adoptions.withdraw_adoption(adoption=thing, by=w.author),
    ),
    "record": (
        lambda w, words: record.add_entry(place=w.place, facts=_remembered(words), by=w.author)[0],
        lambda w, thing, words: record.edit_entry(entry=thing, facts=_remembered(words), by=w.author),
        lambda w, thing: record.withdraw_entry(entry=thing, by=w.author),
    ),
}


class Life(RuleBasedStateMachine):
    """Two moderators, who do not speak to each other, three readers, and an author whose first two things wait."""

    name: str
    world: SimpleNamespace

    @initialize(public=st.sampled_from([True, True, False]))
    def begin(self, public):
        self.saved = transaction.savepoint()
        self.kind = kind_named(self.name)
        self.make, self.change_it, self.remove_it = DEEDS[self.name]
        self.thing = self.make(self.world, WORDS)
        self.edits = 0
        self.gone_for_good = False
        if public:
            self.decide("first", "approve")
        self.last, self.logged = self.now(), Decision.objects.about(self.thing).count()

    def teardown(self):
        if not hasattr(self, "thing"):
            return
        try:
            self.a_visitor_looks()
        finally:
            transaction.savepoint_rollback(self.saved)

    def again(self):
        return self.kind.model.objects.get(pk=self.thing.pk)

    def now(self):
        return self.kind.model.objects.values().get(pk=self.thing.pk)

    def attempt(self, deed, **given):
        """Done, or refused with everything as it was."""
        before, log, events = self.now(), Decision.objects.count(), Event.objects.count()
        try:
            deed(self.again(), **given)
        except REFUSALS:
            assert self.now() == before, "refused, and yet something changed"
            assert Decision.objects.count() == log, "refused, and yet in the log"
            assert Event.objects.count() == events, "refused, and yet announced"

    @rule(who=WHO, action=st.sampled_from(["approve", "ask_for_changes", "decline"]))
    def decide(self, who, action):
        reason = {} if action == "approve" else WHY
        by = getattr(self.world, who)
        self.attempt(lambda thing: services.decide_contribution(contribution=thing, action=action, by=by, **reason))

    @rule(who=WHO)
    def hide(self, who):
        self.attempt(lambda thing: services.hide(contribution=thing, by=getattr(self.world, who), **WHY))

    @rule(who=WHO)
    def restore(self, who):
        self.attempt(lambda thing: services.restore(contribution=thing, by=getattr(self.world, who)))

    @rule()
    def change(self):
        self.edits += 1
        self.attempt(lambda thing: self.change_it(self.world, thing, f"{WORDS} I ask for the {self.edits}th time."))

    @rule()
    def remove(self):
        removed = self.now()["state"] == "removed"
        self.attempt(lambda thing: self.remove_it(self.world, thing))
        self.gone_for_good = self.gone_for_good or (not removed and self.now()["state"] == "removed")

    @rule(reader=st.integers(0, 2), kind=st.sampled_from(["abuse", "abuse", "intimate_image"]))
    def report(self, reader, kind):
        by = self.world.readers[reader]
        self.attempt(lambda thing: services.report(subject=thing, kind=kind, by=by))

    @rule()
    def appeal(self):
        decision = Decision.objects.about(self.thing).exclude(action__in=["undo", "uphold", "overturn"]).first()
        if decision is not None:
            by = self.world.author
            self.attempt(lambda thing: services.appeal(decision=decision, by=by, words="It was a question."))

    @rule(who=WHO, outcome=st.sampled_from(["upheld", "overturned"]))
    def answer(self, who, outcome):
        open_ = Appeal.objects.filter(by=self.world.author).order_by("-pk").first()
        if open_ is not None:
            told = {"outcome": outcome, "by": getattr(self.world, who), "reply": "We looked."}
            self.attempt(lambda thing: services.decide_appeal(appeal=open_, **told))

    @rule(who=WHO)
    def dismiss(self, who):
        report = Report.objects.waiting().about(self.thing).first()
        if report is not None:
            self.attempt(lambda thing: services.dismiss_report(report=report, by=getattr(self.world, who)))

    @rule(who=WHO)
    def take_back(self, who):
        """The latest decision about it, or about a report of it."""
        decision = Decision.objects.exclude(action__in=["undo", "uphold", "overturn"]).first()
        if decision is not None:
            self.attempt(lambda thing: services.undo(decision=decision, by=getattr(self.world, who)))

    @invariant()
    def only_known_moves(self):
        if not hasattr(self, "last"):
            return
        before, now = self.last, self.now()
        came_back = before["state"] == "removed" and before["state_reasons"] == ["decision"] and now["state"] in RETURNS
        assert before["state"] == now["state"] or now["state"] in MOVES[before["state"]] or came_back, (before, now)
        assert not self.gone_for_good or now["state"] == "removed", "what its author removed never comes back"
        self.last = now

    @invariant()
    def the_log_says_why(self):
        """Whatever a decision did stands in the log, and a state that a decision made is the one that it makes."""
        if not hasattr(self, "last"):
            return
        log = list(Decision.objects.about(self.thing))
        assert len(log) >= self.logged, "nothing leaves the log"
        now, grew, self.logged = self.now(), len(log) > self.logged, len(log)
        if not log or (not grew and now["state_reasons"] != ["decision"]):
            return
        last = log[0]
        after = {"undo": {last.answers and last.answers.state_before}, "uphold": {last.state_before}}.get(last.action)
        # Overturning brings nothing back that its author took away, or that is public already.
        after = after or {PUT_INTO.get(last.action, "published"), last.state_before if last.answers else ""}
        shown = now["state"] == "published" and Report.objects.about(self.thing).filter(outcome="left").exists()
        assert now["state"] in after or shown, (last.action, after, now)

    @invariant()
    def what_was_announced_is_what_a_visitor_sees(self):
        if not hasattr(self, "last"):
            return
        public = self.now()["state"] == "published"
        told = Event.objects.filter(subject_kind=self.name, subject_id=self.thing.pk).order_by("-pk")
        last = told.filter(kind__in=[f"{self.name}.{one}" for one in ("published", "changed", "held", "removed")])[0]
        assert public == (last.kind in {f"{self.name}.published", f"{self.name}.changed"}), last.kind
        assert public == self.kind.visible_to(AnonymousUser(), self.again())
        assert public == self.kind.model.objects.published().filter(pk=self.thing.pk).exists()

    @invariant()
    def nobody_decides_an_appeal_against_their_own_decision(self):
        for one in Appeal.objects.exclude(decided_by=None).select_related("decision"):
            assert one.decided_by_id != one.decision.moderator_id

    def a_visitor_looks(self):
        thing = self.again()
        answer = Client().get(self.kind.url(thing))
        shown = answer.status_code == 200 and WORDS in answer.content.decode()
        assert shown == (thing.state == "published"), (thing.state, answer.status_code)


def test_every_kind_has_its_life():
    assert {kind.name for kind in kinds()} == set(DEEDS), "A new kind of contribution belongs in this test."


@pytest.mark.parametrize("name", DEEDS)
def test_whatever_people_do_only_known_moves_are_made(world, name):
    run_state_machine_as_test(
        type("Life", (Life,), {"name": name, "world": world}),
        settings=settings(
            max_examples=8,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
