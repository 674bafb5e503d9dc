"""A value that cannot be understood stops the start with a message; it never becomes the default."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection

from digests.mime import as_message
from digests.models import OutgoingEmail
from digests.rendering import Letter
from network import providers
from network.checks import public_site_is_safe, search_server_can_be_asked
from network.environment import base_url, email_settings
from network.local_key import local_secret_key
from network.providers import PROVIDERS, provider_settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", {"EMAIL_PORT": 25, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}),
        (
            "smtp+starttls://user%40x:p%2Fw@mail.example.org:2525?timeout=7",
            {
                "EMAIL_HOST_USER": "user@x",
                "EMAIL_HOST_PASSWORD": "p/w",
                "EMAIL_PORT": 2525,
                "EMAIL_USE_TLS": True,
                "EMAIL_TIMEOUT": 7,
            },
        ),
        ("smtps://mail.example.org", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True, "EMAIL_USE_TLS": False}),
        ("console:", {"OUTGOING_EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
        ("file:///var/mail%20here", {"EMAIL_FILE_PATH": "/var/mail here"}),
    ],
)
def test_mail_addresses_say_how_mail_leaves(url, expected):
    assert expected.items() <= email_settings(url).items()


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "smtp+tls://mail.example.org", "smtp://", "file:", "smtp://h:x", "anymail:pigeon"]
)
def test_a_mail_address_that_is_not_understood_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        email_settings(url)


def test_a_provider_takes_its_secrets_from_variables_of_its_own():
    made = provider_settings(
        "postmark", {"ANYMAIL_POSTMARK_SERVER_TOKEN": "t", "ANYMAIL_WEBHOOK_SECRET": "a:b", "X": "y"}
    )
    assert made["OUTGOING_EMAIL_BACKEND"] == "anymail.backends.postmark.EmailBackend"
    assert made["EMAIL_PROVIDER"] == "postmark"
    assert made["ANYMAIL"]["POSTMARK_SERVER_TOKEN"] == "t"
    assert made["ANYMAIL"]["POSTMARK_SEND_DEFAULTS"] == {"track_opens": False, "track_clicks": False}


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("pigeon", {}, "no mail provider 'pigeon'"),
        ("postmark", {}, "needs ANYMAIL_POSTMARK_SERVER_TOKEN"),
        ("postmark", {"ANYMAIL_POSTMARK_SERVER_TOKEN": " "}, "needs ANYMAIL_POSTMARK_SERVER_TOKEN"),
        ("postmark", {"ANYMAIL_POSTMARK_TOKEN": "t"}, "ANYMAIL_POSTMARK_TOKEN: not known"),
        ("mailgun", {"ANYMAIL_MAILGUN_API_KEY": "k", "ANYMAIL_REQUESTS_TIMEOUT": "soon"}, "REQUESTS_TIMEOUT"),
    ],
)
def test_a_provider_that_cannot_send_stops_the_start(name, given, said):
    with pytest.raises(ImproperlyConfigured, match=said):
        provider_settings(name, given)


@pytest.mark.parametrize("there", [True, False])
def test_amazon_needs_its_library(monkeypatch, there):
    monkeypatch.setattr(providers, "find_spec", lambda name: object() if there else None)
    if there:
        assert provider_settings("amazon_ses", {})["EMAIL_PROVIDER"] == "amazon_ses"
    else:
        with pytest.raises(ImproperlyConfigured, match="needs boto3"):
            provider_settings("amazon_ses", {})


@pytest.mark.parametrize("name", [name for name in PROVIDERS if name != "amazon_ses"])
def test_every_provider_that_we_name_can_be_opened(name, settings):
    needs = {f"ANYMAIL_{name.upper()}_{one}": "https://mail.example.org/" for one in PROVIDERS[name].needs}
    for setting, value in provider_settings(name, needs).items():
        setattr(settings, setting, value)
    backend = get_connection(settings.OUTGOING_EMAIL_BACKEND)
    letter = Letter(subject="S", text="T", html="H", headers={"List-Id": "<digests.example.org>", "Precedence": "bulk"})
    mail = OutgoingEmail(address="a@example.org", message_id="<1@example.org>")
    backend.build_message_payload(as_message(mail, letter), backend.send_defaults)


@pytest.mark.parametrize("url", ["example.org", "ftp://example.org", "https://example.org/path", "https://"])
def test_a_public_address_that_is_none_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="BASE_URL"):
        base_url(url)


def test_the_local_key_is_made_once_and_is_private(tmp_path):
    first = local_secret_key(tmp_path)
    assert len(first) >= 50
    assert local_secret_key(tmp_path) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def _check(**environment: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "VAR_DIR"}}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


SAFE = {
    "PRODUCTION": True,
    "BASE_URL": "https://network.example.org",
    "ALLOWED_HOSTS": ["network.example.org"],
    "SECRET_KEY": "k" * 60,
    "DEBUG": False,
    "DEMO": False,
    "REQUIRE_SECOND_FACTOR": True,
    "OUTGOING_EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}


def _problems(settings, **values) -> list[str]:
    for name, value in {**SAFE, **values}.items():
        setattr(settings, name, value)
    return [problem.id for problem in public_site_is_safe()]


def test_a_safe_public_site_starts(settings):
    assert _problems(settings) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"DEBUG": True}, "network.E001"),
        ({"SECRET_KEY": "short"}, "network.E002"),
        ({"ALLOWED_HOSTS": ["*"]}, "network.E003"),
        ({"ALLOWED_HOSTS": ["other.example.org"]}, "network.E003"),
        ({"DEMO": True}, "network.E004"),
        ({"REQUIRE_SECOND_FACTOR": False}, "network.E007"),
        ({"OUTGOING_EMAIL_BACKEND": "core.mail.EmlFileBackend"}, "network.E005"),
    ],
)
def test_an_unsafe_public_site_does_not(settings, change, problem):
    assert _problems(settings, **change) == [problem]


def test_a_site_on_one_machine_may_be_all_of_that(settings):
    assert _problems(settings, PRODUCTION=False, DEBUG=True, DEMO=True, ALLOWED_HOSTS=["*"]) == []


@pytest.mark.parametrize(
    ("address", "key", "wrong"),
    [
        ("https://a.example.org:9200, https://b.example.org:9200, https://a.example.org:9200", "c2VzYW1l\n", False),
        ("a.example.org:9200", "", True),
        ("http://a.example.org", "", True),
        ("https://a.example.org:9200", "“c2VzYW1l”", True),
    ],
)
def test_an_address_of_elasticsearch_that_is_none_stops_the_start(settings, address, key, wrong):
    settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_API_KEY = address, key
    found = search_server_can_be_asked()
    assert [one.id for one in found] == ["network.E006"] * wrong
    assert "c2VzYW1l" not in str(found)


def test_every_bad_value_is_named_before_anything_starts():
    result = _check(DEBUG="perhaps", TRUSTED_PROXY_COUNT="two")
    assert result.returncode != 0
    assert "DEBUG" in result.stderr
    assert "TRUSTED_PROXY_COUNT" in result.stderr


def test_a_public_site_without_a_key_does_not_start():
    result = _check(BASE_URL="https://network.example.org")
    assert result.returncode != 0
    assert "SECRET_KEY is empty" in result.stderr
