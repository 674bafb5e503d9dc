"""Those who can act hear once after a day, and once after two, of everything that waits; and nothing that it says."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from digests.services import send_waiting
from discussion.services import add_comment
from members.services import end_membership
from moderation import services
from moderation.models import OverdueAlert
from tests import factories

pytestmark = pytest.mark.django_db


def test_one_mail_after_a_day_and_one_after_two_for_those_who_can_act(mailoutbox, council, case_study, newcomer):
    began = timezone.now()
    moderator = factories.UserFactory(email="mod@example.org", moderator=True)
    approver = factories.member(council, "approver", email="app@stockport.example")
    lapsed = factories.member(council, "approver", email="gone@stockport.example")
    end_membership(membership=lapsed.memberships.get(), by=None)
    factories.member(factories.organisation("Wigan"), "approver", email="app@wigan.example")
    author = factories.member(council, "author", email="author@stockport.example")
    factories.UserFactory(email="left@example.org", moderator=True, is_active=False)
    administrator = factories.UserFactory(email="admin@example.org", is_superuser=True)

    page = factories.case_study(council, live=False, title="A secret title")
    page.save_revision(user=author)
    page.get_workflow().start(page, author)
    comment = add_comment(page=case_study, body="A secret remark", by=newcomer)[0]
    report = services.report(subject=case_study, kind="wrong", details="A secret detail")

    def told(hours):
        mailoutbox.clear()
        with time_machine.travel(began + timedelta(hours=hours), tick=False):
            services.tell_what_is_overdue()
            services.tell_what_is_overdue()
            send_waiting()
        return {mail.to[0]: mail for mail in mailoutbox if "waited" in mail.subject}

    assert told(23) == {}
    mails = told(25)
    assert set(mails) == {moderator.email, approver.email, administrator.email}
    for person in (moderator, administrator):
        assert "2 things have waited" in mails[person.email].subject
    assert "1 thing has waited" in mails[approver.email].subject
    body = mails[moderator.email].body
    assert f"Comment ({case_study.title}), waiting since" in " ".join(body.split())
    assert "/moderation/" in body
    for mail in mails.values():
        assert "secret" not in mail.body + mail.subject + str(mail.alternatives)
    assert told(26) == {}
    services.decide_contribution(contribution=comment, action="approve", by=moderator)
    mails = told(49)
    assert "1 thing has waited" in mails[moderator.email].subject
    assert set(mails) == {moderator.email, approver.email, administrator.email}
    assert told(60) == {}
    services.dismiss_report(report=report, by=moderator)
    assert told(100) == {}
    # What waits a second time is told again; what was told long ago is forgotten.
    late = add_comment(page=case_study, body="Another", by=newcomer)[0]
    type(late).objects.filter(pk=late.pk).update(state_changed_at=began + timedelta(hours=100))
    assert set(told(126)) == {moderator.email, administrator.email}
    told(24 * 120)
    assert not OverdueAlert.objects.filter(since__lt=began + timedelta(hours=99), hours=24, kind="report").exists()


def test_whoever_may_act_is_told_and_of_what_nobody_may_decide_those_who_can_name_somebody(
    mailoutbox, case_study, newcomer, moderator
):
    began = timezone.now()
    administrator = factories.UserFactory(email="admin@example.org", administrator=True)
    comment = add_comment(page=case_study, body="A secret remark", by=newcomer)[0]
    refused = {"action": "decline", "reason": "abuse", "words": "No."}
    decision = services.decide_contribution(contribution=comment, by=moderator, **refused)
    appeal = services.appeal(decision=decision, by=newcomer, words="Why?")
    hidden = factories.ask()
    locked = services.report(subject=hidden, kind="child_abuse", details="A secret detail")
    complaint = services.report(subject=None, kind="personal_data", details="Mine")

    def told(hours):
        mailoutbox.clear()
        with time_machine.travel(began + timedelta(hours=hours), tick=False):
            services.tell_what_is_overdue()
            services.tell_what_is_overdue()
            send_waiting()
        return {
            mail.to[0]: " ".join([mail.subject, *mail.body.split()]) for mail in mailoutbox if "wait" in mail.subject
        }

    mails = told(50)  # the moderator decided the one and is not named for the other
    assert set(mails) == {administrator.email, moderator.email}
    assert "3 things have waited" in mails[administrator.email]
    assert "1 thing has waited" in mails[moderator.email]
    type(administrator).objects.filter(pk=administrator.pk).update(is_superuser=False)
    mails = told(51)
    assert set(mails) == {moderator.email}
    assert "2 things wait that nobody may decide" in mails[moderator.email]
    assert "secret" not in mails[moderator.email]
    assert told(52) == {}
    type(administrator).objects.filter(pk=administrator.pk).update(is_superuser=True)
    for report in (locked, complaint):
        type(report).objects.filter(pk=report.pk).update(handled_at=began)
    type(appeal).objects.filter(pk=appeal.pk).update(first_decided_by=administrator)
    type(appeal).objects.filter(pk=appeal.pk).update(created_at=began + timedelta(hours=30))
    assert set(told(55)) == {administrator.email} == set(told(79))


def test_a_deadline_that_comes_later_than_two_days_has_its_own_letter(moderator):
    from digests.models import OutgoingEmail

    filed = services.report(subject=None, kind="personal_data", details="Mine")
    for hours, letters in ((25, 1), (49, 2), (600, 2), (30 * 24 - 1, 2), (30 * 24 + 1, 3), (40 * 24, 3)):
        with time_machine.travel(filed.created_at + timedelta(hours=hours), tick=False):
            services.tell_what_is_overdue()
        assert OutgoingEmail.objects.filter(payload__mail="moderation_overdue").count() == letters, hours
