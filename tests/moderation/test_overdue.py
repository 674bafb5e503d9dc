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
    assert set(mails) == {moderator.email, approver.email}
    assert "2 things have waited" in mails[moderator.email].subject
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
    assert set(mails) == {moderator.email, approver.email}
    assert told(60) == {}
    services.dismiss_report(report=report, by=moderator)
    assert told(100) == {}
    # What waits a second time is told again; what was told long ago is forgotten.
    late = add_comment(page=case_study, body="Another", by=newcomer)[0]
    type(late).objects.filter(pk=late.pk).update(state_changed_at=began + timedelta(hours=100))
    assert set(told(126)) == {moderator.email}
    told(24 * 120)
    assert not OverdueAlert.objects.filter(since__lt=began + timedelta(hours=99), hours=24, kind="report").exists()
