"""Sanctions, memberships, invitations and requests to join, from their beginning to their end (see `states`)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from members.models import Invitation, JoinRequest, Membership, Organisation
from members.services.invitations import token_of
from moderation import services as moderation
from moderation.models import Sanction
from tests import factories
from tests.network.states import MODERATORS, asked_by, check, to  # noqa: F401 - a fixture
from tests.network.test_routes import ROLES, quick, world  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

# “own” is whose sanction, membership, invitation or request it is: somebody else in each state.
ASKERS = ("visitor", "subscriber", "member", "lead", "outsider", *MODERATORS, "own")
ALL = {"who": (*ROLES, "own")}
FORBIDDEN = to(**ALL, others=403)
ABSENT = to(**ALL)
MODERATED = to(*MODERATORS, **ALL, others=403)


def in_all(states, cell, **others):
    return dict.fromkeys(states, cell) | others


# What a person may still do, as their sanction stands: who is banned is nobody any more.
SANCTION_STATES = ("warned", "limited", "suspended", "over", "lifted", "ban proposed", "banned", "ban refused")
STOPPED = ("suspended", "ban proposed")


def as_they_stand(free, stopped, *, banned=302, **others):
    """The cells of the person alone."""
    cells = {state: {"own": stopped if state in STOPPED else free} for state in SANCTION_STATES}
    return cells | {"banned": {"own": banned}} | others


def dealt_with(cell):
    """By moderators: whether it can be done is said on the next page. To who is banned it is as to a visitor."""
    cells = in_all(SANCTION_STATES, cell)
    return cells | {"banned": {**cell, "own": 302}}


SANCTIONS = asked_by(
    ASKERS,
    {
        "moderation_ban": dealt_with(to(*MODERATORS, **ALL, gives=302, others=403)),
        "POST moderation_sanction_end": dealt_with(to(*MODERATORS, **ALL, gives=302, others=403)),
        "POST moderation_ban_second": dealt_with(to(*MODERATORS, **ALL, gives=302, others=403)),
    },
) | {
    "ask_new": as_they_stand(200, 403),
    "POST comment_add": as_they_stand(422, 403),
    "standing": as_they_stand(200, 200),
    "appeal": as_they_stand(200, 200),
}

MEMBERSHIP_STATES = ("current", "lapsed", "removed")
LEADS = to("lead", "administrator", **ALL, others=403)
# Each was the second lead of Stockport.
NO_MORE = {**LEADS, "own": 403}
OF_ONE = {
    "current": {**LEADS, "own": 200},
    "lapsed": NO_MORE,
    "removed": to(**ALL, others=403, lead=404, administrator=404),
}
MEMBERSHIPS = asked_by(
    ASKERS,
    {
        "leave_council": in_all(MEMBERSHIP_STATES, to("own", **ALL), removed=ABSENT),
        "council_person": OF_ONE,
        "council_person_hand_over": OF_ONE,
        "council_person_remove": OF_ONE,
    },
) | {
    "council_people": {"current": {"own": 200}, "lapsed": {"own": 403}, "removed": {"own": 403}},
    "council_sign_off": {"current": {"own": 200}, "lapsed": {"own": 403}, "removed": {"own": 403}},
    "POST council_sign_off": {"current": {"own": 302}, "lapsed": {"own": 403}, "removed": {"own": 403}},
    "council_people_csv": {"current": {"own": 200}, "lapsed": {"own": 403}, "removed": {"own": 403}},
    "adoption_new": {"current": {"own": 200}, "lapsed": {"own": 404}, "removed": {"own": 404}},
}

# Of the organisation: with the step and without it, and no longer in the network, where its lead is nobody's lead.
SIGN_OFF_STATES = ("on", "off", "left")
SIGN_OFF = {
    row: in_all(
        SIGN_OFF_STATES,
        to("lead", "administrator", who=ROLES, gives=status, others=403),
        left=to("administrator", who=ROLES, gives=status, others=403),
    )
    for row, status in (("council_sign_off", 200), ("POST council_sign_off", 302))
}

INVITATION_STATES = ("open", "used", "expired", "withdrawn")
LINK = dict.fromkeys((*ROLES, "own"), 410)
INVITATIONS = asked_by(
    ASKERS,
    {
        # Whoever holds the link may look at it; the address in it is whose it is.
        "invitation": in_all(INVITATION_STATES, LINK, open=dict.fromkeys(LINK, 200)),
        "POST own_invitation": in_all(INVITATION_STATES, ABSENT, open=to("own", **ALL, gives=302)),
        "POST council_invitation": in_all(
            INVITATION_STATES,
            to("lead", "administrator", **ALL, gives=302, others=403),
        ),
    },
)

REQUEST_STATES = ("waiting", "approved", "declined", "withdrawn")
ANSWERED = {"lead": 422, "administrator": 422}
WITHDRAWN = to("own", **ALL, gives=302)
REQUESTS = asked_by(
    ASKERS,
    {
        "council_request": in_all(REQUEST_STATES, LEADS),
        "POST council_request": in_all(REQUEST_STATES, {**LEADS, **ANSWERED}),
        # What waits is the lead’s; what is over, moderators may look back at.
        "moderation_join": in_all(REQUEST_STATES, MODERATED, waiting={**FORBIDDEN, "administrator": 403}),
        "POST withdraw_join_request": in_all(REQUEST_STATES, WITHDRAWN),
    },
)
REQUESTS_WITHOUT_A_LEAD = asked_by(ASKERS, {"moderation_join": in_all(REQUEST_STATES, MODERATED)})

PEOPLE = {
    "sanction": SANCTIONS,
    "membership": MEMBERSHIPS,
    "invitation": INVITATIONS,
    "join request": REQUESTS,
    "join request (no lead)": REQUESTS_WITHOUT_A_LEAD,
    # Last: afterwards the organisation has left.
    "sign-off": SIGN_OFF,
}


def _sanction(state, of, world):  # noqa: F811 - not the fixture
    moderator, second = world["people"]["moderator"], world["people"]["administrator"]
    told = {"person": of, "by": moderator, "reason": "abuse", "words": "No."}
    now = timezone.now()
    if state in {"warned", "limited"}:
        return (moderation.warn if state == "warned" else moderation.limit)(**told)
    if state in {"suspended", "over", "lifted"}:
        made = moderation.suspend(until=now + timedelta(days=7), **told)
    else:
        made = moderation.propose_ban(**told)
    if state == "over":
        Sanction.objects.filter(pk=made.pk).update(starts_at=now - timedelta(days=8), ends_at=now - timedelta(days=1))
    elif state in {"lifted", "ban refused"}:
        moderation.lift(sanction=made, by=second, words="They are sorry.")
    elif state == "banned":
        moderation.second_ban(sanction=made, by=second)
    return made


def _request(state, of, person):
    decided = None if state == "waiting" else timezone.now()
    return JoinRequest.objects.create(person=person, organisation=of, why="!", state=state, decided_at=decided)


@pytest.fixture
def people(world):  # noqa: F811 - the fixture
    """kind → state → the thing and the person whose it is."""
    stockport, now = world["stockport"], timezone.now()
    kirklees = world["people"]["outsider"].memberships.get(organisation__short_name="Kirklees").organisation
    made = {kind: {} for kind in PEOPLE}
    for state in SANCTION_STATES:
        person = factories.UserFactory()
        made["sanction"][state] = SimpleNamespace(person=person, thing=_sanction(state, person, world))
    over = {"lapsed": {"expires_at": now - timedelta(days=1)}, "removed": {"ended_at": now}}
    for state in MEMBERSHIP_STATES:
        person = factories.member(stockport, "lead")
        Membership.objects.filter(person=person).update(**over.get(state, {"role": "lead"}))
        made["membership"][state] = SimpleNamespace(person=person, thing=person.memberships.get())
    over = {
        "used": {"accepted_at": now},
        "withdrawn": {"withdrawn_at": now},
        "expired": {"expires_at": now - timedelta(minutes=1)},
    }
    for state in INVITATION_STATES:
        person = factories.UserFactory()
        thing = Invitation.objects.create(organisation=stockport, address=person.email, **over.get(state, {}))
        made["invitation"][state] = SimpleNamespace(person=person, thing=thing)
    for state in REQUEST_STATES:
        for kind, of in (("join request", stockport), ("join request (no lead)", kirklees)):
            person = factories.UserFactory()
            made[kind][state] = SimpleNamespace(person=person, thing=_request(state, of, person))
    return made


def _at(route, thing, world):  # noqa: F811 - not the fixture
    addresses = {
        "ask_new": [],
        "standing": [],
        "comment_add": [world["public"].pk],
        "council_people": [world["stockport"].slug],
        "council_people_csv": [world["stockport"].slug],
        "council_sign_off": [world["stockport"].slug],
    }
    if route == "appeal":
        return reverse(route, args=[thing.decision_id])
    if route == "adoption_new":
        return f"{reverse(route)}?case_study={world['members'].pk}"
    if route == "invitation":
        return reverse(route, args=[token_of(thing)])
    if route.startswith("council_") and route not in addresses:
        return reverse(route, args=[world["stockport"].slug, thing.pk])
    return reverse(route, args=addresses.get(route, [getattr(thing, "pk", None)]))


def test_every_state_between_a_person_and_the_network_gives_each_role_what_it_should(people, world, check):  # noqa: F811
    def at(kind, state, role, route):
        if kind == "sign-off":
            left = timezone.now() if state == "left" else None
            Organisation.objects.filter(pk=world["stockport"].pk).update(requires_approval=state == "on", left_at=left)
            return _at(route, None, world)
        return _at(route, people[kind][state].thing, world)

    check(PEOPLE, at, lambda kind, state: people[kind][state].person)
