"""The embedded default, in memory, migrated once a machine; or whatever DATABASE_URL and its neighbours name."""

import gc
import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")
os.environ.setdefault("SECRET_KEY", "tests-" + "x" * 60)
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="connected-localism-tests-"))
Path(os.environ["VAR_DIR"], "static").mkdir(exist_ok=True)
# A .env on a developer's desk must not steer the tests.
for name in ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "EMAIL_URL", "BASE_URL", "DEMO", "DEBUG"):
    os.environ.setdefault(name, {"DEMO": "0", "DEBUG": "0"}.get(name, ""))

import pytest  # noqa: E402 - the environment comes first
from django.db import connections  # noqa: E402
from hypothesis import HealthCheck  # noqa: E402
from hypothesis import settings as hypothesis_settings  # noqa: E402

# The first draw of a run reads the constants of the whole project, and a busy machine is slow: neither is a fault.
hypothesis_settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("ours")


def pytest_configure(config):
    from django.conf import settings
    from django.test.signals import setting_changed

    # Static files are served from where they lie, and hashing passwords slowly would test nothing.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    # In a parallel run the models, and with them Wagtail, have asked for the storage already: let it be made anew.
    setting_changed.send(sender=pytest_configure, setting="STORAGES", value=settings.STORAGES, enter=True)
    # `force_login` stands for whatever sign-in it takes; what a second step is asked for says so itself.
    settings.REQUIRE_SECOND_FACTOR = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Wagtail's background tasks run on the spot: no worker listens to a test. Its indices: see `wagtail_indices`.
    settings.TASKS["default"]["BACKEND"] = "tests.background.TestBackend"
    setting_changed.send(sender=pytest_configure, setting="TASKS", value=settings.TASKS, enter=True)
    if not settings.REDIS_URL:
        # Processes of one run share the folder that the embedded default's shared cache lies in.
        settings.CACHES["shared"] = {**settings.CACHES["default"], "LOCATION": "shared"}
        setting_changed.send(sender=pytest_configure, setting="CACHES", value=settings.CACHES, enter=True)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if settings.REDIS_URL and worker.isdigit():
        # Tests empty the cache between them: each process has a Redis database of its own to empty.
        own = urlsplit(settings.REDIS_URL)._replace(path=f"/{int(worker) + 1}").geturl()
        settings.CACHES["default"]["LOCATION"] = own
        setting_changed.send(sender=pytest_configure, setting="CACHES", value=settings.CACHES, enter=True)
    if not settings.REDIS_URL:
        settings.CELERY_BROKER_URL = "memory://"
        settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}


def pytest_collection_finish(session):
    """What is imported by now stays: the collector need not walk through it again, nor look so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _patterns_at_hand(django_test_environment):
    """Django compiles its patterns when it first needs them, and asks a proxy for each ever after, twice a statement.

    What SQLite's own placeholders make of a statement is looked up: a run says few different ones, a million times.
    """
    import sys
    from functools import lru_cache

    from django.db.backends.sqlite3 import base
    from django.utils.functional import SimpleLazyObject

    for module in [one for name, one in sys.modules.items() if name.startswith("django.")]:
        for name, value in list(vars(module).items()):
            if type(value) is SimpleLazyObject and value._setupfunc.__qualname__.startswith("_lazy_re_compile"):
                setattr(module, name, value._setupfunc())

    plain = base.SQLiteCursorWrapper.convert_query
    known = lru_cache(5000)(lambda query: plain(None, query))

    def convert_query(self, query, *, param_names=None):
        return known(query) if param_names is None else plain(self, query, param_names=param_names)

    base.SQLiteCursorWrapper.convert_query = convert_query


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    from tests.remembered import history

    history.begin()


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """See `tests/migrated.py`."""
    from tests import migrated
    from tests.remembered import watch_rollbacks

    connection = connections["default"]
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            migrated.into_memory(connection, os.environ.get("PYTEST_XDIST_WORKER", "main"))
            watch_rollbacks(connection)
            yield
            connection.close()
            return
        _let_the_log_be_emptied(connection)
        name = migrated.on_the_server(connection)
    yield
    with django_db_blocker.unblock():
        migrated.drop(connection, name)


def _let_the_log_be_emptied(connection) -> None:
    """A test that commits empties every table afterwards, and the log of decisions refuses that."""
    flush = connection.ops.sql_flush

    def sql_flush(style, tables, **kwargs):
        statements = flush(style, tables, **kwargs)
        if "moderation_decision" not in tables:
            return statements
        guard = "ALTER TABLE moderation_decision {} TRIGGER moderation_decision_no_truncate"
        return [guard.format("DISABLE"), *statements, guard.format("ENABLE")]

    connection.ops.sql_flush = sql_flush


@pytest.fixture(scope="session", autouse=True)
def _outbox(django_test_environment):
    """As in production, all mail waits in the outbox; what leaves it can be read in `django.core.mail.outbox`.

    Django's test environment would have what it mails by itself leave at once.
    """
    from django.conf import settings

    settings.EMAIL_BACKEND = "digests.backend.OutboxBackend"
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(scope="session", autouse=True)
def _the_outermost_template(django_test_environment):
    """`response.context` holds what the templates were given that a view asked for, not each of the hundreds in them.

    Django copies the context of every one, which was a tenth of the time a page of the CMS took.
    """
    from django.template.base import Template
    from django.test.signals import template_rendered

    def render(self, context):
        if context.template is self:
            template_rendered.send(sender=self, template=self, context=context)
        return self.nodelist.render(context)

    Template._render = render


@pytest.fixture(autouse=True)
def _english():
    """A test that activates a language does not speak for the next."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _empty_cache():
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _nothing_held():
    """What a test's search read of synonyms and chosen results is gone with the test's rows."""
    from django.core.cache import caches

    from casestudies import reads
    from search import counting, held

    caches["shared"].clear()
    held.forget()
    # What a test's reader read is not written down after the next test's page.
    reads.tally.clear()
    counting.tally.clear()


@pytest.fixture(autouse=True)
def _database_searches(settings, monkeypatch):
    """The server of ELASTICSEARCH_URL is for the tests that ask for it, each under an index of its own."""
    from core.events import registry
    from tests.remembered import history

    settings.ELASTICSEARCH_URL = ""
    monkeypatch.delitem(registry.consumers(), "search-elasticsearch", raising=False)
    history.mind(monkeypatch)


@pytest.fixture
def wagtail_indices(monkeypatch):
    """For a test of where a file is used, or of the CMS's own search: keep the indices that these read.

    As a mark (`usefixtures`) it comes before the fixtures that make the pages.
    """
    from tests.background import TestBackend

    monkeypatch.setattr(TestBackend, "keeps_indices", True)


@pytest.fixture
def deliver(django_capture_on_commit_callbacks):
    """Run a block as a committed transaction, then deliver its events to their consumers."""
    from contextlib import contextmanager

    @contextmanager
    def run():
        from core.delivery import deliver_all

        yield
        deliver_all()

    return run
