"""The people and things of these tests. Factories are imported late: a conftest is read before Django is set up."""

import pytest


@pytest.fixture
def council(db):
    from tests import factories

    return factories.organisation()


@pytest.fixture
def case_study(council):
    from tests import factories

    return factories.case_study(council, title="Market in an empty shop")


@pytest.fixture
def newcomer(db):
    from tests import factories

    return factories.UserFactory(name="Nia New")


@pytest.fixture
def member(council):
    from tests import factories

    return factories.member(council, name="Mo Member")


@pytest.fixture
def moderator(db):
    from tests import factories

    return factories.UserFactory(name="Morgan Moderator", moderator=True)
