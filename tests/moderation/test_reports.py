"""Anybody may say that something should not be here; a moderator answers."""

import pytest
from django.urls import reverse

from core.models import Event
from digests.models import OutgoingEmail
from discussion.models import Comment
from discussion.services import add_comment
from moderation import services
from moderation.errors import AlreadyDecided, IllegalMove, NotAllowed, OwnWork
from moderation.models import ContributionState, Decision, Report
from tests import factories

pytestmark = pytest.mark.django_db
REFUSAL = {"reason": "abuse", "words": "It insults somebody."}


@pytest.fixture
def comment(case_study, member):
    return add_comment(page=case_study, body="You are all fools", by=member)[0]


def url(comment):
    return reverse("report", args=["comment", comment.pk])


def test_a_visitor_reports_without_an_account(client, comment):
    assert client.get(url(comment)).status_code == 200
    response = client.post(url(comment), {"kind": "abuse", "details": "It insults us.", "email": "me@example.org"})
    assert response.status_code == 302
    report = Report.objects.get()
    assert (report.subject, report.reporter, report.reporter_email) == (comment, None, "me@example.org")
    assert Event.objects.filter(kind="report.made", subject_id=report.pk).exists()
    assert client.get(response["Location"]).status_code == 200


def test_the_reporters_address_is_in_no_event(client, comment):
    client.post(url(comment), {"kind": "abuse", "details": "secret", "email": "me@example.org"})
    data = str(list(Event.objects.values_list("data", flat=True)))
    assert "me@example.org" not in data
    assert "secret" not in data


def test_a_report_needs_its_kind_and_gives_the_text_back(client, comment):
    response = client.post(url(comment), {"kind": "", "details": "<i>kept</i>"})
    assert response.status_code == 422
    assert "&lt;i&gt;kept&lt;/i&gt;" in response.content.decode()
    assert not Report.objects.exists()


def test_a_program_that_fills_in_the_trap_reports_nothing(client, comment):
    response = client.post(url(comment), {"kind": "spam", "website": "https://evil.example"})
    assert response.status_code == 302
    assert not Report.objects.exists()


def test_a_flood_of_reports_is_stopped(client, comment):
    for number in range(10):
        client.post(url(comment), {"kind": "spam", "details": f"No {number}"})
    response = client.post(url(comment), {"kind": "spam", "details": "kept words"})
    assert response.status_code == 429
    assert "kept words" in response.content.decode()
    assert Report.objects.count() == 10


def test_the_same_report_twice_is_one(comment, newcomer):
    first = services.report(subject=comment, kind="abuse", by=newcomer)
    assert services.report(subject=comment, kind="abuse", by=newcomer) == first
    assert services.report(subject=comment, kind="spam", by=newcomer) != first
    with pytest.raises(IllegalMove):
        services.report(subject=comment, kind="boring", by=newcomer)


def test_one_cannot_report_what_one_may_not_know_of(client, council, member, newcomer, comment):
    held = add_comment(page=comment.page.specific, body="Held", by=newcomer)[0]
    private = add_comment(page=factories.case_study(council, audience="members"), body="Private", by=member)[0]
    draft = factories.case_study(council, live=False)
    for address in (
        url(held),
        url(private),
        reverse("report", args=["page", draft.pk]),
        reverse("report", args=["page", 1]),
        reverse("report", args=["wombat", 1]),
    ):
        assert client.get(address).status_code == 404, address


def test_a_page_can_be_reported_and_withdrawn(client, case_study, moderator):
    client.post(reverse("report", args=["page", case_study.pk]), {"kind": "personal_data"})
    report = Report.objects.get()
    client.force_login(moderator)
    shown = client.get(reverse("moderation_report", args=[report.pk]))
    assert case_study.title in shown.content.decode()
    client.post(
        reverse("moderation_report", args=[report.pk]),
        {"action": "hide", "reason": "personal_data", "words": "It names a child."},
    )
    case_study.refresh_from_db()
    assert not case_study.live
    assert Report.objects.waiting().count() == 0
    assert Decision.objects.get().waited_since == report.created_at


def test_hiding_closes_every_report_about_it(comment, newcomer, moderator):
    services.report(subject=comment, kind="abuse", by=newcomer)
    services.report(subject=comment, kind="spam")
    services.hide(contribution=comment, by=moderator, **REFUSAL)
    assert Report.objects.waiting().count() == 0
    assert comment.state == ContributionState.HIDDEN


def test_dismissing_leaves_it_and_tells_the_reporter(comment, newcomer, moderator):
    report = services.report(subject=comment, kind="wrong", by=newcomer)
    decision = services.dismiss_report(report=report, by=moderator)
    comment.refresh_from_db()
    assert comment.state == ContributionState.PUBLISHED
    outcome = OutgoingEmail.objects.get(key=f"letter:report-outcome-{report.pk}")
    assert outcome.person == newcomer
    # The letter is the one word to them: the log's own notice would be a second.
    assert Event.objects.get(kind="decision.made").data["recipient_id"] is None
    with pytest.raises(AlreadyDecided, match="Morgan"):
        services.dismiss_report(report=report, by=factories.UserFactory(moderator=True))
    assert Decision.objects.get() == decision


def test_who_may_not_answer_a_report(case_study, newcomer, member, moderator):
    own = add_comment(page=case_study, body="Mine", by=moderator)[0]
    report = services.report(subject=own, kind="wrong", by=newcomer)
    for person in (newcomer, member, moderator):  # the moderator wrote it
        with pytest.raises(NotAllowed):
            services.dismiss_report(report=report, by=person)
    with pytest.raises(OwnWork):
        services.hide(contribution=own, by=moderator, **REFUSAL)
    with pytest.raises(NotAllowed):
        services.hide_page(page=case_study, by=member, **REFUSAL)


def test_a_report_outlives_what_it_was_about(client, comment, moderator):
    report = services.report(subject=comment, kind="abuse")
    comment.delete()
    client.force_login(moderator)
    assert client.get(reverse("moderation_queue")).status_code == 200
    assert client.get(reverse("moderation_report", args=[report.pk])).status_code == 200
    client.post(reverse("moderation_report", args=[report.pk]), {"action": "dismiss_report"})
    assert Report.objects.waiting().count() == 0


def test_what_a_report_hides_by_itself_is_not_said_to_be_a_moderators_doing(client, comment, newcomer, moderator):
    """Nor, in words that anybody reads, that it was reported: of a locked case its author must not learn."""
    place = factories.PlaceFactory(name="Bredbury", slug="bredbury")
    entry = factories.record_entry(place, author=newcomer)
    factories.record_entry(place, answers=entry, words="We know of five.")
    Comment.objects.create(page=comment.page, parent=comment, author=newcomer, body="Thank you", state="published")
    found = ((comment, comment.page.url, "comment"), (entry, f"/places/bredbury/record/{entry.pk}/", "entry"))
    for subject, address, name in found:
        services.report(subject=subject, kind="child_abuse", email="me@example.org")
        unseen, decided = (
            f"This {name} is hidden until a moderator has looked at it.",
            f"A moderator removed this {name}.",
        )
        text = client.get(address).content.decode()
        assert (unseen in text, decided in text) == (True, False)
        services.hide(contribution=subject, by=factories.UserFactory(administrator=True), **REFUSAL)
        text = client.get(address).content.decode()
        assert (unseen in text, decided in text) == (False, True)
