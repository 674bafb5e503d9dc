"""Pages that no review of ours has seen: published long ago, or by an import, and perhaps without an author."""

import pytest
from django.core import mail as outbox

from core.delivery import deliver_all
from digests import services as mails
from moderation import services
from tests import factories
from tests.digests.helpers import an_hour_later, parsed, text_of

pytestmark = pytest.mark.django_db
REFUSAL = {"reason": "personal_data", "words": "It names a child."}


def delivered():
    """What left, as address and text."""
    before = len(outbox.outbox)
    an_hour_later()
    deliver_all(only="notices")
    mails.send_waiting()
    return {message["To"]: text_of(message) for message in map(parsed, outbox.outbox[before:])}


def test_what_is_decided_about_a_page_without_an_author_its_leads_hear_or_the_administrators(case_study, moderator):
    administrator = factories.UserFactory(administrator=True)
    council = case_study.get_parent().specific.organisation
    assert case_study.owner is None
    hidden = services.hide_page(page=case_study, by=moderator, **REFUSAL)
    told = delivered()
    assert set(told) == {administrator.email}
    lead, gone = (factories.member(council, "lead") for _ in range(2))
    factories.member(council, "author")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    services.undo(decision=hidden, by=moderator)
    case_study.refresh_from_db()
    case_study.owner = gone
    case_study.save()
    services.hide_page(page=case_study, by=moderator, **REFUSAL)
    told = delivered()
    assert set(told) == {lead.email}
    assert "It names a child." in told[lead.email]
    assert "you look after this page, which has no author" in told[lead.email]
    assert "appeal" not in told[lead.email], "only whoever wrote it can"
