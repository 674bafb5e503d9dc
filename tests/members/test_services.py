"""Onboarding, and who belongs where: repeated, half-there, forbidden; and access that ends at once."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.exceptions import ValidationError
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Workflow

from accounts.models import User
from core.models import Event
from members import permissions
from members.errors import MembersError, NotAllowed
from members.models import Membership, Organisation, OrganisationPage, Role
from members.roles import NETWORK_WORKFLOW
from members.services import OrganisationFacts, add_member, change_role, end_membership, onboard_organisation
from tests import factories

pytestmark = pytest.mark.django_db
FACTS = OrganisationFacts(name="Stockport Council", short_name="Stockport", gss_code="E08000007", tier="metropolitan")


def _counts():
    models = (Organisation, OrganisationPage, Group, Collection, GroupPagePermission, GroupCollectionPermission, Event)
    return [model.objects.count() for model in models]


def _pages_of(group):
    held = GroupPagePermission.objects.filter(group=group)
    return set(held.values_list("page__slug", "permission__codename"))


def test_everything_that_a_council_needs_is_there():
    council = onboard_organisation(facts=FACTS)
    assert council.page.live
    assert council.page.url == "/councils/stockport/"
    assert council.page.get_workflow() == Workflow.objects.get(name=NETWORK_WORKFLOW)
    assert _pages_of(council.authors) == {("stockport", "add_page"), ("stockport", "change_page")}
    assert _pages_of(council.approvers) == {("stockport", "change_page")}
    files = GroupCollectionPermission.objects.filter(group=council.authors)
    assert set(files.values_list("collection", flat=True)) == {council.collection.pk}
    assert set(files.values_list("permission__codename", flat=True)) == {
        f"{verb}_{thing}" for verb in ("add", "change", "choose") for thing in ("image", "document")
    }
    assert Event.objects.get(kind="organisation.joined").subject_id == council.pk


def test_repeating_changes_nothing():
    onboard_organisation(facts=FACTS)
    before = _counts()
    onboard_organisation(facts=FACTS)
    assert _counts() == before


@pytest.mark.parametrize("lost", ["page", "groups", "permissions", "collection"])
def test_what_is_missing_is_made_good(lost):
    council = onboard_organisation(facts=FACTS)
    if lost == "page":
        council.page.delete()
    elif lost == "permissions":
        GroupPagePermission.objects.filter(group=council.authors).delete()
        GroupCollectionPermission.objects.filter(group=council.authors).delete()
    else:
        fields = ["authors", "approvers"] if lost == "groups" else ["collection"]
        Organisation.objects.update(**dict.fromkeys(fields))
    council = onboard_organisation(facts=FACTS)
    council.refresh_from_db()
    assert council.page.live
    assert _pages_of(council.authors) == {("stockport", "add_page"), ("stockport", "change_page")}
    assert GroupCollectionPermission.objects.filter(group=council.authors, collection=council.collection).count() == 6


def test_facts_follow_and_the_address_stays():
    council = onboard_organisation(facts=FACTS)
    renamed = OrganisationFacts(name="Stockport MBC", short_name="Stockport MBC", gss_code="E08000007")
    again = onboard_organisation(facts=renamed)
    assert again.pk == council.pk
    page = OrganisationPage.objects.get()
    assert (page.title, page.slug, again.slug) == ("Stockport MBC", "stockport", "stockport")


def test_an_address_that_another_council_has_is_refused_whole():
    onboard_organisation(facts=FACTS)
    before = _counts()
    other = OrganisationFacts(name="Another Stockport", short_name="Stockport", gss_code="E08000099")
    with pytest.raises(MembersError, match="belongs to Stockport Council"):
        onboard_organisation(facts=other)
    with pytest.raises(MembersError, match="gives no address"):
        onboard_organisation(facts=OrganisationFacts(name="北京", short_name="北京"))
    with pytest.raises(ValidationError):
        onboard_organisation(facts=OrganisationFacts(name="X", short_name="X", tier="galaxy"))
    assert _counts() == before


def test_email_domains_are_added_never_taken():
    council = onboard_organisation(facts=FACTS)
    council.email_domains.create(domain="added-by-hand.example")
    for _ in range(2):
        onboard_organisation(
            facts=OrganisationFacts(
                name="Stockport Council",
                short_name="Stockport",
                gss_code="E08000007",
                email_domains=(" Stockport.GOV.uk", "stockport.gov.uk", ""),
            )
        )
    assert sorted(council.email_domains.values_list("domain", flat=True)) == [
        "added-by-hand.example",
        "stockport.gov.uk",
    ]
    # Two councils may share one.
    factories.organisation("High Peak", email_domains=("stockport.gov.uk",))


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.mark.parametrize(
    ("role", "groups"),
    [
        (Role.MEMBER, set()),
        (Role.AUTHOR, {"authors"}),
        (Role.APPROVER, {"approvers"}),
        (Role.LEAD, {"authors", "approvers"}),
    ],
)
def test_a_role_is_its_groups(stockport, role, groups):
    person = factories.member(stockport, role)
    assert set(person.groups.all()) == {getattr(stockport, name) for name in groups}
    for other in Role:
        change_role(membership=person.memberships.get(), role=other, by=None)
        change_role(membership=person.memberships.get(), role=role, by=None)
        assert set(person.groups.all()) == {getattr(stockport, name) for name in groups}
    assert Membership.objects.count() == 1
    assert Event.objects.filter(kind="membership.started").count() == 1


@pytest.mark.parametrize("role", list(Role))
def test_access_ends_with_the_membership(client, stockport, role):
    person = factories.member(stockport, role)
    client.force_login(person)
    assert client.get("/cms/").status_code == (403 if role == Role.MEMBER else 200)
    assert permissions.is_member(person)
    end_membership(membership=person.memberships.get(), by=None)
    assert client.get("/cms/").status_code == 403
    assert not permissions.is_member(person)
    assert not person.groups.exists()
    ended_at = Membership.objects.get().ended_at
    end_membership(membership=person.memberships.get(), by=None)
    assert Membership.objects.get().ended_at == ended_at
    assert Event.objects.filter(kind="membership.ended").count() == 1
    # They may come back, in a new membership.
    add_member(organisation=stockport, person=person, role=role, by=None)
    assert Membership.objects.count() == 2
    assert permissions.is_member(User.objects.get(pk=person.pk))


def test_leaving_one_council_leaves_the_other_alone(stockport):
    trafford = factories.organisation("Trafford")
    person = factories.member(stockport, "author")
    add_member(organisation=trafford, person=person, role="author", by=None)
    end_membership(membership=person.memberships.get(organisation=stockport), by=None)
    assert list(person.groups.all()) == [trafford.authors]
    assert permissions.is_member(person)


def _lapsed_lead(stockport):
    person = factories.member(stockport, "lead")
    end_membership(membership=person.memberships.get(), by=None)
    return person


WHO = {
    "anonymous": lambda council: AnonymousUser(),
    "outsider": lambda council: factories.UserFactory(),
    "member": factories.member,
    "author": lambda council: factories.member(council, "author"),
    "approver": lambda council: factories.member(council, "approver"),
    "lead": lambda council: factories.member(council, "lead"),
    "lapsed lead": _lapsed_lead,
    "suspended lead": lambda council: factories.member(council, "lead", is_active=False),
    "other council's lead": lambda council: factories.member(factories.organisation("Trafford"), "lead"),
    "moderator": lambda council: factories.UserFactory(moderator=True),
    "editor": lambda council: factories.UserFactory(editor=True),
    "administrator": lambda council: factories.UserFactory(administrator=True),
    "suspended administrator": lambda council: factories.UserFactory(administrator=True, is_active=False),
}
WRITES, APPROVES, MANAGES = {"author", "lead"}, {"approver", "lead"}, {"lead"}


@pytest.mark.parametrize("who", WHO)
def test_predicates_and_their_twins_agree(stockport, who):
    person = WHO[who](stockport)
    boss = who == "administrator"
    for predicate, twin, allowed in (
        (permissions.can_write_for, "writable_by", WRITES),
        (permissions.can_approve_for, "approvable_by", APPROVES),
        (permissions.can_manage_people_of, "managed_by", MANAGES),
    ):
        assert predicate(person, stockport) == (boss or who in allowed), predicate
        for council in Organisation.objects.all():
            assert (
                predicate(person, council) == getattr(Organisation.objects, twin)(person).filter(pk=council.pk).exists()
            )
    for roles in ((), ("member",), ("author", "lead")):
        held = Organisation.objects.with_role(person, *roles).filter(pk=stockport.pk).exists()
        assert permissions.has_role(person, stockport, *roles) == held


@pytest.mark.parametrize("who", [who for who in WHO if who not in {"anonymous", "lead", "administrator"}])
def test_only_the_councils_lead_and_administrators_change_who_belongs(stockport, who):
    by, person = WHO[who](stockport), factories.member(stockport, "author")
    membership, before = person.memberships.get(), Membership.objects.count()
    for forbidden in (
        lambda: add_member(organisation=stockport, person=by, role="lead", by=by),
        lambda: change_role(membership=membership, role="lead", by=by),
        lambda: end_membership(membership=membership, by=by),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    membership.refresh_from_db()
    assert (membership.role, membership.ended_at, Membership.objects.count()) == ("author", None, before)


@pytest.mark.parametrize("who", ["lead", "administrator"])
def test_those_who_may_do(stockport, who):
    by, person = WHO[who](stockport), factories.UserFactory()
    membership = add_member(organisation=stockport, person=person, role="member", by=by)
    change_role(membership=membership, role="author", by=by)
    assert permissions.can_write_for(person, stockport)
    end_membership(membership=membership, by=by)
    assert not permissions.has_role(person, stockport)


@pytest.fixture
def boss(client):
    client.force_login(factories.UserFactory(administrator=True))
    return client


def test_an_administrator_manages_memberships_in_the_cms(boss, stockport):
    person = factories.UserFactory(name="Una Evans")
    data = {"email": person.email.upper(), "organisation": stockport.pk, "role": "author"}
    assert boss.post("/cms/memberships/new/", data).status_code == 302
    assert list(person.groups.all()) == [stockport.authors]
    assert "Una Evans" in boss.get("/cms/memberships/").content.decode()
    row = person.memberships.get()
    assert boss.post(f"/cms/memberships/edit/{row.pk}/", {"role": "approver"}).status_code == 302
    assert list(person.groups.all()) == [stockport.approvers]
    assert "Access ends at once" in boss.get(f"/cms/memberships/delete/{row.pk}/").content.decode()
    assert boss.post(f"/cms/memberships/delete/{row.pk}/").status_code == 302
    assert not person.groups.exists()
    assert person.memberships.get().ended_at
    assert "Una Evans" not in boss.get("/cms/memberships/").content.decode()
    assert boss.get(f"/cms/memberships/edit/{row.pk}/").status_code == 404


def test_an_unknown_address_is_named(boss, stockport):
    data = {"email": "nobody@example.org", "organisation": stockport.pk, "role": "author"}
    response = boss.post("/cms/memberships/new/", data)
    assert "Nobody has an account with this address" in response.content.decode()
    assert not Membership.objects.exists()


@pytest.mark.parametrize("role", ["lead", "moderator"])
def test_nobody_else_manages_them_there(client, stockport, role):
    person = factories.UserFactory(moderator=True) if role == "moderator" else factories.member(stockport, role)
    other = factories.member(stockport, "author").memberships.get()
    # Not even who was given Django's permissions by mistake: they would pass the council's lead by.
    person.user_permissions.set(Permission.objects.filter(content_type__model="membership"))
    client.force_login(person)
    for path in ("", "new/", f"edit/{other.pk}/", f"delete/{other.pk}/"):
        assert client.get(f"/cms/memberships/{path}").status_code in {302, 403}
        assert client.post(f"/cms/memberships/{path}", {"role": "lead"}).status_code in {302, 403, 405}
    other.refresh_from_db()
    assert (other.role, other.ended_at) == ("author", None)
