"""PostgreSQL, Redis and the SMTP sink that `make services` starts are what the tests take them for."""

import os
import smtplib
import uuid
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

pytestmark = pytest.mark.services


@pytest.fixture
def database():
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection


def test_the_role_makes_and_drops_databases_of_its_own(database):
    name = f"services_{uuid.uuid4().hex}"

    database.execute(f"CREATE DATABASE {name}")
    database.execute(f"DROP DATABASE {name}")

    assert database.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)


def test_postgresql_is_the_version_and_sorts_as_in_production(database):
    assert 150000 <= database.info.server_version < 160000
    names = database.execute(
        "SELECT name FROM (VALUES ('Zeal'), ('Ynys Môn'), ('ynys mawr'), ('Éire'), ('East')) AS t(name) ORDER BY name"
    ).fetchall()
    assert [name for (name,) in names] == ["East", "Éire", "ynys mawr", "Ynys Môn", "Zeal"]


def test_redis_is_version_7_and_keeps_values():
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    key = f"services-{uuid.uuid4().hex}"

    client.set(key, "kept", ex=60)

    assert client.get(key) == b"kept"
    assert client.info("server")["redis_version"].startswith("7.")
    client.delete(key)


@pytest.fixture
def smtp():
    address = urlsplit(os.environ["EMAIL_URL"])
    with smtplib.SMTP(address.hostname, address.port, timeout=10) as client:
        yield client


def make_message(subject, text="Plain words, ŵ and ŷ included."):
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "news@example.org"
    message["To"] = "reader@example.org"
    message.set_content(text)
    return message


def received(subject):
    """Messages of that subject, oldest first; they are removed."""
    messages = []
    for path in sorted(Path(os.environ["SMTP_SINK_DIR"]).glob("*.eml")):
        try:
            message = message_from_bytes(path.read_bytes(), policy=default)
        except FileNotFoundError:  # another test, in another process, has taken its own away since
            continue
        if message["Subject"] == subject:
            messages.append(message)
            path.unlink()
    return messages


def test_a_mail_that_was_sent_can_be_read_at_once(smtp):
    subject = f"services {uuid.uuid4().hex}"

    smtp.send_message(make_message(subject), "bounces@example.org", ["a@example.org", "b@example.org"])

    (message,) = received(subject)
    assert message["X-Envelope-From"] == "bounces@example.org"
    assert message.get_all("X-Envelope-To") == ["a@example.org", "b@example.org"]
    assert message.get_content().strip() == "Plain words, ŵ and ŷ included."


def test_mails_over_one_connection_keep_their_order(smtp):
    subject = f"services {uuid.uuid4().hex}"

    for number in range(20):
        smtp.send_message(make_message(subject, f"{number}"), "a@example.org", ["b@example.org"])

    assert [int(message.get_content()) for message in received(subject)] == list(range(20))


@pytest.mark.parametrize(("local_part", "code"), [("refuse-550", 550), ("refuse-450-later", 450)])
def test_a_recipient_that_should_be_refused_is(smtp, local_part, code):
    subject = f"services {uuid.uuid4().hex}"

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.send_message(make_message(subject), "a@example.org", [f"{local_part}@example.org"])

    assert refused.value.recipients[f"{local_part}@example.org"][0] == code
    assert received(subject) == []


def test_one_refused_recipient_does_not_lose_the_others(smtp):
    subject = f"services {uuid.uuid4().hex}"

    refused = smtp.send_message(make_message(subject), "a@example.org", ["refuse-550-x@example.org", "b@example.org"])

    assert list(refused) == ["refuse-550-x@example.org"]
    (message,) = received(subject)
    assert message.get_all("X-Envelope-To") == ["b@example.org"]
