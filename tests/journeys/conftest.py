"""Journeys drive a real browser over a whole site: web, worker and beat as they run for real.

Each runs twice: on the embedded default, and on PostgreSQL, Redis, Elasticsearch and an SMTP server. What only asks
how a page behaves in a browser, which is the same there, is marked `one_site` and runs on the servers alone.
"""

import email
import email.policy
import os
import shutil
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect

from scripts.screenshots import browser_options, sign_in
from scripts.site import Site
from tests import migrated

WAIT_SECONDS = 60
# As long as for a click: a busy machine is slow to answer, and that is no fault of the page.
EXPECTED_WITHIN = 20_000


def pytest_generate_tests(metafunc):
    if "site" in metafunc.fixturenames:
        alone = metafunc.definition.get_closest_marker("one_site")
        metafunc.parametrize(
            "site", ["services"] if alone else ["embedded", "services"], indirect=True, scope="session"
        )


@pytest.fixture(scope="session", autouse=True)
def _patience():
    expect.set_options(timeout=EXPECTED_WITHIN)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return browser_options()


@pytest.fixture(scope="session")
def django_db_setup():
    """The site has a database of its own; the tests' one is not needed."""


def _told(message) -> str:
    """Its subject, and its words in one line: several notices that waited together come as one mail."""
    return f"{message['Subject']} {' '.join(message.get_body(('plain',)).get_content().split())}"


class Mailbox:
    """The messages that left the site, as the embedded default or the SMTP server keeps them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._before = set(folder.glob("**/*.eml")) if folder.exists() else set()

    def messages(self, to: str):
        for path in sorted(set(self.folder.glob("**/*.eml")) - self._before, key=lambda path: path.stat().st_mtime):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if to in str(message["To"]):
                yield message

    def wait_for(self, to: str, subject: str, text: str = ""):
        """The newest message to this address with these words in its subject and text; fails after a minute."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            found = [message for message in self.messages(to) if text in _told(message) and subject in _told(message)]
            if found:
                return found[-1]
            time.sleep(0.1)
        subjects = [str(message["Subject"]) for message in self.messages(to)]
        raise AssertionError(f"No mail to {to} with {subject!r} in its subject; there are {subjects}.")


def _services(folder: Path) -> dict[str, str]:
    """An own database, Redis number and index name on the servers that `make services` started."""
    import psycopg
    import redis

    missing = [
        name for name in ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "EMAIL_URL") if not os.environ.get(name)
    ]
    if missing:
        raise AssertionError(f"{', '.join(missing)} not set: run “make services” and “make test-services”.")
    name = f"journey_{uuid.uuid4().hex[:8]}"
    server = os.environ["DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        migrated.copy_on_the_server(connection.cursor(), name)
    numbered = os.environ["REDIS_URL"].rstrip("/").removesuffix("/0") + "/8"
    # What another site left in the cache is no copy's: its pages have other numbers.
    redis.Redis.from_url(numbered).flushdb()
    return {
        "DATABASE_URL": server.rsplit("/", 1)[0] + f"/{name}",
        "REDIS_URL": numbered,
        "ELASTICSEARCH_URL": os.environ["ELASTICSEARCH_URL"],
        "ELASTICSEARCH_INDEX": name.replace("_", "-"),
        "EMAIL_URL": os.environ["EMAIL_URL"],
    }


def _drop(environment: dict[str, str]) -> None:
    import psycopg
    import redis

    database = environment["DATABASE_URL"].rsplit("/", 1)[1]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    redis.Redis.from_url(environment["REDIS_URL"]).flushdb()


@pytest.fixture(scope="session")
def sites(request, tmp_path_factory):
    """Those that the chosen journeys need, prepared at the same time and not yet started."""
    kinds = {item.callspec.params["site"] for item in request.session.items if "site" in item.fixturenames}
    made = {}
    try:
        for kind in sorted(kinds):
            folder = tmp_path_factory.mktemp(kind)
            if kind == "embedded":
                environment = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "EMAIL_URL"), "")
                if migrated.file().exists():
                    shutil.copyfile(migrated.file(), folder / "db.sqlite3")
            else:
                environment = _services(folder)
            # People of the demonstration have notices already, and a journey does not wait ten minutes for the next.
            made[kind] = Site(folder, environment={**environment, "NOTICES_TOGETHER_MINUTES": "0"})
        with ThreadPoolExecutor() as together:
            list(together.map(Site.prepare, made.values()))
        yield made
    finally:
        if "services" in made:
            _drop(made["services"].environment)


@pytest.fixture(scope="session")
def site(request, sites):
    with sites[request.param] as running:
        if request.param == "services":
            running.manage("search_rebuild")
        running.kind = request.param
        yield running


@pytest.fixture
def mailbox(site):
    folder = site.folder / "mail" if site.kind == "embedded" else Path(os.environ["SMTP_SINK_DIR"])
    return Mailbox(folder)


@pytest.fixture(scope="session")
def signed_in(site):
    """What a browser keeps of somebody's signing in to this site: a name's cookies, from the first time on."""
    return {}


@pytest.fixture
def person(site, browser, signed_in):
    """`person("author")` is a browser of their own in which a demonstration person has signed in.

    More than the width is Playwright's to understand: `person(java_script_enabled=False)`.
    """
    contexts = []

    def open_as(name: str | None = None, width: int = 1280, **options):
        options["storage_state"] = signed_in.get(name)
        context = browser.new_context(viewport={"width": width, "height": 900}, base_url=site.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(EXPECTED_WITHIN)
        if name and name not in signed_in:
            sign_in(page, site.url, name)
            signed_in[name] = context.storage_state()
        return page

    yield open_as
    for context in contexts:
        context.close()
