"""Adoptions in the moderators' hands: the queue, the decisions, reports, hiding and showing again."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from casestudies import services
from casestudies.adoption_facts import AdoptionFacts, MeasureFacts
from casestudies.models import Adoption
from core.models import Event
from moderation.models import Report
from moderation.selectors import record_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    page = factories.case_study(factories.organisation("Stockport"), title="Market in an empty shop")
    facts = AdoptionFacts(
        status="stopped", reasons=["other"], other_reason="The roof fell in", words="Nobody <came>.",
        measures=[MeasureFacts(indicator="Stalls", unit="stalls", after=3)],
    )  # fmt: skip
    person = factories.UserFactory(name="Pia Practitioner")
    return services.record_adoption(
        case_study=page, organisation=factories.organisation("Kirklees"), facts=facts, by=person
    )[0]


@pytest.fixture
def moderator(client):
    person = factories.UserFactory(name="Morgan Moderator", moderator=True)
    client.force_login(person)
    return person


def words_of(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser").main.get_text(" ", strip=True)


def decide(client, held, action, **more):
    client.post(reverse("moderation_contribution", args=["adoption", held.pk]), {"action": action, **more})
    held.refresh_from_db()
    return held.state


def test_the_queue_shows_it_with_all_that_was_said_and_why_it_waits(client, held, moderator):
    assert "Kirklees: Market in an empty shop" in words_of(client, reverse("moderation_queue"))
    words = words_of(client, reverse("moderation_contribution", args=["adoption", held.pk]))
    for told in (
        "The roof fell in",
        "Nobody <came>.",
        "Stalls",
        "Pia Practitioner",
        "You are not an author of the organisation that this is about.",
    ):
        assert told in words


def test_approved_it_is_public_and_counts_for_its_writer(client, held, moderator):
    assert decide(client, held, "approve") == "published"
    client.logout()
    assert client.get(reverse("adoption", args=[held.pk])).status_code == 200
    assert record_of(held.author) == (1, 0)
    assert Event.objects.filter(kind="adoption.published").exists()


def test_sent_back_its_writer_reads_why_and_changes_it(client, held, moderator):
    assert decide(client, held, "ask_for_changes", reason="unclear", words="Say when it stopped.") == "draft"
    client.force_login(held.author)
    address = reverse("adoption_change", args=[held.pk])
    assert "Say when it stopped." in words_of(client, address)
    said = {"status": "stopped", "ended_1": "2025", "reasons": ["other"], "other_reason": "The roof fell in"}
    assert client.post(address, said).status_code == 302
    held.refresh_from_db()
    assert (held.state, held.ended) == ("held", "2025")
    assert "changes_asked" in held.state_reasons


def test_declined_it_is_gone_and_may_be_recorded_again(client, held, moderator):
    assert decide(client, held, "decline", reason="off_topic", words="That is another thing.") == "removed"
    again, _verdict = services.record_adoption(
        case_study=held.case_study, organisation=held.organisation,
        facts=AdoptionFacts(status="trying"), by=factories.member(held.organisation, "author"),
    )  # fmt: skip
    assert again.state == "published"


def test_it_is_reported_hidden_and_shown_again(client, held, moderator):
    decide(client, held, "approve")
    client.logout()
    address = reverse("adoption", args=[held.pk])
    link = BeautifulSoup(client.get(address).content, "html.parser").find("a", string="Report this record")
    assert client.post(link["href"], {"kind": "spam", "details": "It sells roofs.", "email": ""}).status_code == 302
    client.force_login(moderator)
    client.post(
        reverse("moderation_report", args=[Report.objects.get().pk]),
        {"action": "hide", "reason": "promotion", "words": "It promotes a product."},
    )
    assert Adoption.objects.get().state == "hidden"
    assert Event.objects.filter(kind="adoption.removed").exists()
    assert client.get(address).status_code == 200  # a moderator still sees what was hidden
    client.logout()
    assert client.get(address).status_code == 404
    client.force_login(moderator)
    assert decide(client, held, "restore") == "published"


def test_the_policy_page_says_who_may_speak_for_an_organisation(client):
    assert "for an organisation whose author" in words_of(client, reverse("moderation_policy"))
