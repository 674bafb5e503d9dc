"""The mails about signing in: our words, through the outbox, sealed while they wait, erased when they are over."""

import re
import smtplib
from datetime import datetime, timedelta
from pathlib import Path

import allauth
import pytest
import time_machine
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from accounts import mail as account_mail
from digests import services
from digests.models import MailKind, OutgoingEmail
from digests.rendering import account
from digests.sealing import seal
from digests.services import sending
from tests import factories
from tests.digests.helpers import html_of, parsed, text_of

pytestmark = pytest.mark.django_db
PASSWORD = "long enough to pass"
FACTS = {
    "code": "QWRT-YPSD",
    "activate_url": "http://localhost:8000/account/confirm-email/key/",
    "password_reset_url": "http://localhost:8000/account/password/reset/key/1-abc/",
    "signup_url": "http://localhost:8000/account/signup/",
    "from_email": "old@example.org",
    "to_email": "new@example.org",
    "deleted_email": "old@example.org",
    "ip": "192.0.2.7",
    "user_agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0 http://elsewhere.example",
    "at": "2026-11-23T09:30:00+00:00",
}
BY_LINK = {name: value for name, value in FACTS.items() if name != "code"}


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.ACCOUNT_LOGIN_BY_CODE_ENABLED = True


@pytest.fixture
def una():
    person = factories.UserFactory(email="una@example.org", name="Una")
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    return person


def queued(name, facts, **fields):
    defaults = {"address": "una@example.org", "language": "en", "worthless_after": timezone.now() + timedelta(days=3)}
    return OutgoingEmail.objects.create(
        key=f"account:{name}",
        kind=MailKind.ACCOUNT,
        message_id=f"<{name}@localhost>",
        payload={"mail": name, "sealed": seal(facts)},
        **{**defaults, **fields},
    )


def sent():
    before = len(outbox.outbox)
    services.send_waiting()
    return [parsed(message) for message in outbox.outbox[before:]]


def asked_of_allauth():
    """The names of the mails in the source of the installed allauth, of the parts that we use."""
    root = Path(allauth.__file__).parent
    source = "".join(
        path.read_text()
        for part in ("account", "mfa", "socialaccount")
        for path in sorted((root / part).rglob("*.py"))
        if "tests" not in path.parts
    )
    return set(re.findall(r'"(?:account|mfa|socialaccount)/email/([a-z_]+)"', source))


def test_every_mail_that_allauth_sends_has_words_of_ours():
    asked = asked_of_allauth()
    assert {"login_code", "password_reset_key", "totp_activated"} <= asked
    assert asked == set(account.WORDS)


@pytest.mark.parametrize("facts", [FACTS, BY_LINK], ids=["code", "link"])
@pytest.mark.parametrize("name", sorted(account.WORDS))
def test_each_is_written_in_both_parts(name, facts):
    if name.endswith("_code") and "code" not in facts:
        facts = FACTS  # never by link
    mail = queued(name, facts)
    (message,) = sent()
    assert message["To"] == "una@example.org"
    assert 5 < len(message["Subject"]) < 60
    for header in ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Precedence"):
        assert message[header] is None, "nobody can stop it, and it is no list"
    assert message["Auto-Submitted"] == "auto-generated"
    assert FACTS["code"] not in message["Subject"], "it would show on a locked telephone"
    text, html = text_of(message), html_of(message)
    assert html.count("<h1") == 1
    assert "elsewhere.example" not in text + html, "what a program says of itself is not passed on"
    assert "%(" not in text + html
    assert "\n\n\n" not in text
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 72
    wanted = re.findall(r"http://\S+", text)
    assert all(address.startswith("http://localhost:8000") for address in wanted)
    assert all(f'href="{address}"' in html for address in wanted[:-1])
    mail.refresh_from_db()
    assert (mail.state, mail.payload, mail.text, mail.html) == ("sent", {"mail": name}, "", "")


def test_somebody_who_chose_welsh_is_written_to_in_welsh(una, client):
    una.language = "cy"
    una.save()
    client.post("/account/password/reset/", {"email": "una@example.org"})
    (message,) = sent()
    assert '<html lang="cy"' in html_of(message)
    assert message["Content-Language"] == "cy"


def test_nobody_in_particular_is_written_to_in_the_language_of_the_page(client):
    client.post("/cy/account/password/reset/", {"email": "nobody@example.org"})
    (message,) = sent()
    assert message["To"] == "nobody@example.org"
    assert '<html lang="cy"' in html_of(message)
    assert "http://localhost:8000/cy/account/signup/" in text_of(message)
    assert OutgoingEmail.objects.get().person is None


