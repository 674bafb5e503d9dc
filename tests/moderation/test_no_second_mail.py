"""Wagtail's own mails about workflows are off: people get one notice, from us, with the reason."""

import pytest
from django.core import mail

from moderation import services
from tests import factories

pytestmark = pytest.mark.django_db


def test_submitting_and_deciding_sends_no_mail_of_wagtails(django_capture_on_commit_callbacks):
    stockport = factories.organisation("Stockport")
    stockport.requires_approval = False
    stockport.save()
    author = factories.member(stockport, "author")
    moderator = factories.UserFactory(moderator=True)
    page = factories.case_study(stockport, live=False)
    with django_capture_on_commit_callbacks(execute=False):
        page.get_workflow().start(page, author)
        services.decide_page(task_state=page.current_workflow_task_state, action="approve", by=moderator)
    page.refresh_from_db()
    assert page.live
    assert mail.outbox == []
