import pytest


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
