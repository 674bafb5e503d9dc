"""A page that was reported: hidden before anybody looked, looked at as it stood, taken away or given back."""

import pytest
from django.urls import reverse

from core.models import Event
from digests.models import OutgoingEmail
from moderation import services
from moderation.errors import AlreadyDecided
from moderation.models import Decision, Report
from tests import factories

pytestmark = pytest.mark.django_db
REFUSAL = {"reason": "personal_data", "words": "She did not agree to it."}


@pytest.fixture
def hidden(case_study, member):
    """A page that a report took away by itself; it has an owner."""
    type(case_study).objects.filter(pk=case_study.pk).update(owner=member)
    case_study.refresh_from_db()
    filed = services.report(subject=case_study, kind="intimate_image", email="me@example.org", visitor="v")
    case_study.refresh_from_db()
    assert not case_study.live
    return filed


def test_a_page_that_a_report_has_hidden_is_taken_away_by_a_decision(client, case_study, hidden, moderator, member):
    other = services.report(subject=case_study, kind="abuse", email="you@example.org")
    client.force_login(moderator)
    case = reverse("moderation_report", args=[other.pk])  # either case leads there
    assert client.post(case, {"action": "hide", **REFUSAL}).status_code == 302
    case_study.refresh_from_db()
    decision = Decision.objects.get()
    assert (decision.action, decision.author, decision.reason) == ("hide", member, "personal_data")
    assert Event.objects.get(kind="decision.made").data["recipient_id"] == member.pk
    assert not case_study.live
    assert set(Report.objects.values_list("outcome", flat=True)) == {"acted"}
    with pytest.raises(AlreadyDecided):
        services.hide_page(page=case_study, by=moderator, **REFUSAL)
    appeal = services.appeal(decision=decision, by=member, words="She did.")
    another = factories.UserFactory(moderator=True)
    services.decide_appeal(appeal=appeal, outcome="overturned", reply="So she did.", by=another)
    case_study.refresh_from_db()
    assert case_study.live


def test_taking_that_decision_back_opens_the_case_that_had_hidden_the_page(case_study, hidden, moderator):
    shown = hidden.hid_revision
    decision = services.hide_page(page=case_study, by=moderator, **REFUSAL)
    services.undo(decision=decision, by=moderator)
    case_study.refresh_from_db()
    hidden.refresh_from_db()
    assert (case_study.live, hidden.handled_at, hidden.outcome) == (False, None, "")
    assert hidden.lines.last().what == "reopened"
    assert not OutgoingEmail.objects.filter(key=f"letter:report-outcome-{hidden.pk}", state="pending").exists()
    services.dismiss_report(report=hidden, by=moderator)
    case_study.refresh_from_db()
    assert (case_study.live, case_study.live_revision_id) == (True, shown)
