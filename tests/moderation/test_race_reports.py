"""Reports and decisions taken back, by two at the same moment, on a database that really has two connections."""

import pytest

from core.models import Event
from discussion.services import add_comment
from moderation import services
from moderation.errors import AlreadyDecided, TooLate
from moderation.models import Decision, LineKind, Report, ReportLine
from tests import factories
from tests.moderation.test_race import TRIES, at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WHY = {"reason": "abuse", "words": "It insults somebody."}


@pytest.fixture
def two():
    return [factories.UserFactory(moderator=True) for _ in range(2)]


@pytest.fixture
def page():
    return factories.case_study(factories.organisation())


def said(page):
    """A public comment."""
    return factories.comment(page=page, author=factories.UserFactory())


def names(raised):
    return sorted(type(one).__name__ for one in raised)


def reports(subject, **how):
    return lambda: services.report(subject=subject, **{"kind": "abuse", **how})


def dismisses(report, by):
    return lambda: services.dismiss_report(report=Report.objects.get(pk=report.pk), by=by)


def hides(comment, by):
    return lambda: services.hide(contribution=comment, by=by, **WHY)


def takes_back(decision, by):
    return lambda: services.undo(decision=Decision.objects.get(pk=decision.pk), by=by)


def test_a_report_is_settled_once(page, two):
    for number in range(TRIES * 2):
        comment = said(page)
        found = reports(comment, by=factories.UserFactory())()
        raised = at_once(dismisses(found, two[0]), hides(comment, two[1]) if number % 2 else dismisses(found, two[1]))
        assert ReportLine.objects.filter(report=found, what=LineKind.DECIDED).count() == 1, raised
        if number % 2:
            # It is hidden whoever was first: a thing may be hidden that a report about it left.
            assert raised[1] is None, raised
            assert raised[0] is None or isinstance(raised[0], AlreadyDecided), raised
            assert type(comment).objects.get(pk=comment.pk).state == "hidden"
        else:
            assert names(raised) == ["AlreadyDecided", "NoneType"], raised
            assert Decision.objects.about(found).count() == 1


def test_the_same_report_twice_at_once_is_one(page):
    for number in range(TRIES):
        comment = said(page)
        reader = {"by": factories.UserFactory()} if number % 2 else {"email": "me@example.org"}
        assert at_once(reports(comment, **reader), reports(comment, **reader)) == [None, None]
        assert Report.objects.about(comment).count() == 1
    assert at_once(*[reports(None, kind="complaint", details="Too slow.")] * 2) == [None, None]
    assert Report.objects.filter(kind="complaint").count() == 1


def test_enough_reports_at_once_hide_once(page):
    """Neither of the last two may go by what the other has not yet written. A grave one is enough by itself."""
    for number in range(TRIES):
        comment, kind = said(page), ("abuse", "intimate_image")[number % 2]
        first, *last = (reports(comment, kind=kind, by=factories.UserFactory()) for _ in range(3))
        if kind == "abuse":
            first()
        assert at_once(*last) == [None, None]
        comment.refresh_from_db()
        assert comment.state == ("held" if kind == "abuse" else "hidden")
        assert Report.objects.about(comment).exclude(hid_at=None).count() == 1
        told = Event.objects.filter(kind__in=["comment.held", "comment.removed"], subject_id=comment.pk)
        assert told.count() == 1


def test_a_decision_is_taken_back_once(page, two):
    for _number in range(TRIES):
        comment = add_comment(page=page, body="Which year?", by=factories.UserFactory())[0]
        given = services.decide_contribution(contribution=comment, action="decline", by=two[0], **WHY)
        raised = at_once(*(takes_back(given, by) for by in two))
        assert names(raised) == ["NoneType", "TooLate"], raised
        comment.refresh_from_db()
        assert comment.state == "held"
        assert Decision.objects.filter(answers=given).count() == 1


def restores(comment, by):
    return lambda: services.restore(contribution=comment, by=by)


def test_a_decision_is_taken_back_or_followed_by_another(page, two):
    """A hidden comment is shown again by one of two who mean the same, never by both."""
    for _number in range(TRIES):
        comment = said(page)
        hidden = hides(comment, two[0])()
        raised = at_once(takes_back(hidden, two[0]), restores(comment, two[1]))
        assert raised.count(None) == 1, raised
        assert [isinstance(one, TooLate | AlreadyDecided) for one in raised if one] == [True], raised
        comment.refresh_from_db()
        assert comment.state == "published"
        assert Decision.objects.about(comment).count() == 2


def test_a_dismissal_is_taken_back_or_the_thing_is_hidden(page, two):
    """Whoever is first: no case stays open about what has been decided."""
    for _number in range(TRIES):
        comment = said(page)
        left = dismisses(reports(comment, by=factories.UserFactory())(), two[0])()
        raised = at_once(takes_back(left, two[0]), hides(comment, two[1]))
        assert raised[1] is None, raised
        assert raised[0] is None or isinstance(raised[0], TooLate), raised
        comment.refresh_from_db()
        assert comment.state == "hidden"
        assert not Report.objects.waiting().about(comment).exists(), raised
