"""The life of one comment, whatever people do to it in whatever order: only known moves, and nothing half-done."""

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from discussion.models import Comment
from discussion.services import add_comment, delete_comment, edit_comment
from moderation import services
from moderation.errors import ModerationError
from moderation.models import MOVES, RETURNS, Appeal, Decision
from tests import factories

WHY = {"reason": "abuse", "words": "You called two people names."}
ONE = st.sampled_from(["first", "second"])


class Life(RuleBasedStateMachine):
    """Two moderators, who do not speak to each other, and an author whose first two comments wait."""

    @initialize()
    def begin(self):
        self.saved = transaction.savepoint()
        self.people = {name: factories.UserFactory(moderator=True) for name in ("first", "second")}
        self.author = factories.UserFactory(name="Nia New")
        page = factories.case_study(factories.organisation("Stockport"))
        self.comment = add_comment(page=page, body="Which year?", by=self.author)[0]
        self.last, self.logged = self.now(), 0
        self.gone_for_good = False

    def teardown(self):
        if hasattr(self, "saved"):
            transaction.savepoint_rollback(self.saved)

    def now(self):
        return Comment.objects.values("state", "state_reasons", "body").get(pk=self.comment.pk)

    def attempt(self, deed, **given):
        """Done, or refused with everything as it was."""
        before, log = self.now(), Decision.objects.count()
        comment = Comment.objects.get(pk=self.comment.pk)
        try:
            deed(comment, **given)
        except ModerationError:
            assert self.now() == before, "refused, and yet something changed"
            assert Decision.objects.count() == log, "refused, and yet in the log"

    @rule(who=ONE, action=st.sampled_from(["approve", "ask_for_changes", "decline"]))
    def decide(self, who, action):
        reason = {} if action == "approve" else WHY
        self.attempt(
            lambda comment: services.decide_contribution(
                contribution=comment, action=action, by=self.people[who], **reason
            )
        )

    @rule(who=ONE)
    def hide(self, who):
        self.attempt(lambda comment: services.hide(contribution=comment, by=self.people[who], **WHY))

    @rule(who=ONE)
    def restore(self, who):
        self.attempt(lambda comment: services.restore(contribution=comment, by=self.people[who]))

    @rule()
    def change(self):
        self.attempt(
            lambda comment: _forgiving(edit_comment, comment=comment, body="Which year, please?", by=self.author)
        )

    @rule()
    def remove(self):
        removed = self.now()["state"] == "removed"
        self.attempt(lambda comment: _forgiving(delete_comment, comment=comment, by=self.author))
        self.gone_for_good = self.gone_for_good or (not removed and self.now()["state"] == "removed")

    @rule()
    def report(self):
        reader = factories.UserFactory()
        self.attempt(lambda comment: services.report(subject=comment, kind="abuse", by=reader))

    @rule()
    def appeal(self):
        decision = Decision.objects.about(self.comment).exclude(action__in=["undo", "uphold", "overturn"]).first()
        if decision is not None:
            self.attempt(lambda comment: services.appeal(decision=decision, by=self.author, words="It was a question."))

    @rule(who=ONE, outcome=st.sampled_from(["upheld", "overturned"]))
    def answer(self, who, outcome):
        open_ = Appeal.objects.filter(by=self.author).order_by("-pk").first()
        if open_ is not None:
            self.attempt(
                lambda comment: services.decide_appeal(
                    appeal=open_, outcome=outcome, by=self.people[who], reply="We looked."
                )
            )

    @rule(who=ONE)
    def take_back(self, who):
        decision = Decision.objects.about(self.comment).first()
        if decision is not None:
            self.attempt(lambda comment: services.undo(decision=decision, by=self.people[who]))

    @invariant()
    def only_known_moves(self):
        if not hasattr(self, "last"):
            return
        before, now = self.last, self.now()
        came_back = before["state"] == "removed" and before["state_reasons"] == ["decision"] and now["state"] in RETURNS
        assert before["state"] == now["state"] or now["state"] in MOVES[before["state"]] or came_back, (before, now)
        assert not self.gone_for_good or now["state"] == "removed", "what its author removed never comes back"
        assert Decision.objects.count() >= self.logged, "nothing leaves the log"
        self.last, self.logged = now, Decision.objects.count()

    @invariant()
    def nobody_decides_an_appeal_against_their_own_decision(self):
        for one in Appeal.objects.exclude(decided_by=None).select_related("decision"):
            assert one.decided_by_id != one.decision.moderator_id


def _forgiving(service, **given):
    """What discussion refuses of its own counts as refused as well."""
    from discussion.errors import DiscussionError

    try:
        service(**given)
    except DiscussionError as error:
        raise ModerationError(str(error)) from error


def test_whatever_people_do_only_known_moves_are_made(db):
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
