"""Stopping with one click, reading in the browser, and links that are not ours."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from digests import services, tokens
from digests.models import Follow, MailPreference, OutgoingEmail
from tests import factories
from tests.digests.helpers import html_of, send_now, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict():
    """A mail program: no cookies, no CSRF token, no login."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def follow(reader, topic):
    return services.follow(person=reader, target=("topic", topic.pk))


@pytest.fixture
def message(follow, topic, council):
    factories.case_study(council, title="Market hall", topics=[topic])
    (message,) = send_now()
    return message


def path(link):
    return link.strip("<>").removeprefix("http://localhost:8000")


def test_a_mail_program_stops_everything_with_one_post(message, reader, topic, council, strict):
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    answer = strict.post(path(message["List-Unsubscribe"]), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert MailPreference.objects.get(person=reader).stopped_at is not None
    factories.case_study(council, topics=[topic])
    assert send_now() == []


def test_a_link_scanner_stops_nothing(message, follow, strict):
    link = path(message["List-Unsubscribe"])
    for method in (strict.get, strict.head, strict.options):
        method(link)
    answer = strict.get(link)
    assert answer.status_code == 200
    assert b"<button" in answer.content
    assert b"csrf" not in answer.content
    assert not answer.cookies
    assert not MailPreference.objects.exclude(stopped_at=None).exists()
    assert Follow.objects.active().exists()


def test_one_follow_is_stopped_by_its_own_link(message, reader, follow, strict):
    other = services.follow(person=reader, target=("topic", factories.TopicFactory().pk))
    lines = text_of(message).splitlines()
    (link,) = (line.removeprefix("Stop: ") for line in lines if line.startswith("Stop: "))
    assert link in html_of(message)
    assert "Stop following Empty shops?" in strict.get(path(link)).content.decode()
    for _ in range(2):
        assert "You no longer follow Empty shops" in strict.post(path(link)).content.decode()
    follow.refresh_from_db()
    assert follow.ended_reason == "link"
    assert list(Follow.objects.of(reader)) == [other]


def test_forged_links_do_nothing_and_say_so(message, reader, follow, strict):
    good = tokens.stop_token(person=reader.pk, what="all")
    forged = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good.replace(f"{reader.pk}.all", f"{reader.pk + 1}.all"),
        good.replace(".all", f".{follow.pk}"),
        tokens.mail_token(OutgoingEmail.objects.get().pk),
        signing.TimestampSigner(salt="another.use").sign(f"{reader.pk}.all"),
        signing.TimestampSigner(salt="digests.stop").sign("nobody.all"),
        signing.TimestampSigner(salt="digests.stop").sign(f"{reader.pk}.999999"),
        "nonsense",
        "%00",
        "é" * 300,
    ]
    for token in forged:
        for answer in (strict.get(reverse("stop_mail", args=[token])), strict.post(reverse("stop_mail", args=[token]))):
            assert answer.status_code == 404, token
            assert "This link does not work" in answer.content.decode()
    assert not MailPreference.objects.exists()
    assert Follow.objects.active().exists()


def test_a_follow_of_somebody_else_cannot_be_stopped_with_my_signature(reader, follow, strict):
    other = factories.UserFactory()
    token = tokens.stop_token(person=other.pk, what=follow.pk)
    assert strict.post(reverse("stop_mail", args=[token])).status_code == 404
    assert Follow.objects.active().exists()


def test_a_link_that_stops_never_expires(reader, follow, strict):
    with time_machine.travel("2026-01-01T00:00Z", tick=False):
        everything = reverse("stop_mail", args=[tokens.stop_token(person=reader.pk, what="all")])
        one = reverse("stop_mail", args=[tokens.stop_token(person=reader.pk, what=follow.pk)])
    with time_machine.travel("2046-01-01T00:00Z", tick=False):
        for address in (everything, one):
            assert b"<button" in strict.get(address).content
            assert strict.post(address).status_code == 200
    assert MailPreference.objects.get().stopped_at is not None
    assert not Follow.objects.active().exists()


def test_a_link_that_reads_or_answers_does_expire(message, reader):
    mail = OutgoingEmail.objects.get().pk
    reading, answering = tokens.mail_token(mail), tokens.answer_token(mail=mail, person=reader.pk)
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert tokens.read_mail(reading) == mail
        with pytest.raises(tokens.Expired):
            tokens.read_answer(answering)
    with time_machine.travel(timezone.now() + timedelta(days=401)), pytest.raises(tokens.Expired):
        tokens.read_mail(reading)


def test_links_of_an_earlier_key_stop_mail_as_long_as_the_key_is_kept(reader, strict, settings):
    with time_machine.travel("2026-01-01T00:00Z", tick=False):
        address = reverse("stop_mail", args=[tokens.stop_token(person=reader.pk, what="all")])
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a new key " * 6
    assert strict.post(address).status_code == 404
    assert not MailPreference.objects.exists()
    settings.SECRET_KEY_FALLBACKS = [old]
    assert strict.post(address).status_code == 200
    assert MailPreference.objects.get().stopped_at is not None


def test_an_old_link_does_not_end_a_follow_that_was_started_again(reader, topic, follow, strict):
    address = reverse("stop_mail", args=[tokens.stop_token(person=reader.pk, what=follow.pk)])
    strict.post(address)
    again = services.follow(person=reader, target=("topic", topic.pk))
    assert strict.post(address).status_code == 200
    assert list(Follow.objects.active()) == [again]


@pytest.mark.parametrize("notice", sorted(tokens.NOTICES))
def test_each_kind_of_notice_has_a_link_that_stops_it_and_nothing_else(reader, follow, strict, notice):
    address = reverse("stop_mail", args=[tokens.stop_token(person=reader.pk, what=notice)])
    assert re.search(r"<h1[^>]*>Stop mail (about|that) [^<]+\?</h1>", strict.get(address).content.decode())
    assert re.search(r"cl-lead\">We no longer (write to|ask) you [^<]+\.", strict.post(address).content.decode())
    preference = MailPreference.objects.get()
    assert [name for name in sorted(tokens.NOTICES) if not getattr(preference, name)] == [notice]
    assert preference.stopped_at is None
    assert Follow.objects.active().exists()


def test_signed_pages_are_not_kept_listed_or_leaked(message, strict):
    for link in (path(message["List-Unsubscribe"]), browser_link(message)):
        answer = strict.get(link)
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex"


def browser_link(message):
    (link,) = (line for line in text_of(message).splitlines() if "/following/mail/" in line)
    return path(link)


def test_the_mail_can_be_read_in_a_browser_that_runs_nothing(message, strict):
    answer = strict.get(browser_link(message))
    assert answer.status_code == 200
    assert "Market hall" in answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    assert not answer.cookies


def test_in_the_browser_too_what_was_withdrawn_is_gone(message, strict):
    from casestudies.models import CaseStudyPage

    CaseStudyPage.objects.get().unpublish()
    answer = strict.get(browser_link(message))
    assert answer.status_code == 404
    assert "Market hall" not in answer.content.decode()


def test_a_stop_token_reads_no_mail(reader, message, strict):
    token = tokens.stop_token(person=reader.pk, what="all")
    assert strict.get(reverse("read_mail", args=[token])).status_code == 404
