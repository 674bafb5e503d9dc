"""What staff see of slow domains and of what was forgotten."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from digests import services
from digests.models import MailPace, OutgoingEmail, RetentionRun
from digests.services import pace

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, operator):
    def look():
        return client.get(reverse("mail_upkeep")).content.decode()

    return look


def test_nothing_slow_and_nothing_forgotten(page):
    text = page()
    assert "mail goes as fast as it can" in text
    assert "Nothing yet." in text


def test_a_domain_that_asked_for_fewer_is_shown_with_its_words(page):
    pace.slow_down("busy.example", said="421 4.7.0 too many <messages>")
    pace.slow_down("*", said="454 Throttling failure")
    MailPace.objects.create(domain="quiet.example", sends_at=timezone.now())
    text = page()
    assert "busy.example" in text
    assert "too many &lt;messages&gt;" in text
    assert "All mail" in text
    assert "quiet.example" not in text


def test_each_night_is_shown_with_what_it_forgot(page, reader):
    OutgoingEmail.objects.create(
        key="old", kind="decision", person=reader, message_id="<a@b>", state="failed", text="Words",
        created_at=timezone.now() - timedelta(days=40),
    )  # fmt: skip
    services.forget_mail()
    RetentionRun.objects.create()
    text = page()
    assert "1 words of mails" in text
    assert "Not to the end" in text


@pytest.fixture
def reader(db):
    from tests import factories

    return factories.UserFactory()
