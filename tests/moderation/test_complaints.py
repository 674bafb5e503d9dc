"""A complaint about a case: tied to it by its reference, answered by somebody else, and fast where the case was."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import post
from core.models import OperatorSettings
from digests.models import OutgoingEmail
from discussion.services import add_comment
from moderation import services
from moderation.complaints import about_cases_of_others, decided_the_case
from moderation.errors import NotAllowed
from moderation.models import Claim, Report
from moderation.permissions import can_handle_report, reports_handled_by
from moderation.queue import Severity, waiting_for
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/report/?kind=complaint"
SENT = {"kind": "complaint", "details": "You were wrong to leave it.", "email": "me@example.org"}


@pytest.fixture
def comment(case_study, member):
    return add_comment(page=case_study, body="You are all fools", by=member)[0]


def waits_for(person):
    return {entry.pk for entry in waiting_for(person, only="report")}


def test_who_decided_a_case_or_answered_about_it_does_not_answer_a_complaint_about_it(client, comment, moderator):
    other = factories.UserFactory(moderator=True)
    case = services.report(subject=comment, kind="abuse", email="me@example.org")
    services.dismiss_report(report=case, by=moderator)
    outcome = post.kind_named("report_outcome")
    assert outcome.write(outcome.sample).url.endswith("/report/?kind=complaint&case=R-7KQ4-M2XP")
    shown = client.get(f"/report/?kind=complaint&case={case.reference}").content.decode()
    assert f'value="{case.reference}"' in shown
    wrong = client.post(ADDRESS, SENT | {"case": "R-2222-2222"})
    assert wrong.status_code == 422
    assert "We have no report with this reference" in wrong.content.decode()
    client.post(ADDRESS, SENT | {"case": f" {case.reference.lower().replace('-', ' ')} "})
    complaint = Report.objects.get(kind="complaint")
    assert complaint.about_case == case
    assert complaint.due_at - complaint.created_at == timedelta(days=10)
    unnamed = services.report(subject=None, kind="complaint", details="Too slow.")

    def agree():
        for person in (moderator, other):
            for one in Report.objects.all():
                twin = about_cases_of_others(person, Report.objects.filter(pk=one.pk)).exists()
                assert decided_the_case(person, one) is not twin, (person, one)

    agree()
    assert (waits_for(moderator), waits_for(other)) == ({unnamed.pk}, {unnamed.pk, complaint.pk})
    for deed in (services.answer_case, services.note, services.write_to_reporter):
        with pytest.raises(NotAllowed):
            deed(report=complaint, by=moderator, words="It stays.")
    address = reverse("moderation_report", args=[complaint.pk])
    client.force_login(moderator)
    shown = client.get(address).content.decode()
    assert "somebody else answers" in shown
    assert f"These people can answer it: {other.name}<" in shown
    assert 'name="step"' not in shown
    assert 'name="action"' not in shown
    assert client.post(address, {"step": "answer", "words": "It stays."}).status_code == 403
    assert not Claim.objects.exists(), "who cannot answer it keeps nobody from it"
    client.force_login(other)
    shown = client.get(address).content.decode()
    assert case.reference in shown
    assert 'value="answer"' in shown
    services.answer_case(report=complaint, by=other, words="It stays.")
    # A complaint about that answer is about the same case: neither of the two answers it.
    again = services.report(subject=None, kind="complaint", details="Still wrong.", about=complaint)
    assert again.about_case == case
    agree()
    assert again.pk not in waits_for(moderator) | waits_for(other)
    assert again.pk in waits_for(factories.UserFactory(administrator=True))


def test_a_complaint_about_a_refused_intimate_picture_has_its_clock_and_one_about_a_locked_case_its_readers(
    client, case_study, comment, moderator
):
    other = factories.UserFactory(moderator=True)
    administrator = factories.UserFactory(administrator=True)
    picture = services.report(subject=case_study, kind="intimate_image", email="me@example.org")
    services.dismiss_report(report=picture, by=moderator)
    OutgoingEmail.objects.all().delete()
    fast = services.report(subject=None, kind="complaint", details="It is me.", about=picture)
    assert fast.due_at - fast.created_at == timedelta(hours=48)
    told = OutgoingEmail.objects.filter(payload__mail="report_alert").values_list("person", flat=True)
    assert list(told) == [other.pk]
    assert waiting_for(other, only="report")[0].severity == Severity.GRAVE

    locked = services.report(subject=comment, kind="child_abuse")
    about = services.report(subject=None, kind="complaint", details="Why?", about=locked)
    for person, may in ((other, False), (administrator, True)):
        assert can_handle_report(person, about) is may
        assert reports_handled_by(person, Report.objects.all()).filter(pk=about.pk).exists() is may
        assert (about.pk in waits_for(person)) is may
    client.force_login(other)
    assert client.get(reverse("moderation_report", args=[about.pk])).status_code == 403


def test_the_operators_days_are_promised_and_run_wherever_they_are_said(client):
    for days, said in ((None, "within 10 days"), (1, "within 1 day."), (21, "within 21 days")):
        settings = OperatorSettings.load()
        settings.complaints_days = days
        settings.save()
        assert said in client.get(ADDRESS).content.decode()
        filed = services.report(subject=None, kind="complaint", details=f"No {days}")
        assert filed.due_at - filed.created_at == timedelta(days=days or 10)
        page = client.get(reverse("complaints")).content.decode()
        assert f"within this many days: {days or 10}<" in page
