import pytest


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch, settings):
    """Nobody sends behind a test's back; and what is sent can be read."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def reader(db):
    from tests import factories

    return factories.UserFactory(name="Rhian Reader", email="rhian@example.org")


@pytest.fixture
def topic(db):
    from tests import factories

    return factories.TopicFactory(name="Empty shops", slug="empty-shops")


@pytest.fixture
def council(db):
    from tests import factories

    return factories.organisation("Stockport")
