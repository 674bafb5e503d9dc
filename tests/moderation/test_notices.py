"""A notice of complaint (defamation): passed on or the words go, with the hours that the law gives at each turn."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core import signing
from django.urls import reverse

from digests.models import OutgoingEmail
from digests.services import send_waiting
from discussion.services import add_comment
from moderation import services
from moderation.case_steps import next_steps
from moderation.errors import IllegalMove
from moderation.models import (
    ContributionState,
    Report,
)

pytestmark = pytest.mark.django_db
NOTICE = {
    "name": "Cora Complainant",
    "statement": "You are all fools",
    "where": "first comment",
    "meaning": "That we are fools",
    "wrong": "We are not",
    "no_details": "yes",
    "give_name": "no",
    "give_email": "no",
}


@pytest.fixture
def comment(case_study, member):
    return add_comment(page=case_study, body="You are all fools", by=member)[0]


def letters_to(address):
    """The names of the letters that wait for somebody."""
    waiting = OutgoingEmail.objects.filter(address=address) | OutgoingEmail.objects.filter(person__email=address)
    return [one.payload["mail"] for one in waiting.order_by("pk") if "mail" in one.payload]


def test_a_notice_of_complaint_goes_to_the_writer_without_the_complainants_name(
    client, comment, member, moderator, mailoutbox
):
    with time_machine.travel(datetime(2026, 11, 27, 17, tzinfo=UTC), tick=False):  # a Friday
        address = reverse("report", args=["comment", comment.pk])
        missing = client.post(address, {"kind": "defamation", "email": "cora@example.org"} | NOTICE | {"meaning": ""})
        assert missing.status_code == 422
        assert "You are all fools" in missing.content.decode()
        assert client.post(address, {"kind": "defamation", "email": "cora@example.org"} | NOTICE).status_code == 302
        filed = Report.objects.get()
        assert filed.due_at == datetime(2026, 12, 1, 17, tzinfo=UTC)
        services.pass_on(report=filed, by=moderator)
        # The five days end with Wednesday; then the network has 48 hours again, and is not late within them.
        assert filed.due_at == datetime(2026, 12, 5, tzinfo=UTC)
        with pytest.raises(IllegalMove):
            services.pass_on(report=filed, by=moderator)
    assert letters_to("cora@example.org") == ["report_received", "notice_went"]
    assert letters_to(moderator.email) == []
    assert letters_to(member.email) == ["notice_of_complaint"]
    assert comment.state == ContributionState.PUBLISHED

    link = reverse("notice_answer", args=[signing.dumps(filed.pk, salt="moderation.notice")])
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC), tick=False):
        assert client.post(link, {"remove": "no"}).status_code == 422
        answer = {"remove": "no", "name": "Mo Member", "postal": "1 High Street", "give": "no"}
        assert client.post(link, answer).status_code == 302
        assert client.post(link, {"remove": "yes"}).status_code == 200  # one answer, however often it is sent
        filed.refresh_from_db()
        assert filed.poster_answer["remove"] == "no"
        assert letters_to(moderator.email) == ["notice_our_turn"]
        assert filed.due_at == datetime(2026, 12, 3, 9, tzinfo=UTC)
        client.force_login(moderator)
        shown = client.get(reverse("moderation_report", args=[filed.pk])).content.decode()
        assert "due in 2 days" in shown
        assert "Leave them" in shown
        services.dismiss_report(report=filed, by=moderator)
    with time_machine.travel(datetime(2026, 12, 4, tzinfo=UTC), tick=False):
        send_waiting()
    mails = {mail.extra_headers.get("Subject", mail.subject): mail.body for mail in mailoutbox}
    went = next(body for subject, body in mails.items() if "passed on" in subject)
    assert "until the end of 2 December 2026" in " ".join(went.split())
    notice = next(body for subject, body in mails.items() if "complains about what you wrote" in subject)
    assert "That we are fools" in notice
    assert "Cora" not in notice + str([mail.extra_headers for mail in mailoutbox])
    outcome = next(body for subject, body in mails.items() if "what we did" in subject)
    assert "does not agree" in outcome
    assert "1 High Street" not in outcome


def test_a_notice_is_not_left_before_it_was_passed_on_unless_it_lacks_what_the_law_asks_for(
    client, comment, moderator, mailoutbox
):
    filed = services.report(subject=comment, kind="defamation", email="cora@example.org", answers=NOTICE)
    for given in ({}, {"misused": True}, {"words": "It is true."}, {"incomplete": True, "words": " "}):
        with pytest.raises(IllegalMove, match="pass this notice on"):
            services.dismiss_report(report=filed, by=moderator, **given)
    client.force_login(moderator)
    case = reverse("moderation_report", args=[filed.pk])
    for given, said in (({}, "pass this notice on"), ({"incomplete": "on"}, "Say what the notice lacks")):
        refused = client.post(case, {"action": "dismiss_report", **given})
        assert refused.status_code == 422
        assert said in refused.content.decode()
    filed.refresh_from_db()
    assert filed.handled_at is None
    client.post(case, {"action": "dismiss_report", "incomplete": "on", "words": "It does not say which words."})
    filed.refresh_from_db()
    assert filed.outcome == "left"
    send_waiting()
    told = " ".join(next(mail.body for mail in mailoutbox if "what we did" in mail.subject).split())
    assert "lacks something that the law asks for" in told
    assert "It does not say which words." in told
    # Once it was passed on, or the words are gone, it is left as any other report.
    second = services.report(subject=comment, kind="defamation", email="cora@example.org", details="Again")
    services.pass_on(report=second, by=moderator)
    assert "incomplete" not in client.get(reverse("moderation_report", args=[second.pk])).context["form"].fields
    services.dismiss_report(report=second, by=moderator)


def test_a_writer_who_lets_the_five_days_pass_starts_48_hours_of_ours(client, comment, moderator):
    with time_machine.travel(datetime(2026, 11, 27, 17, tzinfo=UTC), tick=False):  # a Friday
        filed = services.report(subject=comment, kind="defamation", email="cora@example.org", answers=NOTICE)
        services.pass_on(report=filed, by=moderator)

    def letters_at(day, hour):
        with time_machine.travel(datetime(2026, 12, day, hour, tzinfo=UTC), tick=False):
            services.tell_what_is_overdue()
            services.tell_what_is_overdue()
            return letters_to(moderator.email), Report.objects.overdue().exists(), next_steps(filed)[0]

    letters, overdue, step = letters_at(2, 23)  # the writer's turn: nothing is overdue, whatever has waited how long
    assert (letters, overdue) == ([], False)
    assert "until 3 December 2026, 00:00" in step
    letters, overdue, step = letters_at(3, 1)
    assert (letters, overdue) == (["notice_our_turn"], False)
    assert "take the words away by 5 December 2026, 00:00" in step
    assert letters_at(4, 1)[:2] == (["notice_our_turn", "moderation_overdue"], False)
    assert letters_at(5, 1)[:2] == (["notice_our_turn", "moderation_overdue", "moderation_overdue"], True)
    # An answer that comes late starts nothing anew.
    with time_machine.travel(datetime(2026, 12, 5, 2, tzinfo=UTC), tick=False):
        services.answer_notice(report=filed, answer={"remove": "yes"})
    filed.refresh_from_db()
    assert filed.due_at == datetime(2026, 12, 5, tzinfo=UTC)
