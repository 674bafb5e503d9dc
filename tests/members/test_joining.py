"""Ways into an organisation: by a confirmed address, by asking, by an invitation."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, email_removed
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from digests.services import send_waiting
from members import domains, selectors, services
from members.errors import DomainRefused, MembersError, NotAllowed, NotWaiting, TooMany
from members.models import EmailDomain, Invitation, JoinRequest, Membership, Organisation
from members.permissions import can_answer_join_request, can_ask_to_join
from members.services import Invited
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


def _client(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _confirm(person):
    email_confirmed.send(sender=EmailAddress, request=None, email_address=EmailAddress.objects.get(user=person))


def _link(letter, name: str) -> str:
    return re.search(rf"http://[^/\s]+(/account/{name}/[^\s]+)", letter.body).group(1)


def test_domains_that_say_nothing_about_a_council_are_refused():
    refused = ["gov.uk", "co.uk", "ac.uk", "x.sch.uk", "uk", "example", "github.io", "localhost", "10.0.0.1"]
    refused += ["gmail.com", "GMAIL.com", "mail.gmail.com", "nhs.net", "gov.scot", "council.onmicrosoft.com"]
    refused += ["two@words", "a_b.gov.uk", "-x.gov.uk", ""]
    assert [one for one in refused if not domains.why_refused(one)] == []
    allowed = ["stockport.gov.uk", "@Stockport.GOV.uk.", "schools.stockport.gov.uk", "sir-benfro.llyw.cymru"]
    allowed += ["exmŵr.cymru"]
    assert [one for one in allowed if domains.why_refused(one)] == []
    assert domains.candidates("a.schools.stockport.gov.uk")[-1] == "stockport.gov.uk"
    lead = factories.member(factories.organisation("Stockport"), "lead")
    council = Organisation.objects.get()
    with pytest.raises(DomainRefused):
        services.add_domain(organisation=council, domain="gov.uk", by=lead)
    # Whatever stands in the database: the lists are asked again.
    for name in ("gov.uk", "gmail.com"):
        EmailDomain.objects.create(
            organisation=council, domain=name, verified_at=timezone.now(), verified_by=lead, with_subdomains=True
        )
    for address in ("a@kirklees.gov.uk", "a@gmail.com"):
        _confirm(factories.UserFactory(email=address))
    assert Membership.objects.count() == 1


def test_a_confirmed_address_joins_the_one_council_whose_verified_domain_it_is_at(mailoutbox):
    stockport, peak, luton = (factories.organisation(name) for name in ("Stockport", "High Peak", "Luton"))
    administrator = factories.UserFactory(administrator=True)

    def domain(of, name, *, verified=True, below=False):
        row = services.add_domain(organisation=of, domain=name, with_subdomains=below, by=administrator)
        if verified:
            services.verify_domain(domain=row, with_subdomains=below, by=administrator)

    domain(stockport, "stockport.gov.uk")
    domain(peak, "shared.gov.uk")
    domain(stockport, "shared.gov.uk")
    domain(luton, "luton.gov.uk", verified=False)
    domain(luton, "lutontown.org.uk", below=True)
    expected = {
        "ann@Stockport.gov.uk": {"Stockport"},
        "teacher@schools.stockport.gov.uk": set(),
        "ann@notstockport.gov.uk": set(),
        "ann@stockport.gov.uk.evil.example": set(),
        "both@shared.gov.uk": set(),  # asked which
        "not-yet@luton.gov.uk": set(),
        "below@parks.lutontown.org.uk": {"Luton"},
        "ann@other.org.uk": set(),
    }
    people = {address: factories.UserFactory(email=address) for address in expected}
    for person in people.values():
        _confirm(person)
    got = {
        address: {one.organisation.short_name for one in person.memberships.all()} for address, person in people.items()
    }
    assert got == expected
    ann = people["ann@Stockport.gov.uk"]
    assert (ann.memberships.get().role, ann.memberships.get().came_by) == ("member", "domain")
    send_waiting()
    assert [one.subject for one in mailoutbox if one.to == [ann.email]] == ["You now belong to Stockport Council"]
    # A domain that two share asks which; an unconfirmed address counts for nothing.
    both = people["both@shared.gov.uk"]
    assert {one.short_name for one in selectors.organisations_by_address(both)} == {"Stockport", "High Peak"}
    assert _client(both).post(reverse("join_council", args=["high-peak"])).status_code == 302
    assert both.memberships.get().organisation == peak
    stranger = factories.UserFactory(email="new@stockport.gov.uk", verified=False)
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=False)
    with pytest.raises(NotAllowed):
        services.join_by_address(person=stranger, organisation=stockport)
    # Somebody whom a lead removed does not come back that way; who left by themselves may.
    services.end_membership(membership=ann.memberships.get(), by=administrator)
    assert selectors.organisations_by_address(ann) == []
    below = people["below@parks.lutontown.org.uk"]
    services.end_membership(membership=below.memberships.get(), by=below)
    assert selectors.organisations_by_address(below) == [luton]
    # What rests on the address ends with the address.
    EmailAddress.objects.filter(user=both).delete()
    email_removed.send(sender=EmailAddress, request=None, user=both, email_address=None)
    assert not both.memberships.active().exists()


def test_a_lead_proves_a_domain_by_its_own_mailbox(mailoutbox):
    council = factories.organisation("Stockport")
    lead, outsider = factories.member(council, "lead"), factories.member(factories.organisation("Luton"), "lead")
    page = reverse("council_domains", args=["stockport"])
    assert _client(lead).post(page, {"domain": "co.uk"}).status_code == 422
    assert _client(lead).post(page, {"domain": "Stockport.gov.uk"}).status_code == 302
    row = EmailDomain.objects.get()
    with pytest.raises(NotAllowed):
        services.verify_domain(domain=row, by=lead)
    with pytest.raises(NotAllowed):
        services.ask_for_proof(domain=row, mailbox="postmaster", by=outsider)
    with pytest.raises(NotAllowed):
        services.ask_for_proof(domain=row, mailbox="alex", by=lead)
    prefix = f"domain{row.pk}-mailbox"
    _client(lead).post(reverse("council_domain", args=["stockport", row.pk]), {"do": "ask", prefix: "postmaster"})
    send_waiting()
    letter = mailoutbox[-1]
    assert letter.to == ["postmaster@stockport.gov.uk"]
    link = _link(letter, "domain")
    assert Client().get(link).status_code == 200
    assert EmailDomain.objects.get().verified_at is None, "looking changes nothing: scanners open links"
    assert Client().post(link).status_code == 200
    row = EmailDomain.objects.get()
    assert (row.verified_by, row.proven_by_mailbox) == (lead, "postmaster@stockport.gov.uk")
    assert (Client().post(link).status_code, Client().get(link).status_code) == (410, 410), "once"
    # The link is worth nothing once who asked is no lead, and for another domain.
    other = services.add_domain(organisation=council, domain="smbc.org.uk", by=lead)
    services.ask_for_proof(domain=other, mailbox="admin", by=lead)
    send_waiting()
    Membership.objects.filter(person=lead).update(ended_at=timezone.now())
    assert Client().post(_link(mailoutbox[-1], "domain")).status_code == 410
    assert EmailDomain.objects.verified().count() == 1


def test_administrators_verify_domains_and_let_organisations_go_in_the_cms():
    council = factories.organisation("Stockport", email_domains=("stockport.gov.uk", "gov.uk"))
    author, lead = factories.member(council, "author"), factories.member(council, "lead")
    right, wrong = council.email_domains.order_by("-domain")
    client = _client(factories.UserFactory(administrator=True))
    assert "stockport.gov.uk" in client.get("/cms/email-domains/").content.decode()
    for row, status in ((right, 302), (wrong, 200)):
        assert client.post(f"/cms/email-domains/edit/{row.pk}/", {"verified": "on"}).status_code == status, row.domain
        assert _client(lead).post(f"/cms/email-domains/edit/{row.pk}/", {"verified": "on"}).status_code == 302
    assert list(EmailDomain.objects.verified().values_list("domain", "proven_by_mailbox")) == [("stockport.gov.uk", "")]
    facts = f"/cms/organisation-facts/edit/{council.pk}/"
    client.post(facts, {"tier": "metropolitan", "left_at": "2026-01-01 00:00"})
    assert not author.memberships.active().exists()
    assert not author.groups.exists()
    client.post(facts, {"tier": "metropolitan", "left_at": ""})
    assert set(author.groups.all()) == {council.authors}


def test_asking_to_join_and_the_answer(mailoutbox):
    council, alone = factories.organisation("Stockport"), factories.organisation("Luton")
    lead, author = factories.member(council, "lead"), factories.member(council, "author")
    moderator, person = factories.UserFactory(moderator=True), factories.UserFactory(name="Sam Jones")
    ask = {"why": "I run the parks there."}
    assert _client(person).post(reverse("join_council", args=["stockport"]), ask).status_code == 302
    again = services.ask_to_join(person=person, organisation=council, why="Again")
    assert JoinRequest.objects.get() == again
    send_waiting()
    assert [one.to for one in mailoutbox] == [[lead.email]]
    assert "I run the parks there." in mailoutbox[0].body
    to_nobody = services.ask_to_join(person=person, organisation=alone, why="Me too")
    own = services.ask_to_join(person=moderator, organisation=alone, why="Let me in")
    # Who may answer, and the same as a query.
    administrator = factories.UserFactory(administrator=True)
    outsider = factories.member(factories.organisation("Kirklees"), "lead")
    may = {
        (who, request.pk)
        for who in (lead, author, moderator, person, administrator, outsider)
        for request in (again, to_nobody, own)
        if can_answer_join_request(who, request)
    }
    asked = {
        (who, request.pk)
        for who in (lead, author, moderator, person, administrator, outsider)
        for request in JoinRequest.objects.answerable_by(who)
    }
    assert (
        may
        == asked
        == {
            (lead, again.pk),
            (moderator, to_nobody.pk),
            *((administrator, one.pk) for one in (again, to_nobody, own)),
        }
    )
    joinable = {one.slug for one in Organisation.objects.joinable_by(author)}
    assert joinable == {one.slug for one in Organisation.objects.all() if can_ask_to_join(author, one)}
    assert "stockport" not in joinable
    for who in (author, moderator, outsider, person):
        with pytest.raises(NotAllowed):
            services.approve_request(request=again, by=who)
    # The moderators' queue has what nobody else can answer.
    desk = _client(moderator)
    queue = desk.get(reverse("moderation_queue")).content.decode()
    assert reverse("moderation_join", args=[to_nobody.pk]) in queue
    assert reverse("moderation_join", args=[again.pk]) not in queue
    assert desk.get(reverse("moderation_join", args=[again.pk])).status_code == 403
    assert "Me too" in desk.get(reverse("moderation_join", args=[to_nobody.pk])).content.decode()
    with pytest.raises(NotAllowed):
        services.approve_request(request=to_nobody, by=moderator, role="lead")
    # Declined with a reason, approved with a role; once.
    page = reverse("council_request", args=["stockport", again.pk])
    assert _client(lead).post(page, {"answer": "decline", "role": "member", "reason": " "}).status_code == 422
    desk.post(reverse("moderation_join", args=[to_nobody.pk]), {"answer": "approve", "reason": ""})
    assert "Approved" in desk.get(reverse("moderation_join", args=[to_nobody.pk])).content.decode()
    mailoutbox.clear()
    _client(lead).post(page, {"answer": "approve", "role": "author", "reason": "Welcome!"})
    with pytest.raises((NotAllowed, NotWaiting)):
        services.decline_request(request=again, by=administrator, reason="No")
    assert {(one.organisation.slug, one.role) for one in person.memberships.active()} == {
        ("stockport", "author"),
        ("luton", "member"),
    }
    send_waiting()
    assert {one.subject for one in mailoutbox} == {
        "You now belong to Stockport Council",
        "You now belong to Luton Council",
    }
    other = factories.UserFactory()
    request = services.ask_to_join(person=other, organisation=council, why="Please")
    services.decline_request(request=request, by=lead, reason="We do not know you.")
    send_waiting()
    assert "We do not know you." in mailoutbox[-1].body
    assert mailoutbox[-1].to == [other.email]
    request = services.ask_to_join(person=other, organisation=council, why="Please")
    assert _client(person).post(reverse("withdraw_join_request", args=[request.pk])).status_code == 404
    assert _client(other).post(reverse("withdraw_join_request", args=[request.pk])).status_code == 302
    for _time in range(3):
        services.withdraw_request(request=services.ask_to_join(person=other, organisation=council, why="?"), by=other)
    with pytest.raises(TooMany):
        services.ask_to_join(person=other, organisation=council, why="Please")


def test_an_invitation_is_for_one_address_once_and_for_two_weeks(mailoutbox):
    council = factories.organisation("Stockport")
    lead, known = factories.member(council, "lead", name="Alex Lead"), factories.UserFactory(email="known@example.org")
    page = reverse("council_invite", args=["stockport"])
    for address in ("New@example.org", "known@example.org"):
        answer = _client(lead).post(page, {"address": address, "role": "author", "name": "Nia"})
        assert answer.status_code == 302, address
    again = _client(lead).post(page, {"address": "new@example.org", "role": "author"})
    assert "invited already" in again.content.decode()
    assert _client(lead).post(page, {"address": lead.email, "role": "author"}).status_code == 422
    send_waiting()
    letters = {one.to[0]: one for one in mailoutbox}
    assert "Alex Lead" in letters["new@example.org"].body
    link, theirs = _link(letters["new@example.org"], "invitation"), _link(letters["known@example.org"], "invitation")
    # Who has an account signs in as that address; somebody else's sign-in is no use.
    assert "/account/login/?next=" in Client().get(theirs).content.decode()
    assert Client().post(theirs, {"name": "Thief"}).status_code == 200
    thief = factories.UserFactory()
    assert "signed in as" in _client(thief).post(theirs, {"do": "accept"}).content.decode()
    assert not thief.memberships.exists()
    assert _client(known).post(theirs, {"do": "accept"}).status_code == 302
    assert known.memberships.get().role == "author"
    # Who has none opens one: the link has proven the address. Looking does nothing.
    client = Client()
    assert client.get(link).status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()
    assert client.post(link, {"name": "Nia Rees"}).status_code == 302
    nia = User.objects.get(email="new@example.org")
    assert (nia.name, nia.has_usable_password(), nia.memberships.get().role) == ("Nia Rees", False, "author")
    assert EmailAddress.objects.get(user=nia).verified
    assert client.get(reverse("account_overview")).status_code == 200, "signed in"
    assert [Client().get(one).status_code for one in (link, theirs)] == [410, 410]
    # Its time; sent again; withdrawn; declined.
    row = services.invite(organisation=council, invited=Invited(address="late@example.org"), by=lead)
    late = factories.UserFactory(email="late@example.org")
    with pytest.raises(TooMany):
        services.resend(invitation=row, by=lead)
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        with pytest.raises(NotWaiting):
            services.accept_invitation(invitation=row, person=late)
        services.resend(invitation=row, by=lead)
        assert list(selectors.invitations_for(late)) == [row]
        services.decline_invitation(invitation=row, person=late)
        with pytest.raises(NotWaiting):
            services.resend(invitation=row, by=lead)
    # A lead whom somebody else removes leaves no way back in.
    second = factories.member(council, "lead")
    services.invite(organisation=council, invited=Invited(address="friend@example.org", role="lead"), by=second)
    services.end_membership(membership=second.memberships.get(), by=lead)
    assert not Invitation.objects.open().filter(address="friend@example.org").exists()
    # Nobody loses a role by accepting.
    services.invite(organisation=council, invited=Invited(address="lead2@example.org", role="member"), by=lead)
    lead2 = factories.member(council, "lead", email="lead2@example.org")
    services.accept_invitation(invitation=Invitation.objects.get(address="lead2@example.org"), person=lead2)
    assert lead2.memberships.get().role == "lead"


def test_a_file_is_all_right_or_nothing_is_sent(mailoutbox):
    council = factories.organisation("Stockport")
    lead = factories.member(council, "lead", email="lead@example.org")
    page, client = reverse("council_invite_many", args=["stockport"]), _client(lead)

    def send(content: bytes):
        from django.core.files.uploadedfile import SimpleUploadedFile

        return client.post(page, {"file": SimpleUploadedFile("people.csv", content, content_type="text/csv")})

    many = b"address\n" + b"".join(b"p%d@example.org\n" % n for n in range(10_000))
    whole = {
        "empty": (b"", "is empty"),
        "no header": (b"ann@example.org,member\n", "must name the columns"),
        "only a header": (b"address,role,name\n", "nobody in the file"),
        "odd column": (b"address,shoe size\na@example.org,9\n", "do not know: shoe size"),
        "twice": (b"address,address\na@example.org,b@example.org\n", "twice"),
        "ten thousand": (many, "more than 500"),
        "huge": (b"address\n" + b"x" * 600_000, "larger than"),
        "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x81\x8d", "not text"),
    }
    for name, (content, words) in whole.items():
        answer = send(content)
        assert answer.status_code == 422, name
        assert words in answer.content.decode(), name
    bad = (
        b"\xef\xbb\xbfaddress,role,name\r\nann@example.org,author,Ann\r\nnot an address,member,\r\n\r\n"
        b"ANN@example.org,,\r\nb@example.org,king,\r\nlead@example.org,,\r\nc@example.org,,C,D\r\n,member,\r\n"
    )
    answer = send(bad).content.decode()
    for words in (
        "Line 3 (not an address): This is not an email address.",
        "Line 5 (ann@example.org): This address is on line 2 already.",
        "“king” is not a role",
        "Line 7 (lead@example.org): This person belongs to the organisation already.",
        "more cells than columns",
        "Line 9: There is no address.",
    ):
        assert words in answer, words
    assert not Invitation.objects.exists()
    # Excel's ways of writing; names are kept as they are, and are no formulas when they come out again.
    good = "Email;Name;Role\r\nann@example.org;=HYPERLINK(1);Author\r\nzoe@example.org;Zoë;\r\n"
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        answer = send(good.encode(encoding))
        assert answer.status_code == 200, encoding
        assert "Zoë" in answer.content.decode(), encoding
    looked_at = re.search(r'name="looked_at" value="([^"]+)"', answer.content.decode()).group(1)
    assert not Invitation.objects.exists(), "looked at, not sent"
    other = factories.member(council, "lead")
    for who, what in ((client, looked_at + "x"), (_client(other), looked_at)):
        who.post(page, {"looked_at": what})
    assert not Invitation.objects.exists(), "forged, or another's"
    assert client.post(page, {"looked_at": looked_at})["Location"].endswith("/invitations/")
    client.post(page, {"looked_at": looked_at})
    assert set(Invitation.objects.values_list("address", "role")) == {
        ("ann@example.org", "author"),
        ("zoe@example.org", "member"),
    }
    send_waiting()
    assert {one.to[0] for one in mailoutbox} == {"ann@example.org", "zoe@example.org"}
    ann = factories.member(council, "member", name="=HYPERLINK(1)", email="formula@example.org")
    lines = b"".join(client.get(reverse("council_people_csv", args=["stockport"])).streaming_content).decode()
    assert f"'=HYPERLINK(1),{ann.email},member," in lines
    with pytest.raises(MembersError):
        services.invite_many(
            organisation=council,
            invited=[Invited(address="fresh@example.org"), Invited(address="ann@example.org")],
            by=lead,
        )
    assert not Invitation.objects.filter(address="fresh@example.org").exists()
