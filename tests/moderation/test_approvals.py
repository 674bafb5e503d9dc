"""Signing off by a link: once, for one text, by somebody who may, and never by whoever wrote it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.delivery import deliver_all
from digests.services import send_waiting
from members.services import change_facts, end_membership
from moderation import services
from moderation.errors import AlreadyDecided, LinkOver, ModerationError, OwnWork
from moderation.models import ApprovalLink, Decision, ReviewTaskState, Step
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(council):
    council.email_domains.all().delete()
    council.email_domains.create(domain="stockport.example", verified_at=timezone.now())
    council.email_domains.create(domain="unverified.example")
    author = factories.member(council, "author", email="ada@stockport.example", name="Ada Author")
    approver = factories.member(council, "approver", email="pat@stockport.example", name="Pat Approver")
    return {"council": council, "author": author, "approver": approver}


def submit(council, author, **fields):
    page = factories.case_study(council, live=False, **{"title": "Market again", **fields})
    page.save_revision(user=author)
    page.get_workflow().start(page, author)
    return page, ReviewTaskState.objects.get(pk=page.current_workflow_task_state.pk)


def path_of(url):
    return re.search(r"/approve/\S+?/(?=[\s\"<]|$)", url)[0]


def text(response):
    return " ".join(response.content.decode().split())


def test_the_notice_to_an_approver_signs_off_without_signing_in(mailoutbox, world):
    page, step = submit(world["council"], world["author"])
    deliver_all()
    send_waiting()
    mail = next(one for one in mailoutbox if one.to == ["pat@stockport.example"])
    address = path_of(mail.body)
    phone = Client(enforce_csrf_checks=True)
    shown = phone.get(address)
    assert shown.status_code == 200
    assert "Market again" in text(shown)
    assert "Three stalls became shops." in text(shown)
    assert "no-store" in shown["Cache-Control"]
    for _time in range(2):
        phone.get(address)
    step.refresh_from_db()
    assert step.status == "in_progress", "reading changes nothing"
    assert not ApprovalLink.objects.exists()

    assert Client(enforce_csrf_checks=True).post(address, {"action": "approve"}).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown.content.decode())[1]
    without = phone.post(address, {"action": "ask_for_changes", "csrfmiddlewaretoken": token})
    assert without.status_code == 422
    assert "Tell the author in a sentence" in text(without)
    done = phone.post(address, {"action": "approve", "csrfmiddlewaretoken": token}, follow=True)
    assert "This link was used on" in text(done)
    assert "approved" in text(done)
    decision = Decision.objects.about(page).get()
    assert (decision.moderator, decision.step, decision.action) == (world["approver"], Step.ORGANISATION, "approve")
    page.refresh_from_db()
    assert not page.live, "the network’s moderators decide next"
    assert page.current_workflow_task_state.task.name
    assert page.current_workflow_task_state.pk != step.pk
    again = phone.post(address, {"action": "approve", "csrfmiddlewaretoken": token})
    assert "This link was used on" in text(again)
    assert Decision.objects.count() == 1


def test_an_author_asks_somebody_without_an_account(client, mailoutbox, world):
    page, step = submit(world["council"], world["author"])
    client.force_login(world["author"])
    asking = f"/approve/ask/{step.pk}/"
    assert "stockport.example" in text(client.get(asking))
    for wrong in ("boss@elsewhere.example", "x@unverified.example", "x@sub.stockport.example", "ada@stockport.example"):
        assert client.post(asking, {"email": wrong}).status_code == 422, wrong
    for _time in range(2):
        client.post(asking, {"email": "Boss@Stockport.example"})
    assert ApprovalLink.objects.get().email == "boss@stockport.example"
    send_waiting()
    mail = next(one for one in mailoutbox if one.to == ["boss@stockport.example"])
    assert "Please sign off: Market again" in mail.subject
    address = path_of(mail.body)
    assert "signs it off" in text(client.get(address)), "not for the author, even with the link in hand"
    assert client.post(address, {"action": "approve"}).status_code == 410
    sent_back = {"action": "ask_for_changes", "reason": "unclear", "words": "Say which year."}
    assert "changes asked for" in text(Client().post(address, sent_back, follow=True))
    decision = Decision.objects.about(page).get()
    assert (decision.moderator, decision.action, decision.words) == (None, "ask_for_changes", "Say which year.")
    assert "boss@stockport.example" in decision.private_note
    page.refresh_from_db()
    assert page.current_workflow_state.status == "needs_changes"
    moderator = factories.UserFactory(moderator=True)
    client.force_login(moderator)
    assert "boss@stockport.example" in text(client.get("/moderation/decisions/"))


def test_the_boss_approves_and_the_network_is_next(client, world):
    page, step = submit(world["council"], world["author"])
    link = services.ask_to_approve(step=step, email="boss@stockport.example", by=world["author"])
    address = path_of(services.approvals._address({"link": link.pk}))
    done = client.post(address, {"action": "approve", "reason": "", "words": ""}, follow=True)
    assert "Thank you" in text(done)
    assert "no longer works" not in text(done)
    decision = Decision.objects.about(page).get()
    assert (decision.moderator, decision.action, decision.step) == (None, "approve", Step.ORGANISATION)
    page.refresh_from_db()
    assert page.current_workflow_task_state.task.specific.step == Step.NETWORK
    assert not page.live


def test_who_may_ask_and_whom(world):
    council, author = world["council"], world["author"]
    _page, step = submit(council, author)
    lead = factories.member(council, "lead", email="lead@stockport.example")
    lapsed_author = factories.member(council, "author")
    end_membership(membership=lapsed_author.memberships.get(), by=None)
    gone = factories.member(council, "member", email="gone@stockport.example")
    end_membership(membership=gone.memberships.get(), by=None)
    factories.UserFactory(email="closed@stockport.example", is_active=False)
    elsewhere = factories.member(factories.organisation("Wigan"), "author")
    member, moderator = factories.member(council, "member"), factories.UserFactory(moderator=True)
    for person in (lapsed_author, elsewhere, member, moderator, factories.UserFactory()):
        with pytest.raises(ModerationError):
            services.ask_to_approve(step=step, email="boss@stockport.example", by=person)
        client = Client()
        client.force_login(person)
        assert client.get(f"/approve/ask/{step.pk}/").status_code == 404, person
    for address in ("gone@stockport.example", "closed@stockport.example"):
        with pytest.raises(ModerationError, match="no longer belongs"):
            services.ask_to_approve(step=step, email=address, by=lead)
    with pytest.raises(OwnWork):
        services.ask_to_approve(step=step, email="ADA@stockport.example", by=lead)
    for number in range(5):
        services.ask_to_approve(step=step, email=f"boss{number}@stockport.example", by=lead)
    with pytest.raises(ModerationError, match="enough people"):
        services.ask_to_approve(step=step, email="boss9@stockport.example", by=lead)
    services.decide_page(task_state=step, action="approve", by=world["approver"])
    with pytest.raises((AlreadyDecided, ModerationError)):
        services.ask_to_approve(step=step, email="boss@stockport.example", by=lead)


def test_whatever_ends_a_link_is_said_plainly(world):
    """Each case makes its own page and link, spoils it, and reads what is said."""
    council, author, approver = world["council"], world["author"], world["approver"]
    lead = factories.member(council, "lead", email="lead@stockport.example")
    leaver = factories.member(council, "approver", email="leaver@stockport.example")
    outcast = factories.member(council, "approver", email="outcast@stockport.example")
    outsider = factories.member(factories.organisation("Wigan"), "approver")
    asker = factories.member(council, "author")

    def own(step, person=approver):
        return path_of(services.own_link(step=step, person=person))

    def later(step):
        with time_machine.travel(timezone.now() - timedelta(days=15), tick=False):
            return own(step)

    def decided(step):
        services.decide_page(task_state=step, action="approve", by=lead)

    def withdrawn(step):
        step.workflow_state.cancel(user=author)

    def changed(step):
        step.revision.content["summary"] = "Something else"
        step.revision.save()

    def left(step):
        end_membership(membership=leaver.memberships.get(), by=None)

    def typed(step, by=asker):
        link = services.ask_to_approve(step=step, email="boss@stockport.example", by=by)
        return path_of(services.approvals._address({"link": link.pk}))

    def suspended(step):
        moderator = factories.UserFactory(moderator=True)
        given = {"reason": "abuse", "words": "No.", "until": timezone.now() + timedelta(days=3)}
        services.suspend(person=outcast, by=moderator, **given)

    def asker_left(step):
        end_membership(membership=asker.memberships.get(), by=None)

    def nothing(step):
        pass

    cases = (
        ("expired", later, nothing, "14 days, which are over"),
        ("decided", own, decided, "already decided by"),
        ("withdrawn", own, withdrawn, "taken it back"),
        ("other text", own, changed, "text has changed"),
        ("another council’s approver", lambda step: own(step, outsider), nothing, "no longer sign off"),
        ("the author", lambda step: own(step, author), nothing, "wrote this yourself"),
        ("who left", lambda step: own(step, leaver), left, "no longer sign off"),
        ("who is suspended", lambda step: own(step, outcast), suspended, "no longer sign off"),
        ("whose asker left", typed, asker_left, "no longer writes"),
    )
    for name, make, spoil, said in cases:
        page, step = submit(council, author, title=name)
        address = make(step)
        spoil(step)
        before = Decision.objects.count()
        for response in (Client().get(address), Client().post(address, {"action": "approve"})):
            assert response.status_code == 410, name
            assert said in text(response), name
        assert Decision.objects.count() == before, name
        page.refresh_from_db()
        assert not page.live, name
    _page, step = submit(council, author)
    forged = own(step)[:-3] + "xx/"
    assert Client().get(forged).status_code == 404
    assert Client().post(forged, {"action": "approve"}).status_code == 404
    with pytest.raises(LookupError):
        services.read_link("nonsense")
    decided_by_link = own(step).split("/")[2]
    with pytest.raises(ModerationError):
        services.sign_off(token=decided_by_link, action="decline", reason="abuse", words="x")
    services.sign_off(token=decided_by_link, action="approve")
    with pytest.raises(LinkOver):
        services.sign_off(token=decided_by_link, action="approve")


def test_what_waits_goes_on_when_the_organisation_stops_signing_off(world):
    council, author = world["council"], world["author"]
    page, step = submit(council, author)
    address = path_of(services.own_link(step=step, person=world["approver"]))
    _other, untouched = submit(factories.organisation("Wigan"), factories.UserFactory())
    change_facts(organisation=council, facts={"requires_approval": False}, by=factories.UserFactory(administrator=True))
    deliver_all()
    page.refresh_from_db()
    now = page.current_workflow_task_state
    assert now.pk != step.pk
    assert now.task.specific.step == Step.NETWORK
    assert "no longer signs off first" in text(Client().get(address))
    untouched.refresh_from_db()
    moderator = factories.UserFactory(moderator=True)
    services.decide_page(task_state=now, action="approve", by=moderator)
    page.refresh_from_db()
    assert page.live
    assert services.skip_organisation_step(organisation=council) == 0
    # On again: the next page waits for the approver, what is with the network stays there.
    change_facts(organisation=council, facts={"requires_approval": True}, by=None)
    _page, step = submit(council, author)
    assert step.task.specific.step == Step.ORGANISATION
