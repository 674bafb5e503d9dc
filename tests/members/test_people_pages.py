"""The pages of those who look after an organisation's people."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from casestudies.models import CaseStudyPage
from core.models import Event
from digests.services import send_waiting
from members import permissions, services
from members.errors import LastLead, MembersError, NotAllowed
from members.models import Organisation
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = ["people", "people_csv", "invite", "invite_many", "invitations", "requests", "domains", "sign_off", "changes"]


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


def _client(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_who_looks_after_people():
    stockport, luton = factories.organisation("Stockport"), factories.organisation("Luton")
    member, author, approver, lead, lapsed = (
        factories.member(stockport, role) for role in ("member", "author", "approver", "lead", "lead")
    )
    services.end_membership(membership=lapsed.memberships.get(), by=None)
    people = {
        "visitor": None,
        "outsider": factories.UserFactory(),
        "member": member,
        "author": author,
        "approver": approver,
        "lead": lead,
        "other lead": factories.member(luton, "lead"),
        "lapsed lead": lapsed,
        "moderator": factories.UserFactory(moderator=True),
        "administrator": factories.UserFactory(administrator=True),
    }
    theirs = reverse("council_person", args=["stockport", author.memberships.get().pk])
    remove = reverse("council_person_remove", args=["stockport", author.memberships.get().pk])
    invitation = services.invite(organisation=stockport, invited=services.Invited(address="n@example.org"), by=lead)
    posts = [
        (theirs, {"role": "lead"}),
        (remove, {}),
        (reverse("council_invite", args=["stockport"]), {"address": "x@example.org", "role": "lead"}),
        (reverse("council_invitation", args=["stockport", invitation.pk]), {"do": "withdraw"}),
        (reverse("council_domains", args=["stockport"]), {"domain": "stockport.gov.uk"}),
        (reverse("council_sign_off", args=["stockport"]), {}),
    ]
    for role, person in people.items():
        may = role in {"lead", "administrator"}
        client = _client(person) if person else Client()
        expected = 200 if may else 403 if person else 302
        for name in PAGES:
            assert client.get(reverse(f"council_{name}", args=["stockport"])).status_code == expected, (role, name)
        assert client.get(theirs).status_code == expected, role
        if not may:
            for address, data in posts:
                assert client.post(address, data).status_code in {302, 403}, (role, address)
        if person:
            assert permissions.can_manage_people_of(person, stockport) == may, role
            assert permissions.can_switch_sign_off(person, stockport) == may, role
            if not may:
                with pytest.raises(NotAllowed):
                    services.switch_sign_off(organisation=stockport, on=False, by=person)
            assert (stockport in Organisation.objects.managed_by(person)) == may, role
    # Nothing has come of all that; and a lead's own page does not reach into another council.
    assert author.memberships.active().get().role == "author"
    assert stockport.invitations.waiting().count() == 1
    assert not stockport.email_domains.exists()
    stockport.refresh_from_db()
    assert stockport.requires_approval
    # A lead switches their own step off and on; who did it stands among the changes.
    client, changes = _client(lead), reverse("council_changes", args=["stockport"])
    for sent, said in (({}, "switched off"), ({"requires_approval": "on"}, "switched on")):
        page = client.post(reverse("council_sign_off", args=["stockport"]), sent, follow=True).content.decode()
        stockport.refresh_from_db()
        assert stockport.requires_approval is ("checked" in page) is bool(sent)
        assert f"Signing off first {said}" in client.get(changes).content.decode()
    event = Event.objects.filter(kind="organisation.changed").latest("pk")
    assert (event.actor, event.data["facts"]) == (lead, ["requires_approval"])
    elsewhere = reverse("council_person", args=["luton", author.memberships.get().pk])
    assert _client(people["other lead"]).get(elsewhere).status_code == 404
    assert _client(people["other lead"]).post(elsewhere, {"role": "lead"}).status_code == 404
    # Nobody makes an administrator by these pages, whatever is sent along.
    answer = _client(lead).post(theirs, {"role": "administrator", "is_superuser": "on"})
    assert answer.status_code == 422
    _client(lead).post(theirs, {"role": "approver", "is_superuser": "on", "is_staff": "on", "groups": "1"})
    author.refresh_from_db()
    assert (author.is_superuser, author.is_staff, author.memberships.active().get().role) == (False, False, "approver")


def test_the_last_lead_stays_until_there_is_another():
    council = factories.organisation("Stockport")
    lead, author = factories.member(council, "lead"), factories.member(council, "author")
    own = lead.memberships.get()
    page = reverse("council_person", args=["stockport", own.pk])
    client = _client(lead)
    for address, data in (
        (page, {"role": "author"}),
        (page, {"role": "lead", "last_day_0": "31", "last_day_1": "12", "last_day_2": "2026"}),
        (reverse("council_person_remove", args=["stockport", own.pk]), {}),
        (reverse("leave_council", args=[own.pk]), {}),
    ):
        answer = client.post(address, data, follow=True)
        assert "Name another lead first" in answer.content.decode(), (address, data)
    with pytest.raises(LastLead):
        services.end_membership(membership=own, by=lead)
    own.refresh_from_db()
    assert (own.role, own.ended_at, own.expires_at) == ("lead", None, None)
    services.change_role(membership=author.memberships.get(), role="lead", by=lead)
    assert client.post(reverse("leave_council", args=[own.pk])).status_code == 302
    assert not lead.memberships.active().exists()
    # An administrator may leave it without one.
    services.end_membership(membership=author.memberships.get(), by=factories.UserFactory(administrator=True))
    assert not council.memberships.active().exists()


def test_roles_last_days_and_leaving_are_told_logged_and_hand_over_what_was_written(mailoutbox):
    council = factories.organisation("Stockport")
    lead, leaver, heir = (
        factories.member(council, role, name=name)
        for role, name in (("lead", "Alex Lead"), ("author", "Lee Leaver"), ("author", "Hari Heir"))
    )
    live = factories.case_study(council, owner=leaver)
    draft = factories.case_study(council, live=False, owner=leaver)
    elsewhere = factories.case_study(factories.organisation("Luton"), owner=leaver)
    outsider = factories.member(factories.organisation("Kirklees"), "author")
    client, membership = _client(lead), leaver.memberships.get()
    page = reverse("council_person", args=["stockport", membership.pk])
    day = {"last_day_0": "31", "last_day_1": "12", "last_day_2": "2026"}
    assert client.post(page, {"role": "approver", **day}).status_code == 302
    membership.refresh_from_db()
    assert (membership.role, membership.expires_at.isoformat()) == ("approver", "2027-01-01T00:00:00+00:00")
    assert client.post(page, {"role": "approver", **day, "last_day_2": "2020"}).status_code == 422
    remove = reverse("council_person_remove", args=["stockport", membership.pk])
    assert "2 pages" in client.get(remove).content.decode()
    assert client.post(remove, {"to": outsider.pk}).status_code == 422
    with pytest.raises(MembersError):
        services.hand_over(organisation=council, person=leaver, to=outsider, by=lead)
    with pytest.raises(NotAllowed):
        services.hand_over(organisation=council, person=leaver, to=heir, by=heir)
    assert client.post(remove, {"to": heir.pk}).status_code == 302
    owners = dict(Page.objects.filter(pk__in=[live.pk, draft.pk, elsewhere.pk]).values_list("pk", "owner"))
    assert owners == {live.pk: heir.pk, draft.pk: heir.pk, elsewhere.pk: leaver.pk}
    assert CaseStudyPage.objects.get(pk=live.pk).get_latest_revision_as_object().owner == heir
    assert not leaver.memberships.active().exists()
    assert not leaver.groups.exists()
    send_waiting()
    assert {(one.to[0], one.subject) for one in mailoutbox} == {
        (leaver.email, "Your role at Stockport Council has changed"),
        (leaver.email, "How long you belong to Stockport Council"),
        (leaver.email, "Your membership of Stockport Council has ended"),
        (heir.email, "2 pages of Lee Leaver are now yours"),
    }
    assert any("until the end of 31 December 2026" in " ".join(one.body.split()) for one in mailoutbox)
    shown = client.get(reverse("council_changes", args=["stockport"])).content.decode()
    for words in (
        "Lee Leaver joined as Author",
        "Lee Leaver: role changed from Author to Approver",
        "Lee Leaver: last day set: 31 December 2026",
        "Lee Leaver no longer belongs",
        "What Lee Leaver wrote was handed over (2 pages)",
        "Alex Lead",
    ):
        assert words in shown, words
    assert leaver.email not in str(list(Event.objects.values_list("data", flat=True))), "the log holds no addresses"


def test_a_lead_hands_over_what_one_wrote_to_another_and_removes_nobody(mailoutbox):
    council, other = factories.organisation("Stockport"), factories.organisation("Kirklees")
    lead, writer, heir, lapsed = (
        factories.member(council, role, name=name)
        for role, name in (("lead", "Alex"), ("author", "Wil Writer"), ("author", "Hari Heir"), ("lead", "Lou"))
    )
    services.end_membership(membership=lapsed.memberships.get(), by=None)
    mine = [factories.case_study(council, owner=writer), factories.case_study(council, live=False, owner=writer)]
    elsewhere = factories.case_study(other, owner=writer)
    address = reverse("council_person_hand_over", args=["stockport", writer.memberships.get().pk])
    strangers = (factories.member(other, "lead"), lapsed, heir, factories.UserFactory())
    for stranger in strangers:
        assert _client(stranger).post(address, {"to": heir.pk}).status_code == 403
        with pytest.raises(NotAllowed):
            services.hand_over(organisation=council, person=writer, to=heir, by=stranger)
    client = _client(lead)
    page = client.get(address).content.decode()
    assert "1 published page<" in page
    assert "1 draft<" in page
    assert mine[1].title in page
    for nobody in ("", strangers[0].pk, lapsed.pk, writer.pk):
        assert client.post(address, {"to": nobody}).status_code == 422, nobody
    mailoutbox.clear()
    assert client.post(address, {"to": heir.pk}).status_code == 302
    owned = dict(Page.objects.filter(pk__in=[*(one.pk for one in mine), elsewhere.pk]).values_list("pk", "owner"))
    assert owned == {**{one.pk: heir.pk for one in mine}, elsewhere.pk: writer.pk}
    assert writer.memberships.active().exists()
    # There and back and there again: each time both hear of it.
    services.hand_over(organisation=council, person=heir, to=writer, by=lead)
    services.hand_over(organisation=council, person=writer, to=heir, by=lead)
    send_waiting()
    told = [(one.to[0], one.subject) for one in mailoutbox]
    assert told.count((heir.email, "2 pages of Wil Writer are now yours")) == 2
    assert told.count((writer.email, "Hari Heir looks after what you wrote for Stockport Council")) == 2
    assert (
        "What Wil Writer wrote was handed over (2 pages)"
        in client.get(reverse("council_changes", args=["stockport"])).content.decode()
    )
    assert "nothing for Stockport Council" in client.get(address).content.decode()


def test_a_long_list_is_paged_searched_and_costs_the_same():
    council = factories.organisation("Stockport")
    lead = factories.member(council, "lead", name="Alex")
    client, page = _client(lead), reverse("council_people", args=["stockport"])
    client.get(page)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            client.get(page)
        return len(seen)

    few = queries()
    people = [factories.UserFactory.build(name=f"Person {n:02}", email=f"p{n}@example.org") for n in range(60)]
    from accounts.models import User
    from members.models import Membership

    made = User.objects.bulk_create(people)
    Membership.objects.bulk_create(Membership(person=one, organisation=council, role="member") for one in made)
    assert queries() <= few + 1
    first = client.get(page).content.decode()
    assert ("Person 05" in first, "Person 59" in first) == (True, False)
    assert "Person 59" in client.get(page, {"page": "2"}).content.decode()
    found = client.get(page, {"q": "59 person"}).content.decode()
    assert ("Person 59" in found, "Person 05" in found) == (True, False)
    assert "Nobody here" in client.get(page, {"q": "<script>%00\x00' OR 1=1"}).content.decode()


def test_the_account_page_shows_all_of_ones_own():
    council = factories.organisation("Stockport")
    luton, kirklees = factories.organisation("Luton"), factories.organisation("Kirklees")
    lead, lutons = factories.member(council, "lead"), factories.member(luton, "lead")
    services.invite(organisation=luton, invited=services.Invited(address=lead.email, role="author"), by=lutons)
    request = services.ask_to_join(person=lead, organisation=kirklees, why="!")
    shown = _client(lead).get(reverse("account_overview")).content.decode()
    for words in (
        "Stockport Council",
        reverse("council_people", args=["stockport"]),
        reverse("leave_council", args=[lead.memberships.get().pk]),
        "You are invited to join Luton Council (role: author)",
        "You asked to join Kirklees Council",
        reverse("withdraw_join_request", args=[request.pk]),
        reverse("join"),
    ):
        assert words in shown, words
    found = _client(lead).get(reverse("join"), {"q": "kirk"}).content.decode()
    assert reverse("join_council", args=["kirklees"]) in found
    invitation = luton.invitations.get()
    assert _client(lutons).post(reverse("own_invitation", args=[invitation.pk])).status_code == 404
    assert _client(lead).post(reverse("own_invitation", args=[invitation.pk])).status_code == 302
    assert {one.organisation.short_name for one in lead.memberships.active()} == {"Stockport", "Luton"}
