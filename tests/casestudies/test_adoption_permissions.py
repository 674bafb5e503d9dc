"""Who may do what with an adoption: each predicate agrees with its queryset, for every role, state and audience."""

import itertools

import pytest
from django.contrib.auth.models import AnonymousUser

from casestudies import permissions
from casestudies.models import Adoption, CaseStudyPage
from casestudies.permissions import SPEAKERS
from members.models import Organisation
from members.services import end_membership
from tests import factories

pytestmark = pytest.mark.django_db

STATES = ("draft", "held", "published", "hidden", "removed")
TWINS = {
    "can_read_adoption": "visible_to",
    "can_see_adoption": "known_to",
    "can_edit_adoption": "editable_by",
    "can_withdraw_adoption": "withdrawable_by",
    "can_confirm_adoption": "confirmable_by",
}


@pytest.fixture
def world():
    origin, adopter = factories.organisation("Stockport"), factories.organisation("Kirklees")
    lapsed, recorder = factories.member(adopter, "author"), factories.UserFactory()
    end_membership(membership=lapsed.memberships.get(), by=None)
    people = {
        "visitor": AnonymousUser(),
        "subscriber": factories.UserFactory(),
        "recorder": recorder,
        "suspended recorder": factories.UserFactory(is_active=False),
        "lapsed author": lapsed,
        "member of the adopter": factories.member(adopter, "member"),
        "author of the adopter": factories.member(adopter, "author"),
        "lead of the adopter": factories.member(adopter, "lead"),
        "approver of the adopter": factories.member(adopter, "approver"),
        "author of the origin": factories.member(origin, "author"),
        "lead of the origin": factories.member(origin, "lead"),
        "author of another council": factories.member(factories.organisation("Wigan"), "author"),
        "editor": factories.UserFactory(editor=True),
        "moderator": factories.UserFactory(moderator=True),
        "administrator": factories.UserFactory(administrator=True),
    }
    pages = [
        factories.case_study(origin, title="public"),
        factories.case_study(origin, title="members", audience="members"),
        factories.case_study(origin, title="draft", live=False),
    ]
    authors = [people["recorder"], people["suspended recorder"], lapsed]
    places = (factories.PlaceFactory() for _ in itertools.count())
    for page, state, author, verified in itertools.product(pages, STATES, authors, (True, False)):
        factories.adoption(page, adopter, state=state, author=author, verified=verified, place=next(places))
    factories.adoption(pages[0], adopter, written_by="editors", author=None, verified=False, place=next(places))
    return people


def test_predicates_and_querysets_agree(world):
    adoptions = list(Adoption.objects.select_related("case_study", "organisation"))
    for (role, person), (predicate, twin) in itertools.product(world.items(), TWINS.items()):
        chosen = set(getattr(Adoption.objects.all(), twin)(person).values_list("pk", flat=True))
        allowed = {one.pk for one in adoptions if getattr(permissions, predicate)(person, one)}
        assert chosen == allowed, (role, predicate)


def test_who_may_record_agrees_too(world):
    for role, person in world.items():
        pages = {page.pk for page in CaseStudyPage.objects.all() if permissions.can_record_adoption(person, page)}
        assert pages == set(CaseStudyPage.objects.adoptable_by(person).values_list("pk", flat=True)), role
        spoken_for = {one.pk for one in Organisation.objects.all() if permissions.can_record_for(person, one)}
        assert spoken_for == set(Organisation.objects.with_role(person, *SPEAKERS).values_list("pk", flat=True)), role


def may(world, predicate, **which):
    adoption = Adoption.objects.filter(case_study__title="public", **which).first()
    return {role for role, person in world.items() if getattr(permissions, predicate)(person, adoption)}


SPEAK = {"author of the adopter", "lead of the adopter"}


def test_a_verified_record_is_its_organisations(world):
    verified = {"state": "published", "verified": True, "author": world["recorder"]}
    for predicate in ("can_edit_adoption", "can_withdraw_adoption"):
        assert may(world, predicate, **verified) == SPEAK | {"administrator"}
    assert may(world, "can_confirm_adoption", **verified) == SPEAK


def test_an_unverified_one_is_also_its_recorders(world):
    waiting = {"state": "held", "verified": False, "author": world["recorder"]}
    assert may(world, "can_edit_adoption", **waiting) == SPEAK | {"administrator", "recorder"}
    assert may(world, "can_see_adoption", **waiting) == SPEAK | {"administrator", "recorder", "moderator"}
    suspended = {"state": "held", "verified": False, "author": world["suspended recorder"]}
    assert may(world, "can_edit_adoption", **suspended) == SPEAK | {"administrator"}


def test_what_a_moderator_hid_is_in_nobodys_hands(world):
    for predicate in ("can_edit_adoption", "can_withdraw_adoption", "can_confirm_adoption"):
        assert may(world, predicate, state="hidden") == set()
    assert may(world, "can_see_adoption", state="hidden") == {"moderator", "administrator"}


def test_editors_keep_what_editors_wrote(world):
    assert may(world, "can_edit_adoption", written_by="editors") == SPEAK | {"editor", "administrator"}
