"""Who gets what from an address that names a thing, in every state that the thing can be in.

`test_routes.py` has the address as everybody; here each cell is a state as well. What is not listed for a role is for
them as if it were not there (404), and a visitor who may only read is shown the way to the sign-in page (302).

A table is of one kind of thing: address → state → role → status. “POST …” is the address with an empty form, and what
stands in brackets tells two rows of one address apart.
"""

from pprint import pformat

import pytest
from django.db import transaction

from tests.network.test_routes import ROLES, _as, quick, world  # noqa: F401 - fixtures

# What a browser sends even of a form with nothing in it.
FORM = {"csrfmiddlewaretoken": "x"}
# The author and the suspended one each have a comment and an ask of their own in each state; the adoption is their
# council’s. All of it is for everybody once it is published, so members are as subscribers here.
WHO = ("visitor", "subscriber", "outsider", "author", "suspended", "moderator", "administrator")
MODERATORS = ("moderator", "administrator")
OWN = ("author", "suspended", *MODERATORS)


def to(*roles, gives=200, others=404, visitor=302, who=WHO, **exceptions):
    return {role: gives if role in roles else others for role in who} | {"visitor": visitor} | exceptions


def all_the(status, **exceptions):
    return dict.fromkeys(WHO, status) | exceptions


NOBODY = to()
# All roles, where members differ from each other.
ALL = {"who": ROLES}


def asked_by(roles, table, *, by_all=()):
    """The rows of a table for these roles alone, but for those that all are asked."""
    few = {}
    for row, cells in table.items():
        few[row] = {
            state: {who: cell[who] for who in (cell if row in by_all else roles)} for state, cell in cells.items()
        }
    return few


@pytest.fixture
def check(world, quick, monkeypatch):  # noqa: F811 - fixtures
    """Ask every cell of some tables; `address(kind, state, role, route)` is where. Fails with all that differ.

    `people(kind, state)` is who asks as “own”: whose thing it is.

    What a page says of the queue beside it, and where an address may have moved to, is not asked for.
    """
    monkeypatch.setattr("moderation.queue.around", lambda *args, **kwargs: None)
    monkeypatch.setattr("wagtail.contrib.redirects.middleware.get_redirect", lambda *args, **kwargs: None)
    clients = {role: _as(world["people"][role]) for role in ROLES}

    def ask(tables, address, people=None):
        wrong = {}
        for kind, table in tables.items():
            for row, cells in table.items():
                post, route = row.startswith("POST "), row.removeprefix("POST ")
                for state, expected in cells.items():
                    got = {}
                    if "own" in expected and (kind, state) not in clients:
                        clients[kind, state] = _as(people(kind, state))
                    with quick():
                        for role in expected:
                            path = address(kind, state, role, route)
                            client = clients[(kind, state) if role == "own" else role]
                            with transaction.atomic():
                                got[role] = (client.post(path, FORM) if post else client.get(path)).status_code
                                transaction.set_rollback(True)
                    if got != expected:
                        different = {who: (got[who], expected[who]) for who in got if got[who] != expected[who]}
                        wrong[f"{row} of {kind}, {state}"] = different
        assert not wrong, "(what each got, what it should): " + pformat(wrong, width=200)

    return ask