def test_a_code_signs_in_and_lies_nowhere_in_plain_text(una, client, settings):
    response = client.post("/account/login/code/", {"email": "una@example.org"})
    assert response["Location"].startswith("/account/login/code/confirm/")
    waiting = OutgoingEmail.objects.get()
    assert waiting.kind == MailKind.ACCOUNT
    assert waiting.urgency == 0
    assert waiting.person == una
    lifetime = waiting.worthless_after - waiting.created_at
    assert abs(lifetime - account_mail.lifetime_of("login_code")) < timedelta(seconds=5)
    (message,) = sent()
    code = re.search(r"^    (\S+)$", text_of(message), re.MULTILINE)[1]
    assert code in html_of(message)
    for row in (waiting, OutgoingEmail.objects.get()):
        assert code not in "".join(str(getattr(row, field.attname)) for field in row._meta.concrete_fields)
    client.post("/account/login/code/confirm/", {"code": code})
    assert "_auth_user_id" in client.session


class Down:
    """A mail server that is not there."""

    def __init__(self, *args, **kwargs):
        pass

    def refuse(self, *args):
        raise ConnectionRefusedError("nobody listens")

    def close(self):
        raise smtplib.SMTPServerDisconnected

    open = send_messages = refuse


def test_a_mail_server_that_is_down_costs_nobody_a_page_and_loses_no_mail(
    una, client, settings, django_capture_on_commit_callbacks
):
    up = settings.OUTGOING_EMAIL_BACKEND
    settings.OUTGOING_EMAIL_BACKEND = "tests.accounts.test_account_mails.Down"
    response = client.post("/account/password/reset/", {"email": "una@example.org"})
    assert response["Location"] == "/account/password/reset/done/"
    code = client.post("/account/login/code/", {"email": "una@example.org"})
    assert client.get(code["Location"]).status_code == 200
    assert services.send_waiting().postponed == 2
    settings.OUTGOING_EMAIL_BACKEND = up
    with time_machine.travel(timezone.now() + sending.SERVER_DOWN_DELAY + timedelta(hours=1)):
        services.send_waiting()
    assert [message.subject for message in outbox.outbox] == ["Set a new password"]
    (late,) = OutgoingEmail.objects.filter(state="suppressed")
    assert late.payload == {"mail": "login_code"}, "a code that no longer works is not sent, and not kept"


def test_what_is_given_up_keeps_no_secrets(una, settings):
    mail = queued("password_reset_key", BY_LINK, worthless_after=timezone.now() - timedelta(seconds=1))
    assert sent() == []
    mail.refresh_from_db()
    assert (mail.state, mail.payload) == ("suppressed", {"mail": "password_reset_key"})


def test_an_old_key_still_opens_what_waits_and_a_lost_one_sends_nothing(settings):
    queued("login_code", FACTS)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 5, [settings.SECRET_KEY]
    (message,) = sent()
    assert FACTS["code"] in text_of(message)
    mail = queued("unknown_account", FACTS)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a third key " * 5, []
    assert sent() == []
    mail.refresh_from_db()
    assert mail.state == "suppressed"


def test_a_change_of_address_is_told_to_the_old_one(una, rf):
    """Not to the address of today, which may be somebody else's."""
    una.email = "new@example.org"
    una.save()
    queued("email_changed", FACTS, person=una, address="old@example.org")
    assert [message["To"] for message in sent()] == ["old@example.org"]


def test_setting_a_new_password_works_by_its_link_and_is_told(una, client):
    client.post("/account/password/reset/", {"email": "una@example.org"})
    (message,) = sent()
    address = re.search(r"http://localhost:8000(/account/password/reset/key/\S+)", text_of(message))[1]
    form = client.get(address)
    client.post(form["Location"], {"password1": "another long one", "password2": "another long one"})
    una.refresh_from_db()
    assert una.check_password("another long one")
    (news,) = sent()
    assert news["Subject"] == "Your password was set anew"
    assert "127.0.0.1" in text_of(news)


def test_links_lead_to_us_whatever_name_the_request_came_by(una, client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/account/password/reset/", {"email": "una@example.org"}, headers={"host": "elsewhere.example"})
    (message,) = sent()
    assert "elsewhere" not in text_of(message) + html_of(message)


@pytest.mark.parametrize("kind", [MailKind.ACCOUNT, MailKind.ADDRESS, MailKind.FOLLOW])
def test_no_mail_to_a_mailbox_alone_is_shown_in_a_browser(client, una, kind):
    from digests import tokens

    mail = queued("login_code", FACTS, person=una)
    OutgoingEmail.objects.update(kind=kind)
    assert client.get(reverse("read_mail", args=[tokens.mail_token(mail.pk)])).status_code == 404


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (None, ""),
        ("2026-11-23T10:32:00+00:00", "10:32"),
        ("2026-11-26T00:10:00+00:00", "00:10 on 26 November 2026"),
        ("2026-07-01T08:00:00+00:00", "09:00 on 1 July 2026"),
    ],
)
def test_it_says_until_when(moment, words):
    with time_machine.travel("2026-11-23T10:29:00+00:00", tick=False):
        assert account.until(datetime.fromisoformat(moment) if moment else None) == words


def test_without_anybody_who_sends_it_is_an_error_and_not_a_lost_mail(monkeypatch):
    monkeypatch.setattr(account_mail, "_senders", [])
    with pytest.raises(LookupError):
        get_adapter().send_mail("account/email/login_code", "una@example.org", {"code": "x"})
