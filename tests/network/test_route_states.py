"""Every address that names a thing is asked in each of its states: by the tables of `test_states_of_…`."""

from tests.network.test_routes import POSTS, ROUTES
from tests.network.test_states_of_cases import CASES
from tests.network.test_states_of_contributions import CONTRIBUTIONS
from tests.network.test_states_of_pages import PAGES
from tests.network.test_states_of_people import PEOPLE

# What the addresses of `test_routes.py` name, and which tables have it in its states.
NAMED = {
    "comment": ["comment"],
    "held": ["comment"],
    "ask": ["ask"],
    "ask.slug": ["ask"],
    "adoption": ["adoption"],
    "entry": ["record"],
    "public.pk": ["case study"],
    "public page": ["case study"],
    "step": ["case study"],
    "briefing.slug": ["briefing"],
    "opportunity": ["opportunity"],
    "report": ["report"],
    "appeal": ["appeal"],
    "appealed": ["appeal"],
    "sanction": ["sanction"],
    "membership": ["membership"],
    "invitation": ["invitation"],
    "join request": ["join request"],
    "request without a lead": ["join request (no lead)"],
}
# Names an answer too, and is the asker’s alone (tests/discussion/test_asks_pages.py).
ELSEWHERE = {"ask_accept"}
# These have no such states: lists and files, signed links, people and what belongs to a council’s people.
STATELESS = {
    "none.eml", "images/none.jpg", "none.pdf", "forged", "postmark", "somewhere", "small", "empty-shops",
    "portas-pilots", "measures", "csv", "case-studies", "stockport.slug", "subscriber.pk", "domain", "trial", "follow",
    "answer",
}  # fmt: skip


def test_no_address_of_such_a_thing_is_without_its_states():
    """As read from the table of addresses, which is read from the URL map."""
    tables = {**CONTRIBUTIONS, **PAGES, **CASES, **PEOPLE}
    missing = []
    for name, arguments in [*((name, row[0]) for name, row in ROUTES.items()), *POSTS.items()]:
        words = {argument for argument in arguments if isinstance(argument, str)}
        assert words <= {*NAMED, *STATELESS}, f"{name}: has what it names states?"
        for kind in {kind for word in words & {*NAMED} for kind in NAMED[word]}:
            rows = {row.removeprefix("POST ").partition(" (")[0] for row in tables[kind]}
            if name not in rows | ELSEWHERE:
                missing.append((name, kind))
    assert missing == []
