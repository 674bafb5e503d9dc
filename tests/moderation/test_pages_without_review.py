"""Pages that no review of ours has seen: published long ago, or by an import, and perhaps without an author."""

import pytest
from bs4 import BeautifulSoup
from django.core import mail as outbox
from django.urls import reverse

from core.delivery import deliver_all
from core.models import HomePage
from digests import services as mails
from moderation import services
from moderation.errors import NotAllowed
from moderation.models import Decision
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


def test_a_moderator_hides_and_shows_a_page_that_no_review_has_seen(client, case_study, member, moderator):
    """From a link on the page itself; when it is hidden, from the log of decisions."""
    case_study.owner = member
    case_study.live_revision = case_study.latest_revision = None
    case_study.save()
    case_study.revisions.all().delete()
    address = reverse("moderation_published", args=[case_study.pk])
    client.force_login(member)
    assert address not in client.get(case_study.url).content.decode()
    client.force_login(moderator)
    assert address in client.get(case_study.url).content.decode()
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert [one["value"] for one in page.find_all("button", {"name": "action"})] == ["hide"]
    assert client.post(address, {"action": "hide"}).status_code == 422, "a reason is needed"
    assert client.post(address, {"action": "hide", **REFUSAL})["Location"] == address
    assert (client.get(case_study.url).status_code, Decision.objects.get().author) == (404, member)
    assert member.email in delivered()
    assert f'href="{address}"' in client.get(reverse("moderation_decisions")).content.decode()
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert [one["value"] for one in page.find_all("button", {"name": "action"})] == ["restore"]
    client.post(address, {"action": "restore", "words": "She is eighteen."})
    shown = client.get(case_study.url)
    assert case_study.title in shown.content.decode()
    assert [one.action for one in Decision.objects.all()] == ["restore", "hide"]
    # Whoever presses too late is told; nothing happens twice.
    client.post(address, {"action": "restore"})
    assert Decision.objects.count() == 2


def test_nobody_hides_what_the_site_hangs_on_or_their_own(client, case_study, moderator):
    home = HomePage.objects.get()
    case_study.owner = moderator
    case_study.save()
    client.force_login(moderator)
    for page in (home, case_study):
        address = reverse("moderation_published", args=[page.pk])
        assert 'name="action"' not in client.get(address).content.decode()
        assert client.post(address, {"action": "hide", **REFUSAL}).status_code == 403
        page.refresh_from_db()
        assert page.live
    with pytest.raises(NotAllowed):
        services.hide_page(page=home, by=moderator, **REFUSAL)
