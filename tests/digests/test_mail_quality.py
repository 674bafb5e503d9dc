"""The mail itself: both parts, headers, size, and hostile titles."""

import re

import pytest
from django.core import mail as outbox

from digests import services
from digests.rendering import letters
from tests import factories
from tests.digests.helpers import html_of, parsed, send_now, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(reader, topic, council):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, title="Market hall & café", topics=[topic])
    (message,) = send_now()
    return message


def test_headers_say_what_it_is_and_how_to_stop_it(message):
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["From"] == "Connected Localism <network@localhost>"
    assert message["List-Id"] == "Connected Localism <digest-weekly.localhost>"
    assert re.fullmatch(r"<http://localhost:8000/following/stop/\S+/>", message["List-Unsubscribe"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["Feedback-ID"] == "digest-weekly:localhost"
    assert re.fullmatch(r"<[0-9a-f]{32}@localhost>", message["Message-ID"])


def test_no_header_is_folded_behind_an_empty_line(message):
    raw = outbox.outbox[-1].message().as_bytes(linesep="\r\n")
    head, _, _body = raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 998 for line in head.splitlines())
    assert b"List-Unsubscribe: <http" in head


def test_the_html_stands_alone(message):
    html = html_of(message)
    assert '<html lang="en" dir="ltr">' in html
    assert "Market hall &amp; café" in html
    assert "prefers-color-scheme: dark" in html
    assert 'style="' in html
    for loaded in ("<img", "<link", "<script", "@import", "url("):
        assert loaded not in html
    hosts = set(re.findall(r"https?://([^/\"]+)", html))
    assert hosts == {"localhost:8000"}, "no rewritten links, nothing from anywhere else"


def test_the_text_part_is_written_not_stripped(message):
    text = text_of(message)
    assert "\n1. Market hall & café\nNew case study · Stockport · Worked\n" in text
    assert "&amp;" not in text
    assert "<" not in text
    assert "\n\n\n" not in text
    prose = [line for line in text.splitlines() if "http" not in line]
    assert max(len(line) for line in prose) <= 76


def test_the_footer_says_why_and_offers_every_way_out(message):
    for part in (text_of(message), html_of(message)):
        flat = " ".join(part.split())
        assert "You get this mail because you follow these on Connected Localism" in flat
        assert "once a week" in flat
        assert part.count("/following/stop/") == 2  # this follow, and everything
        assert "/following/mail/" in part


def test_the_fullest_digest_stays_under_100_kilobytes(reader, topic, council):
    services.follow(person=reader, target=("topic", topic.pk))
    for number in range(25):
        factories.case_study(council, title=f"{number} " + "w" * 250, summary="é" * 300, topics=[topic])
    (message,) = send_now()
    assert len(html_of(message).encode()) < 100_000


@pytest.mark.parametrize(
    "title",
    [
        "Market\r\nBcc: everybody@example.org",
        "Market\nX-Injected: yes",
        "<script>alert(1)</script>",
        "{{ settings.SECRET_KEY }} {% now 'Y' %}",
        "“Ŵyth” – 🏪 " + "x" * 200,
        "%(names)s %s %d",
        "=?utf-8?q?Market?=",
    ],
)
def test_no_title_can_break_a_mail(reader, council, title):
    from casestudies.models import CaseStudyPage

    services.follow(person=reader, target=("organisation", council.pk))
    page = factories.case_study(council, title="Innocent")
    CaseStudyPage.objects.filter(pk=page.pk).update(title=title)
    (message,) = send_now()
    assert message["Bcc"] is None
    assert message["X-Injected"] is None
    assert "\n" not in message["Subject"]
    assert len(message["Subject"]) <= letters.SUBJECT_LENGTH
    assert "<script>" not in html_of(message)
    assert " ".join(title.split())[:30] in " ".join(text_of(message).split())


def test_a_hostile_name_of_a_followed_thing_stays_text(reader, council):
    topic = factories.TopicFactory(name='Shops"><img src=x onerror=alert(1)>')
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic])
    (message,) = send_now()
    assert "<img" not in html_of(message)


def test_readers_who_chose_welsh_get_welsh_addresses_and_names(reader, topic, council):
    topic.name_cy = "Siopau gwag"
    topic.save()
    reader.language = "cy"
    reader.save()
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic])
    (message,) = send_now()
    assert '<html lang="cy" dir="ltr">' in html_of(message)
    assert "Siopau gwag" in text_of(message)
    assert "http://localhost:8000/cy/councils/stockport/" in text_of(message)
    assert "http://localhost:8000/cy/following/" in text_of(message)


def test_the_address_of_the_moment_is_used(reader, council):
    services.follow(person=reader, target=("organisation", council.pk))
    factories.case_study(council)
    services.plan_now(cadence="weekly")
    reader.email = "new@example.org"
    reader.save()
    services.send_waiting()
    assert [parsed(message)["To"] for message in outbox.outbox] == ["new@example.org"]


def test_the_subject_names_three_things_and_counts_the_rest(reader, topic, council):
    services.follow(person=reader, target=("organisation", council.pk))
    pages = [factories.case_study(council, title=f"Idea {number}") for number in range(5)]
    send_now()
    from tests.digests.helpers import publish

    for page in pages:
        publish(page, summary="Changed.")
    (message,) = send_now()
    assert message["Subject"] == "Updated: Idea 4, Updated: Idea 3, Updated: Idea 2, 2 more"
