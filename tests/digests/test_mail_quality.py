"""The mail itself: both parts, headers, size, and hostile titles."""

import re
from datetime import UTC, timedelta
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone

from core.delivery import deliver_all
from digests import services, tokens
from digests.mime import as_message, weight
from digests.models import MailKind, OutgoingEmail
from digests.rendering import letters
from scripts.mail_scenes import fingerprint
from tests import factories
from tests.digests import contrast, kinds
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


@pytest.mark.parametrize(("words", "at_least"), [("Ŵyth siop wag, a chaffi ", 18), ("ŵ", 5)], ids=["welsh", "worst"])
def test_the_fullest_digest_stays_under_100_kilobytes_on_the_wire(reader, council, words, at_least):
    """The longest words everywhere. In the worst each letter takes six bytes, as quoted-printable."""
    topics = [factories.TopicFactory(name=f"{number} " + (words * 75)[:75]) for number in range(25)]
    for topic in topics:
        services.follow(person=reader, target=("topic", topic.pk))
    for number in range(25):
        own = [topics[(number + step) % 25] for step in range(5)]
        factories.case_study(council, title=f"{number} {(words * 240)[:240]}", summary="ŷ " + words * 12, topics=own)
    (message,) = send_now()
    assert len(outbox.outbox[-1].message().as_bytes(linesep="\r\n")) <= 100_000
    shown = len(re.findall(r"^\d+\. ", text_of(message), re.MULTILINE))
    assert at_least <= shown <= 20
    assert f"There are {25 - shown} more" in text_of(message)
    assert "and 5 more" in text_of(message).partition("\n--\n")[2], "not every follow needs its own way out"
    assert "Stop all this mail" in text_of(message)
    assert "Stop all this mail" in html_of(message)
    rest = re.search(r"\n(http://localhost:8000\S+all=1)", text_of(message))[1]
    assert Client().get(rest).content.decode().count("ŷ") == 25, "nothing is lost, but in a browser"


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


# --- Of every kind -------------------------------------------------------------------------------

ALL = sorted(kinds.SCENES)
HOME = "https://network.example.org"
_written: dict[str, bytes] = {}


@pytest.fixture
def wire(kind, request, settings):
    """The bytes of a mail of that kind, written once for all these tests, at a site with an address of its own."""
    settings.BASE_URL = HOME
    settings.DEFAULT_FROM_EMAIL = "Lleoliaeth Gysylltiedig – Ŵyth <network@mail.example.org>"
    if kind not in _written:
        # A council is made only where there is something to write.
        _written[kind] = kinds.raw(kind, *(request.getfixturevalue(name) for name in ("council", "reader")))
    return _written[kind]


@pytest.fixture
def mail(wire):
    return message_from_bytes(wire, policy=policy.default)


def test_no_kind_is_left_out():
    assert set(kinds.SCENES) == set(letters._writers)


@pytest.mark.parametrize("kind", ALL)
def test_every_kind_has_the_headers_of_a_good_sender(kind, mail, wire):
    assert mail["From"].addresses[0].addr_spec == "network@mail.example.org"
    assert mail["From"].addresses[0].display_name == "Lleoliaeth Gysylltiedig – Ŵyth"
    assert len(mail["To"].addresses) == 1
    assert mail["Cc"] is mail["Bcc"] is mail["Reply-To"] is mail["Return-Path"] is None
    assert 0 < len(mail["Subject"]) <= letters.SUBJECT_LENGTH
    assert abs(parsedate_to_datetime(mail["Date"]).replace(tzinfo=UTC) - timezone.now()) < timedelta(minutes=5)
    assert re.fullmatch(r"<\S+@\S+>", mail["Message-ID"])
    assert mail["Content-Language"] == "en"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert re.fullmatch(r"[a-z_-]+:mailexampleorg", mail["Feedback-ID"])
    assert mail["MIME-Version"] == "1.0"
    once = [name.lower() for name in mail.keys()]  # noqa: SIM118 - a message is no dictionary: a header may come twice
    assert len(once) == len(set(once))
    assert wire.isascii()
    assert max(len(line) for line in wire.split(b"\r\n")) <= 998
    assert b"\n" not in wire.replace(b"\r\n", b"")


