"""An Elasticsearch that speaks TLS only and wants an API key, and what happens when either is wrong."""

import base64
import hashlib
import json
import logging
import re
import secrets
import ssl
import uuid
from contextlib import closing
from http.client import HTTPSConnection

import pytest
from django.core.management import call_command
from django.urls import reverse
from elasticsearch import Elasticsearch

from core import delivery
from core.events import registry
from core.models import Delivery
from scripts.services import config, process
from search import checking, engines, events, indexing, tasks
from search.engines.base import EngineRefuses, SearchQuery
from search.engines.breaker import CircuitBreaker
from tests.factories import UserFactory, case_study, organisation
from tests.search.documents import found
from tests.services.certificates import Authority
from tests.services.own import Own, running
from tests.services.readers import NOTICE

pytestmark = [pytest.mark.services, pytest.mark.django_db]

MANUAL = config.ROOT / "docs" / "elasticsearch.md"
ADMINISTRATOR, PASSWORD = "administrator", secrets.token_hex(16)


class Secured(Own):
    settings = {
        "xpack.security.enabled": "true",
        "xpack.security.http.ssl.enabled": "true",
        "xpack.security.http.ssl.certificate": "server.pem",
        "xpack.security.http.ssl.key": "server.key",
        "xpack.security.transport.ssl.enabled": "false",
    }

    def prepare(self):
        super().prepare()
        authority = Authority()
        certificate, key = authority.server(config.HOST)
        written = {
            "authority.pem": authority.pem,
            "other.pem": Authority("Somebody else").pem,
            "server.pem": certificate,
            "server.key": key,
            "users": f"{ADMINISTRATOR}:{_hashed(PASSWORD)}\n".encode(),
            "users_roles": f"superuser:{ADMINISTRATOR}\n".encode(),
        }
        for name, content in written.items():
            (self.configuration / name).write_bytes(content)
        process.own(self.configuration, self.account, deep=True)

    @property
    def url(self):
        return f"https://{config.HOST}:{self.port}"

    def file(self, name):
        return str(self.configuration / name)

    def get(self, path):
        name = base64.b64encode(f"{ADMINISTRATOR}:{PASSWORD}".encode()).decode()
        trusted = ssl.create_default_context(cafile=self.file("authority.pem"))
        with closing(HTTPSConnection(config.HOST, self.port, timeout=10, context=trusted)) as connection:
            connection.request("GET", path, headers={"Authorization": f"Basic {name}"})
            return json.load(connection.getresponse())


def _hashed(password):
    """As the server keeps passwords of its users' file; its own program for it takes ten seconds to start."""
    salt = secrets.token_bytes(32)
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 10_000, 32)
    return f"{{PBKDF2}}10000${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


@pytest.fixture(scope="module")
def server():
    with running(Secured(name="elasticsearch-secured")) as own:
        yield own


@pytest.fixture(scope="module")
def administrator(server):
    certificates = server.file("authority.pem")
    with Elasticsearch(server.url, basic_auth=(ADMINISTRATOR, PASSWORD), ca_certs=certificates) as opened:
        yield opened


