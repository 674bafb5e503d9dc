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


@pytest.fixture
def stockport(db):
    from tests import factories

    return factories.organisation("Stockport")


@pytest.fixture
def wigan(db):
    from tests import factories

    return factories.organisation("Wigan")


@pytest.fixture
def author(stockport):
    from tests import factories

    return factories.member(stockport, "author", name="Ada Author")


@pytest.fixture
def approver(stockport):
    from tests import factories

    return factories.member(stockport, "approver", name="Amir Approver")


@pytest.fixture
def other_approver(wigan):
    from tests import factories

    return factories.member(wigan, "approver", name="Olwen Other")


@pytest.fixture
def waiting(stockport, author, approver):
    """A page of Stockport's at its own approver's step."""
    from tests.moderation.reviews import draft

    return draft(stockport, author)


@pytest.fixture
def step(waiting, author):
    from tests.moderation.reviews import submit

    return submit(waiting, author)