@pytest.mark.parametrize("kind", ALL)
def test_what_can_be_stopped_says_how_and_nothing_else_does(kind, mail):
    stop = re.fullmatch(rf"<({HOME}/following/stop/\S+/)>", mail["List-Unsubscribe"] or "")
    assert bool(stop) == (kind in kinds.STOPPABLE)
    assert (mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click") == bool(stop)
    assert (mail["Precedence"] == "bulk") == bool(stop)
    assert bool(mail["List-Id"]) == bool(stop)
    if stop:
        assert stop[1] in html_of(mail)
        assert stop[1] in text_of(mail)


@pytest.mark.parametrize("kind", ALL)
def test_mails_about_one_thing_stand_together(kind, mail):
    thread = mail["References"]
    assert bool(thread) == (kind in kinds.THREADS)
    assert mail["In-Reply-To"] == thread


@pytest.mark.parametrize("kind", ALL)
def test_a_mail_can_be_seen_in_a_browser_unless_it_is_for_the_mailbox_alone(kind, council, reader, client):
    message = message_from_bytes(kinds.raw(kind, council, reader), policy=policy.default)
    found = re.search(r"http://localhost:8000(/following/mail/\S+/)", text_of(message))
    assert bool(found) == (kind in kinds.IN_BROWSER)
    own = OutgoingEmail.objects.get(message_id=message["Message-ID"])
    page = client.get(found[1] if found else tokens.mail_link(own.pk).removeprefix("http://localhost:8000"))
    assert page.status_code == (200 if found else 404)
    if found:
        assert found[1] in html_of(message)
        assert "<h1" in page.content.decode()
        for token in re.findall(r"/following/stop/(\S+)/", text_of(message)):
            services.stop_by_link(wanted=tokens.read_stop(token))
        again = BeautifulSoup(client.get(found[1]).content, "html.parser")
        assert again.h1.text == BeautifulSoup(page.content, "html.parser").h1.text, "they may still read what they got"


def test_the_pictures_in_docs_are_of_all_kinds_and_of_these_templates():
    docs = Path(__file__).parents[2] / "docs"
    drawn = {path.stem for path in (docs / "mail").glob("*.txt")}
    assert set(ALL) - drawn == {MailKind.ACCOUNT}, "which is drawn by the names of its mails"
    assert "login_code" in drawn
    assert fingerprint() in (docs / "mail.md").read_text(), "run python -m scripts.mail_pictures"


@pytest.mark.parametrize("kind", ALL)
def test_every_link_is_ours_and_nothing_is_fetched(kind, mail):
    html = html_of(mail)
    soup = BeautifulSoup(html, "html.parser")
    links = soup.find_all("a")
    assert links
    for link in links:
        assert link["href"].startswith(f"{HOME}/") or link["href"] == HOME
        assert link.get_text(strip=True)
    assert not soup.find_all(["img", "link", "script", "object", "iframe", "form", "input", "video"])
    assert not soup.find_all(background=True)
    for fetched in ("@import", "url(", "src=", "@font-face"):
        assert fetched not in html
    ours = [one for one in re.findall(r"https?://[^\s<\"]+", text_of(mail)) if "elsewhere.example" not in one]
    assert ours
    assert all(one.startswith(HOME) for one in ours)


@pytest.mark.parametrize("kind", ALL)
def test_every_kind_is_built_for_every_mail_program(kind, mail):
    html = html_of(mail)
    soup = BeautifulSoup(html, "html.parser")
    assert (soup.html["lang"], soup.html["dir"]) == ("en", "ltr")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert len(soup.find_all("h1")) == 1
    assert soup.title.string.strip() == mail["Subject"]
    assert all(table.get("role") == "presentation" for table in soup.find_all("table"))
    assert sum(len(style.get_text()) for style in soup.find_all("style")) < 16_000
    for unknown in ("flex", "grid", "position:", "float:", "background-image"):
        assert unknown not in html
    for element in soup.body.find_all(style=re.compile(r"padding")):
        assert element.name in {"td", "ul", "ol", "body"}, "Outlook pads nothing but the cells of a table"
    assert [one.get("class") for one in soup.body.find_all(["div", "span"])] == [["preheader"]]
    preheader = soup.find(class_="preheader").get_text()
    assert preheader.strip("\u034f\u200c\u00a0")
    assert len(preheader) > 150
    assert "<script>" not in html


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("way", [{}, {"dark": True}, {"outlook": True}], ids=["light", "dark", "outlook"])
def test_every_word_can_be_read_in_the_light_and_in_the_dark(kind, way, mail):
    ratio, words = contrast.poorest(html_of(mail), **way)
    assert ratio >= contrast.LEGIBLE, words


@pytest.mark.parametrize("kind", ALL)
def test_the_text_is_written_for_reading(kind, mail):
    text = text_of(mail).replace("\r\n", "\n")
    assert mail.get_body(("plain",))["Content-Transfer-Encoding"] == "quoted-printable"
    assert not re.search(r"&(amp|lt|gt|quot|nbsp|#\d+);", text)
    assert not re.search(r"</?(p|a|td|br|strong)\b", text)
    assert "\n\n\n" not in text
    assert text == "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 72
    assert text.count("\n--\n") == 1, "the foot begins where mail programs fold it away"
    assert text.rstrip().endswith(HOME)


@pytest.mark.parametrize("kind", ALL)
def test_the_weight_of_a_mail_is_never_told_too_low(kind, council, reader, wire):
    kinds.SCENES[kind](council, reader)
    deliver_all(only="notices")
    found = letters.write(list(OutgoingEmail.objects.filter(kind=kind, state="pending").select_related("person")))
    for pk, letter in found.items():
        message = as_message(OutgoingEmail.objects.get(pk=pk), letter).message().as_bytes(linesep="\r\n")
        assert len(message) <= weight(letter) <= len(message) + 3000


def test_a_kind_that_nobody_can_stop_is_so_for_a_reason():
    """Decisions and security are always sent, and who must approve is asked; what Wagtail sends is switched off where
    Wagtail has its switches. What is new joins the table above.
    """
    assert {kind for kind in kinds.SCENES if kind not in kinds.STOPPABLE} <= {
        MailKind.DECISION,
        MailKind.REVIEW,
        MailKind.ACCOUNT,
        MailKind.ADDRESS,
        MailKind.FOLLOW,
        MailKind.LETTER,
        MailKind.SITE,
    }


def test_several_in_one_mail_say_once_what_is_the_same_for_all(council, reader, client):
    """Three replies within ten minutes: each with its words, why it came once, and a browser shows all."""
    moderator = factories.UserFactory(moderator=True)
    page = factories.case_study(council, title=kinds.TITLE)
    first = kinds.comment(page, reader, moderator)
    deliver_all(only="notices")
    OutgoingEmail.objects.all().delete()
    for _number in range(3):
        kinds.comment(page, factories.member(council), moderator, reply_to=first)
    deliver_all(only="notices")
    services.send_waiting()
    message = next(one for one in map(parsed, outbox.outbox) if one["To"] == reader.email)
    text = text_of(message)
    assert text.count("Did anyone count the vouchers?") == 3
    assert text.count("because you wrote the comment") == 1
    assert html_of(message).count("because you wrote the comment") == 1
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 72
    seen = re.search(r"http://localhost:8000(/following/mail/\S+/)", text)[1]
    assert client.get(seen).content.decode().count("Did anyone count the vouchers?") == 3
    assert contrast.poorest(html_of(message), dark=True)[0] >= contrast.LEGIBLE
