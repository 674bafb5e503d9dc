"""Comments, asks, adoptions and the residents’ record, in each state (see `states`)."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from moderation.registry import kinds
from places.models import RecordPhoto
from tests import factories
from tests.network.states import ALL, MODERATORS, NOBODY, OWN, WHO, all_the, asked_by, check, to  # noqa: F401 - a fixture
from tests.network.test_routes import EVERYBODY, ROLES, quick, world  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

STATES = ("draft", "held", "published", "hidden", "removed")


def by_state(*, draft, held, published, hidden, removed):
    return dict(zip(STATES, (draft, held, published, hidden, removed), strict=True))


def own_until_published(*, published, gives=200, own=OWN, **more):
    """As long as it waits it is its author’s and the moderators’; what was taken away only theirs."""
    waits, taken = to(*own, gives=gives, **more), to(*MODERATORS, gives=gives, **more)
    return by_state(draft=waits, held=waits, published=published, hidden=taken, removed=taken)


def same(cell, **others):
    return dict.fromkeys(STATES, cell) | others


# What each address gives when the thing that it names is in each state. Who is suspended is told so (403) where a form
# would be that they could not send, whosever it is.
READERS = tuple(who for who in WHO if who not in {"visitor", "suspended"})
WAITS = ("draft", "held", "published")
EDITED = same(NOBODY) | dict.fromkeys(WAITS, to("author", suspended=403))
TAKEN_BACK = same(NOBODY) | dict.fromkeys(WAITS, to("author"))
OF_ITS_COUNCIL = same(NOBODY) | dict.fromkeys(WAITS, to("author", "administrator"))
REPORTED = own_until_published(published=all_the(200), visitor=404)
JUDGED = same(to(*MODERATORS, others=403))
COMMENTS = {
    "comment": own_until_published(gives=302, published=all_the(302), visitor=404),
    "comment_history": same(to(*MODERATORS)),
    "moderation_contribution": JUDGED,
    "report": REPORTED,
    "comment_edit": EDITED,
    "comment_delete": TAKEN_BACK,
    "comment_reply": same(NOBODY, published=to(*READERS)),
}
# Who may read it is told why nothing can be added to it now.
REFUSED = own_until_published(gives=403, published=NOBODY, suspended=403)
ASKS = {
    "ask": own_until_published(published=all_the(200), visitor=404),
    "ask_by_number": own_until_published(gives=302, published=all_the(301), visitor=404),
    "ask_edit": EDITED,
    "ask_close": same(NOBODY, published=to("author", *MODERATORS)),
    "ask_delete": TAKEN_BACK,
    "ask_answer": {**REFUSED, "published": to(*READERS, suspended=403)},
    "ask_write_up": same(to(suspended=403), published=to("author", "outsider", "administrator", suspended=403)),
    "report": REPORTED,
    "moderation_contribution": JUDGED,
    "POST ask_back": {**REFUSED, "published": to(*READERS, gives=302, author=403, suspended=403)},
    "POST ask_reopen": same(to(suspended=403), published=to("author", *MODERATORS, gives=302, suspended=403)),
    "POST ask_delete": same(to(suspended=403)) | dict.fromkeys(WAITS, to("author", gives=302, suspended=403)),
}
ADOPTIONS = {
    "adoption": own_until_published(published=all_the(200), visitor=404),
    "adoption_change": OF_ITS_COUNCIL,
    "adoption_done": OF_ITS_COUNCIL,
    "adoption_withdraw": OF_ITS_COUNCIL,
    "comment_on_adoption": same(NOBODY, published=to(*READERS)),
    "report": REPORTED,
    "moderation_contribution": JUDGED,
    "POST adoption_confirm": same(to(suspended=403)) | dict.fromkeys(WAITS, to("author", gives=302, suspended=403)),
}
# The residents’ record: an entry of the practitioner’s own (and one of the suspended’s), at a
# place of Stockport’s, whose people reply for it.
RESIDENTS = ("visitor", "practitioner", "author", "suspended", *MODERATORS)
COUNCIL = ("member", "author", "approver", "lead")
RESIDENT = {**ALL, "own": ("practitioner", "suspended", *MODERATORS)}
NOBODYS = to(**ALL)
STOPPED = to(**ALL, suspended=403)
KNOWN = own_until_published(**RESIDENT, published=EVERYBODY, visitor=404)
NO_REPLY = own_until_published(**RESIDENT, gives=403, published=NOBODYS, suspended=403)
ENTRIES = asked_by(
    RESIDENTS,
    {
        "record_entry": KNOWN,
        "record_photo": KNOWN,
        "report": KNOWN,
        "moderation_contribution": same(to(*MODERATORS, **ALL, others=403)),
        "record_history": same(to(*MODERATORS, **ALL)),
        "record_edit": same(NOBODYS) | dict.fromkeys(WAITS, to("practitioner", **ALL, suspended=403)),
        "record_withdraw": same(NOBODYS) | dict.fromkeys(WAITS, to("practitioner", **ALL)),
        "record_reply": {**NO_REPLY, "published": to(*COUNCIL, **ALL, others=403)},
        "POST record_edit": same(STOPPED) | dict.fromkeys(WAITS, to("practitioner", **ALL, gives=422, suspended=403)),
        "POST record_withdraw": same(STOPPED)
        | dict.fromkeys(WAITS, to("practitioner", **ALL, gives=302, suspended=403)),
        "POST record_reply": {**NO_REPLY, "published": to(*COUNCIL, **ALL, gives=422, others=403)},
    },
    by_all=("record_entry", "record_reply"),
)
# What a council says of itself: changed by who wrote it, withdrawn by whoever writes for the council, and answered by
# anybody who does not belong to it.
WRITE = ("author", "lead")
UNREAD = to("author", **ALL)
COUNCIL_ENTRIES = {
    "record_edit": same(NOBODYS) | dict.fromkeys(WAITS, to("author", **ALL)),
    "record_withdraw": same(NOBODYS, draft=UNREAD, held=UNREAD, published=to(*WRITE, **ALL)),
    "record_reply": {
        **own_until_published(**ALL, own=("author", *MODERATORS), gives=403, published=NOBODYS, suspended=403),
        "published": {**EVERYBODY, **dict.fromkeys((*COUNCIL, "suspended"), 403), "visitor": 302},
    },
}

CONTRIBUTIONS = {
    "comment": COMMENTS,
    "ask": ASKS,
    "adoption": ADOPTIONS,
    "record": ENTRIES,
    "record (council’s)": COUNCIL_ENTRIES,
}


@pytest.fixture
def contributions(world, settings, tmp_path):  # noqa: F811 - the fixture
    """kind → state → whose → the thing."""
    settings.MEDIA_ROOT = tmp_path
    people, stockport = world["people"], world["stockport"]
    elsewhere = factories.organisation("Bury")
    town = factories.PlaceFactory(name="Town", slug="town")
    town.organisations.add(stockport)
    photo = default_storage.save("residents-record/photo.jpg", ContentFile(b"as if"))
    made = {kind: {} for kind in CONTRIBUTIONS}
    for state in STATES:
        case = factories.case_study(elsewhere)
        tried = factories.adoption(case, stockport, state=state, author=people["author"])
        made["adoption"][state] = dict.fromkeys(ROLES, tried)
        said = factories.record_entry(
            town, author=people["author"], organisation=stockport, side="council", state=state, when="2014"
        )
        made["record (council’s)"][state] = dict.fromkeys(ROLES, said)
        for kind, owner in (("comment", "author"), ("ask", "author"), ("record", "practitioner")):
            own = {}
            for name in (owner, "suspended"):
                if kind == "comment":
                    own[name] = factories.comment(page=case, author=people[name], body=f"{state}.", state=state)
                elif kind == "ask":
                    own[name] = factories.ask(author=people[name], state=state, title=f"What of {state}, asks {name}?")
                else:
                    own[name] = factories.record_entry(town, author=people[name], state=state)
                    RecordPhoto.objects.create(entry=own[name], large=photo, small=photo, width=40, height=30)
            made[kind][state] = {role: own.get(role, own[owner]) for role in ROLES}
    return made


def _contribution_at(route, kind, thing):
    if route in {"report", "moderation_contribution"}:
        return reverse(route, args=[kind.partition(" ")[0], thing.pk])
    if route == "ask":
        return thing.get_absolute_url()
    if route.startswith("record_"):
        return reverse(route, args=["town", thing.pk, *(["small"] if route == "record_photo" else [])])
    return reverse(route, args=[thing.pk])


def test_every_state_of_a_contribution_gives_each_role_what_it_should(contributions, check):  # noqa: F811
    things = contributions
    check(CONTRIBUTIONS, lambda kind, state, role, route: _contribution_at(route, kind, things[kind][state][role]))


def test_no_kind_of_thing_is_without_a_table():
    assert {kind.name for kind in kinds()} == {kind.partition(" ")[0] for kind in CONTRIBUTIONS}
