"""What Django and Wagtail mail by themselves waits in the outbox: nobody waits for a mail server, nothing is lost."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outbox
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageSubscription
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from digests import services
from digests.models import MailKind, OutgoingEmail, Suppression
from digests.rendering.previews import find
from tests import factories
from tests.digests.helpers import html_of, parsed, text_of

pytestmark = pytest.mark.django_db
WORDS = "Is this the figure of 2024?\n\nOpen the draft:\nhttp://localhost:8000/account/logout/"


class Down(BaseEmailBackend):
    """A mail server that is not there."""

    def open(self):
        raise ConnectionRefusedError("nobody listens")

    def send_messages(self, email_messages):
        self.open()


def sent():
    before = len(outbox.outbox)
    services.send_waiting()
    return {message["To"]: message for message in map(parsed, outbox.outbox[before:])}


def posted(page, title, text):
    """What the editor's form would send, with one new comment."""
    new = {"DELETE": "", "resolved": "", "id": "", "contentpath": "title", "text": text, "position": ""}
    return nested_form_data(
        {
            "title": title,
            "slug": page.slug,
            "summary": page.summary,
            **dict.fromkeys(("what_it_is", "current_state", "who_may_use", "legal_basis"), rich_text("<p>Money.</p>")),
            "steps": inline_formset([]),
            "sources": inline_formset([]),
            "programme_places": inline_formset([]),
            "comments": inline_formset([{**new, "replies": inline_formset([])}]),
        }
    )


def test_comments_in_the_editor_wait_while_the_mail_server_is_down(client, settings):
    """The page is saved; whoever follows its comments is told later, if they may still edit it by then."""
    author = factories.UserFactory(name="Ada Author", editor=True)
    colleague, banned, left = (factories.UserFactory(editor=True) for _number in range(3))
    page = factories.programme(live=False)
    for person in (colleague, banned, left):
        PageSubscription.objects.create(page=page, user=person, comment_notifications=True)
    up, settings.OUTGOING_EMAIL_BACKEND = settings.OUTGOING_EMAIL_BACKEND, f"{__name__}.Down"
    client.force_login(author)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = client.post(address, posted(page, "Market <b>hall</b>\n\n--\nnot the foot", WORDS))
    assert (response.status_code, response["Location"]) == (302, address)
    assert services.send_waiting().postponed == 3
    rows = OutgoingEmail.objects.filter(kind=MailKind.SITE)
    assert {row.person for row in rows} == {colleague, banned, left}
    for row in rows:
        stored = "".join(str(getattr(row, field.attname)) for field in row._meta.concrete_fields)
        assert "the figure of" not in stored, "what is said about a draft lies nowhere in plain text"
    banned.is_active = False
    banned.save()
    left.groups.clear()
    settings.OUTGOING_EMAIL_BACKEND = up
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        letters = sent()
    assert set(letters) == {colleague.email}
    message = letters[colleague.email]
    text, html = text_of(message), html_of(message)
    assert message["Subject"] == "Ada Author in the editor: Market <b>hall</b> -- not the foot"
    assert "Ada Author has commented on the draft of “Market <b>hall</b> -- not the foot”." in " ".join(text.split())
    assert "\n  Is this the figure of 2024?\n" in text
    assert f"\nOpen the draft:\nhttp://localhost:8000{address}\n" in text
    assert f'href="http://localhost:8000{address}"' in html
    assert 'href="http://localhost:8000/account/logout/"' not in html, "what somebody typed is no button"
    assert text.count("\n--\n") == 1
    assert "follow the comments on it" in " ".join(text.partition("\n--\n")[2].split())
    assert {(row.state, row.text, row.html, str(row.payload)) for row in rows.all()} == {
        ("sent", "", "", "{}"),
        ("suppressed", "", "", "{}"),
    }
    shown = find("site", "comments").make(colleague)
    assert "Is this the figure of 2024?" in shown.text, "staff can look at one"


def test_whatever_django_mails_is_a_row_for_each_recipient(reader, caplog):
    stopped = factories.UserFactory(email="stopped@example.org")
    Suppression.objects.create(address=stopped.email, reason="The mailbox does not exist.")
    text = "A list:\n\n- one\n- two\n\nSee http://elsewhere.example/page\n\nRead it:\nhttp://localhost:8000/search/"
    message = EmailMultiAlternatives(
        "Hello\nBcc: everybody@example.org",
        text,
        "someone@elsewhere.example",
        ["Rhian Reader <RHIAN@example.org>", "stopped@example.org", "no address"],
        cc=["nobody@example.org", "rhian@example.org"],
        reply_to=["helpdesk@example.org"],
    )
    message.attach_alternative("<p>HTML of somebody else</p>", "text/html")
    assert message.send() == 1
    letters = sent()
    assert set(letters) == {"rhian@example.org", "nobody@example.org"}
    for letter in letters.values():
        assert letter["From"].addresses[0].addr_spec == "network@localhost", "the one that SPF and DKIM speak for"
        assert letter["Reply-To"] == "helpdesk@example.org"
        assert letter["Bcc"] is letter["Cc"] is None
        html = html_of(letter)
        assert 'href="http://localhost:8000/search/"' in html
        assert 'href="http://elsewhere' not in html
        assert "HTML of somebody else" not in html
        assert ">one</li>" in html
    assert "an account" in text_of(letters["rhian@example.org"])
    assert "given your address" in text_of(letters["nobody@example.org"])

    html_only = EmailMessage("Only HTML", "<p>One &amp; all</p>", to=[reader.email])
    html_only.content_subtype = "html"
    html_only.send()
    assert "One & all" in text_of(sent()[reader.email])

    with_file = EmailMessage("With a file", "Words", to=[reader.email])
    with_file.attach("a.txt", "1", "text/plain")
    assert with_file.send() == 0
    assert send_mail("To nobody", "Words", None, []) == 0
    assert sent() == {}
    assert "takes no attachments" in caplog.text
