"""Reports and appeals, from their coming to their end (see `states`)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from discussion.models import Comment
from moderation import services as moderation
from moderation.models import Report
from moderation.services.report_cases import SALT as NOTICES
from tests.network.states import ALL, MODERATORS, asked_by, check, to  # noqa: F401 - a fixture
from tests.network.test_routes import EVERYBODY, quick, world  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

# Cases: a report of a comment, and the author’s appeal against what the moderator decided about a comment of theirs.
REPORT_STATES = ("received", "acknowledged", "in progress", "decided", "locked")
LOCKED = to("administrator", **ALL, others=403)
HANDLED = dict.fromkeys(REPORT_STATES, to(*MODERATORS, **ALL, others=403)) | {"locked": LOCKED}
STAFF = ("visitor", "subscriber", "author", "approver", "suspended", *MODERATORS)
REPORTS = asked_by(
    STAFF,
    {
        "moderation_report": HANDLED,
        "POST moderation_report": {
            state: {role: 422 if status == 200 else status for role, status in cell.items()}
            for state, cell in HANDLED.items()
        },
        # Of no other is anything kept.
        "POST moderation_locked_content": dict.fromkeys(REPORT_STATES, to(**ALL, others=403)) | {"locked": LOCKED},
        # The link in the letter to whoever wrote it is the right.
        "notice_answer": dict.fromkeys(REPORT_STATES, EVERYBODY),
    },
    by_all=("moderation_report",),
)
APPEAL_STATES = ("possible", "too late", "made", "upheld", "overturned")
QUEUE = ("approver", "lead", "outsider", *MODERATORS)
APPEALS = asked_by(
    STAFF,
    {
        "appeal": dict.fromkeys(APPEAL_STATES, to("author", **ALL)),
        "POST appeal": dict.fromkeys(APPEAL_STATES, to("author", **ALL, gives=422)),
        "moderation_appeal": dict.fromkeys(APPEAL_STATES[2:], to(*MODERATORS, **ALL, others=403)),
        "POST moderation_appeal": dict.fromkeys(APPEAL_STATES[2:], to(*MODERATORS, **ALL, others=403, gives=422)),
        # What stands in its way is said on the next page.
        "POST moderation_undo": dict.fromkeys(APPEAL_STATES, to(*QUEUE, **ALL, others=403, gives=302)),
    },
    by_all=("appeal",),
)


CASES = {"report": REPORTS, "appeal": APPEALS}


@pytest.fixture
def cases(world):  # noqa: F811 - the fixture
    """kind → state → the report; or the decision with the appeal, if there is one."""
    people = world["people"]
    told = {"by": people["moderator"], "reason": "abuse", "words": "No."}

    def a_comment(state):
        return Comment.objects.create(page=world["public"], author=people["author"], body="Well.", state=state)

    reports, appeals, now = {}, {}, timezone.now()
    for state in REPORT_STATES:
        kind = "child_abuse" if state == "locked" else "defamation"
        reports[state] = moderation.report(subject=a_comment("published"), kind=kind, details="Look at this.")
    moved = {"acknowledged": {"acknowledged_at": now}, "in progress": {"started_at": now}}
    for state, facts in moved.items():
        Report.objects.filter(pk=reports[state].pk).update(**facts)
    lacking = {"incomplete": True, "words": "It does not say what is wrong with them."}
    moderation.dismiss_report(report=reports["decided"], by=people["moderator"], **lacking)
    for state in APPEAL_STATES:
        with time_machine.travel(now - timedelta(days=31 if state == "too late" else 1), tick=False):
            decision = moderation.decide_contribution(contribution=a_comment("held"), action="decline", **told)
        appeals[state] = SimpleNamespace(decision=decision)
        if state in APPEAL_STATES[2:]:
            appeal = appeals[state].appeal = moderation.appeal(decision=decision, by=people["author"], words="Why?")
            if state != "made":
                moderation.decide_appeal(appeal=appeal, outcome=state, by=people["administrator"], reply="Because.")
    return {"report": reports, "appeal": appeals}


def _case_at(route, thing):
    if route == "notice_answer":
        return reverse(route, args=[signing.dumps(thing.pk, salt=NOTICES)])
    if isinstance(thing, Report):
        return reverse(route, args=[thing.pk])
    return reverse(route, args=[thing.appeal.pk if route == "moderation_appeal" else thing.decision.pk])


def test_every_state_of_a_case_gives_each_role_what_it_should(cases, check):  # noqa: F811
    check(CASES, lambda kind, state, role, route: _case_at(route, cases[kind][state]))