class Site:
    """A site whose settings lead to the secured server."""

    def __init__(self, server, administrator, settings):
        self._server, self.administrator, self._settings = server, administrator, settings
        settings.ELASTICSEARCH_INDEX = f"secured-{uuid.uuid4().hex[:12]}"

    def key(self, *, privileges=None):
        """A key: as the manual has it, or with these privileges instead."""
        (manual,) = re.findall(r"```json\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
        asked = json.loads(manual.replace('"connected-localism', f'"{self._settings.ELASTICSEARCH_INDEX}'))
        if privileges is not None:
            asked["role_descriptors"]["search"]["indices"][0]["privileges"] = privileges
        return self.administrator.security.create_api_key(**asked, refresh="true").body

    def use(self, key, *, certificates="authority.pem", host=config.HOST, scheme="https"):
        """Start with these settings; return their engine."""
        self._settings.ELASTICSEARCH_URL = f"{scheme}://{host}:{self._server.port}"
        self._settings.ELASTICSEARCH_API_KEY = key
        self._settings.ELASTICSEARCH_CA_CERTS = self._server.file(certificates)
        engines.elasticsearch.cache_clear()
        registry._registry.clear()
        events.register()
        engine = engines.elasticsearch()
        engine.breaker = CircuitBreaker(rest=0)
        return engine


@pytest.fixture
def site(server, administrator, settings, monkeypatch):
    monkeypatch.setattr(registry, "_registry", {})
    # A server that has just started is slow at its first searches; how long one waits is tested elsewhere.
    monkeypatch.setattr("search.engines.elastic.engine.SEARCH_SECONDS", 20.0)
    yield Site(server, administrator, settings)
    engines.elasticsearch.cache_clear()


@pytest.fixture
def market(db):
    page = case_study(organisation("Stockport"), title="Market hall")
    indexing.rebuild(engines.database())
    return page


def page(client):
    response = client.get("/search/?q=hall")
    assert response.status_code == 200
    html = response.content.decode()
    assert "1 result about “hall”" in html
    return html


def state_page(client):
    client.force_login(UserFactory(administrator=True))
    html = client.get(reverse("search_state")).content.decode()
    client.logout()
    return html


def test_with_the_privileges_that_the_manual_names_everything_works(site, market, client):
    engine = site.use(site.key()["encoded"])
    tasks.ensure_index()
    assert engine.is_current()
    delivery.deliver_all()
    assert not Delivery.objects.exists()
    engine.refresh()
    assert found(engine, "market") == [market.pk]
    assert engine.suggest("mark")
    assert NOTICE not in page(client)
    assert engine.health()["documents"] == checking.compare(engine).compared
    assert "Something is set wrong" not in state_page(client)
    assert client.get("/readyz").json()["elasticsearch"] == "ok"

    market.unpublish()
    delivery.deliver_all()
    indexing.rebuild(engine)
    tasks.check_index()
    call_command("search_check")
    assert found(engine, "market") == []
    assert not checking.compare(engine)
    engine.destroy()
    assert not engine.is_current()


WRONG = {
    "a wrong key": "refuses our API key",
    "no key": "wants an API key",
    "a key that may not search": "lacks a privilege at Elasticsearch: it may not do indices:data/read/search, which",
    "another authority": "do not trust Elasticsearch’s certificate: unable to get local issuer certificate",
    "another host": "do not trust Elasticsearch’s certificate: Hostname mismatch",
    "no file": "The file that ELASTICSEARCH_CA_CERTS names cannot be read",
    "no certificate in it": "No secure connection to Elasticsearch",
    "no TLS": "does not answer",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_said_and_the_database_answers(wrong, site, market, client, caplog):
    right = site.key()
    forged = base64.b64encode(f"{right['id']}:{secrets.token_urlsafe(16)}".encode()).decode()
    little = site.key(privileges=["manage"])
    indexing.rebuild(site.use(right["encoded"]))
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    engine = {
        "a wrong key": lambda: site.use(forged),
        "no key": lambda: site.use(""),
        "a key that may not search": lambda: site.use(little["encoded"]),
        "another authority": lambda: site.use(right["encoded"], certificates="other.pem"),
        "another host": lambda: site.use(right["encoded"], host="localhost"),
        "no file": lambda: site.use(right["encoded"], certificates="nothing.pem"),
        "no certificate in it": lambda: site.use(right["encoded"], certificates="server.key"),
        "no TLS": lambda: site.use(right["encoded"], scheme="http"),
    }[wrong]()

    assert NOTICE in page(client)
    assert WRONG[wrong] in caplog.text
    told = [state_page(client)]
    assert (WRONG[wrong] in told[0]) == (wrong != "no TLS")
    assert ("Does not answer" in told[0]) == (wrong == "no TLS")
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["elasticsearch"]) == (200, "down")
    case_study(organisation("Kirklees"), title="Bakery")
    delivery.deliver_all()
    waiting = Delivery.objects.filter(consumer="search-elasticsearch")
    if wrong != "a key that may not search":
        assert waiting.exists()
        assert set(waiting.values_list("attempts", "parked_at")) == {(0, None)}
        tasks.ensure_index()
        tasks.check_index()
        told += waiting.values_list("error", flat=True)
    for question in (engine.health, lambda: engine.search(SearchQuery(text="market"))):
        with pytest.raises(EngineRefuses if wrong != "no TLS" else Exception) as refused:
            question()
        told.append("".join(_chain(refused.value)))
    told.append(caplog.text)
    for secret in (right["encoded"], right["api_key"], forged, little["encoded"], little["api_key"], PASSWORD):
        assert secret not in "".join(told)

    site.use(right["encoded"])
    Delivery.objects.update(due_at="2020-01-01T00:00:00Z")
    delivery.deliver_all()
    engines.elasticsearch().refresh()
    assert NOTICE not in page(client)
    assert not checking.compare(engines.elasticsearch())


def _chain(error):
    while error:
        yield f"{error!r} {error} {vars(error)}"
        error = error.__cause__ or error.__context__


def test_a_key_that_may_not_write_makes_changes_wait_and_searches_go_on(site, market, client):
    right = site.key()
    indexing.rebuild(site.use(right["encoded"]))
    site.use(site.key(privileges=["read", "view_index_metadata", "monitor"])["encoded"])
    case_study(organisation("Kirklees"), title="Bakery")
    delivery.deliver_all()
    assert NOTICE not in page(client)
    waiting = Delivery.objects.filter(consumer="search-elasticsearch")
    assert waiting.exists()
    assert set(waiting.values_list("attempts", "parked_at")) == {(0, None)}
    with pytest.raises(EngineRefuses, match=r"lacks a privilege.* indices:data/write"):
        indexing.refresh(engines.elasticsearch(), [f"case_study:{market.pk}"])
    with pytest.raises(EngineRefuses, match="lacks a privilege"):
        indexing.rebuild(engines.elasticsearch())
    assert NOTICE not in page(client)

    site.use(right["encoded"])
    Delivery.objects.update(due_at="2020-01-01T00:00:00Z")
    delivery.deliver_all()
    assert not waiting.exists()
    assert not checking.compare(engines.elasticsearch())


def test_a_key_is_withdrawn_and_another_given(site, market, client, caplog):
    first, second = site.key(), site.key()
    indexing.rebuild(site.use(first["encoded"]))
    assert NOTICE not in page(client)
    site.administrator.security.invalidate_api_key(ids=[first["id"]])
    assert NOTICE in page(client)
    assert "refuses our API key" in caplog.text
    site.use(second["encoded"])
    assert NOTICE not in page(client)
