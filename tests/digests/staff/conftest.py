import pytest


@pytest.fixture
def operator(client, db):
    """Somebody of the network's operations, signed in."""
    from tests import factories

    person = factories.UserFactory(name="Ola Operations", operator=True)
    client.force_login(person)
    return person
