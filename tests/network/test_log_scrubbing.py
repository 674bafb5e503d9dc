"""What the log says, as it is really written: nothing that opens a door or tells of a person."""

import io
import json
import logging
from contextlib import contextmanager

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.core import signing
from django.test import Client
from django.urls import reverse

from network.log_scrubbing import scrub, scrubbed
from network.logs import configure_logs
from tests import factories
from tests.network.test_routes import ROUTES

pytestmark = pytest.mark.django_db
WORDS = "My neighbour’s boy broke the window (he said)."


@contextmanager
def written(format_name):
    """All that the site would write to its log meanwhile, in this format."""
    made = configure_logs(format_name)["formatters"]["default"]
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(made["()"](processors=made["processors"], foreign_pre_chain=made["foreign_pre_chain"]))
    loggers = [logging.getLogger(), logging.getLogger("django_structlog")]
    levels = [one.level for one in loggers]
    loggers[0].addHandler(handler)
    for one in loggers:
        one.setLevel(logging.INFO)
    try:
        yield out
    finally:
        loggers[0].removeHandler(handler)
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)


class RowRefused(Exception):
    pass


@pytest.mark.parametrize("format_name", ["json", "plain"])
def test_no_line_has_a_key_an_address_or_what_somebody_wrote(format_name):
    person = factories.UserFactory(email="nia.secret@stockport.gov.uk")
    address = EmailAddress.objects.get(user=person)
    links = {
        "confirm": reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]),
        "reset": reverse(
            "account_reset_password_from_key",
            kwargs={"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)},
        ),
        "plain signer": reverse("invitation", args=[signing.Signer(salt="x").sign("17")]),
    }
    for name, (arguments, _expected) in ROUTES.items():
        if arguments == ("forged",):
            links[name] = reverse(name, args=[signing.dumps({"who": person.pk, "name": name}, salt="x")])
    assert len(links) > 10
    row = f"(17, nia.secret@stockport.gov.uk, {WORDS}\nAnd more.)"
    refused = f'null value in column "x"\nDETAIL:  Failing row contains {row}.\n'
    with written(format_name) as log:
        for link in links.values():
            Client().get(link)
        logging.getLogger("digests").warning(
            "Mail to %s waits: %s", "x.org", "550 <nia.secret@stockport.gov.uk> unknown"
        )
        logging.getLogger("digests").error("Refused: %r", ValueError(f"{links['confirm']} is not known"))
        try:
            raise RowRefused(refused)
        except RowRefused:
            logging.getLogger("discussion").exception("The comment %s was not kept.", 17)
    said = log.getvalue()
    assert said.count("request_finished") == len(links)
    for name, link in links.items():
        token = next(part for part in reversed(link.split("/")) if part)
        for part in {token, token.rsplit(":", 1)[-1], token.rsplit("-", 1)[-1] if name == "reset" else token}:
            assert part not in said, name
        assert link.split(token)[0] in said, f"{name}: where somebody was stays readable"
    assert "nia.secret" not in said
    assert "neighbour" not in said
    assert "And more" not in said
    assert "RowRefused" in said, "what happened stays readable"
    assert "The comment 17 was not kept." in said
    assert "test_log_scrubbing.py" in said
    if format_name == "json":
        assert all(json.loads(line) for line in said.splitlines())


def test_what_is_no_secret_stays_as_it_is():
    event = {
        "event": "GET /councils/stockport/a-market-in-an-empty-shop-on-the-high-street-of-edgeley/",
        "at": "2026-11-23T12:04:09.123456Z",
        "request_id": "93f5cd35-81db-4bf1-b8f1-7ce3ee812246",
        "code": 404,
        "user_id": None,
        "where": ["http://localhost:9200/index_2026-11-23", "Task core.tasks.deliver[93f5cd35]"],
    }
    assert scrub(None, "", event) == event


def test_addresses_and_signed_words_go_wherever_they_stand():
    signed = "x" * 43
    for said, left in {
        "to a.b@c.org+d@e.org, f@g.org": "to [address], [address]",
        "a@b@c.org": "a@[address]",
        "a@.b@c.org and d@e": "a@[address] and d@e",
        f"/stop/17:1abc:{signed}/": "/stop/[signed]/",
        f"17%3A1abc%3A{signed}.18:{signed}": "[signed][signed]",
        f"GET 17:{signed}x": f"GET 17:{signed}x",
    }.items():
        assert scrubbed(said) == left


@pytest.mark.parametrize("part", ["A", "A.", "a@", "a@a.b-", "a:", "a%3A", "+@", "a~:1%3A"])
def test_a_path_however_long_is_read_once(part):
    """Each of these took minutes when it was read again from each of its characters."""
    assert scrubbed(f"GET /{part * 100_000}").startswith("GET /")


def test_so_is_a_refused_row_of_empty_lines():
    assert scrubbed("Failing row contains (" + "\n" * 200_000 + "x)\n\nThe above exception") == (
        "Failing row contains (…)\n\nThe above exception"
    )
