"""Is it still true? Whom we ask and when, what the mail says, and what its links can do."""

from datetime import date

import pytest
import time_machine
from django.core import mail as outbox
from django.core import signing
from django.test import Client
from django.urls import reverse

from casestudies.models import CaseStudyPage, Standing
from casestudies.services import confirm
from core.delivery import deliver_all
from digests import services, tokens
from digests.models import MailPreference, OutgoingEmail, Suppression
from members.services import end_membership
from tests import factories
from tests.digests.helpers import html_of, parsed, text_of

pytestmark = pytest.mark.django_db
LONG_AGO = date(2024, 11, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def author(council):
    return factories.member(council, "author", name="Ann Author", email="ann@example.org")


def study(council, owner=None, *, confirmed=LONG_AGO, **fields):
    page = factories.case_study(council, **fields)
    CaseStudyPage.objects.filter(pk=page.pk).update(owner=owner)
    page.refresh_from_db()
    confirm(page_ids=[page.pk], on=confirmed)
    return page


@pytest.fixture
def market(council, author):
    return study(council, author, title="Market hall")


def asked():
    """Plan and send; the mails that left, by address."""
    before = len(outbox.outbox)
    services.ask_what_is_due()
    services.send_waiting()
    return {message.to[0]: parsed(message) for message in outbox.outbox[before:]}


def link(message):
    (found,) = {
        line.partition("/account/")[2].partition("#")[0]
        for line in text_of(message).splitlines()
        if "/account/still-true/" in line and "#" in line
    }
    return f"/account/{found}"


@pytest.fixture
def strict():
    """A mail program: no cookies, no CSRF token, no login."""
    return Client(enforce_csrf_checks=True)


def answer(client, path, page, do="still", **more):
    return client.post(path, {"about": f"case-study-{page.pk}", "do": do, **more})


# --- Whom we ask, and when -----------------------------------------------------------------------


def test_one_mail_for_everything_of_one_author(council, author, market):
    study(council, author, title="Repair café")
    message = asked()["ann@example.org"]
    assert len(outbox.outbox) == 1
    assert message["Subject"] == "Are 2 case studies still true?"
    for part in (text_of(message), html_of(message)):
        assert "Market hall" in part
        assert "Repair café" in part
        assert "last confirmed on 1 November 2024" in part
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("confirmed", "not_yet", "due"),
    [
        ("2024-03-10", "2025-03-09", "2025-03-10"),
        ("2024-02-29", "2025-02-27", "2025-02-28"),
        ("2023-02-28", "2024-02-27", "2024-02-28"),
    ],
)
def test_a_year_is_a_year_also_after_a_leap_day(author, clock, confirmed, not_yet, due):
    study(author.memberships.get().organisation, author, confirmed=date.fromisoformat(confirmed))
    clock.move_to(f"{not_yet}T12:00Z")
    assert not asked()
    clock.move_to(f"{due}T12:00Z")
    assert asked()


def test_publication_counts_as_a_confirmation(council, author):
    page = factories.case_study(council)
    deliver_all(only="confirmations")
    assert Standing.objects.get(page=page).confirmed_on == date(2026, 11, 22)
    CaseStudyPage.objects.update(owner=author)
    assert asked() == {}


def test_publishing_an_editors_account_again_confirms_nothing(council):
    study(council, written_by="editors").save_revision().publish()
    deliver_all(only="confirmations")
    assert Standing.objects.get().confirmed_on == LONG_AGO


def test_the_leads_are_asked_when_the_author_has_left(council, author, market):
    factories.member(council, "lead", email="lead@example.org")
    factories.member(council, "approver", email="approver@example.org")
    end_membership(membership=author.memberships.get(), by=None)
    assert set(asked()) == {"lead@example.org"}


def test_the_networks_editors_are_asked_about_their_accounts(council, author):
    study(council, author, written_by="editors", title="From the papers")
    factories.UserFactory(editor=True, email="editor@example.org")
    assert set(asked()) == {"editor@example.org"}


def test_what_has_ended_is_history(council, author):
    study(council, author, stage="ended")
    ended = study(council, author)
    Standing.objects.filter(page=ended).update(ended="2025-03")
    assert asked() == {}


def test_nobody_is_asked_twice_in_four_weeks_and_no_unanswered_thing_within_half_a_year(council, author, market, clock):
    assert asked()
    study(council, author, title="Became due the day after")
    clock.move_to("2026-12-19T12:00Z")
    assert asked() == {}
    clock.move_to("2026-12-21T12:00Z")
    text = text_of(asked()["ann@example.org"])
    assert "Became due" in text
    assert "Market hall" not in text
    clock.move_to("2027-05-22T12:00Z")
    assert "Market hall" in text_of(asked()["ann@example.org"])


def test_two_beats_make_one_mail(council, author, market):
    services.ask_what_is_due()
    Standing.objects.update(asked_on=None)
    services.ask_what_is_due()
    assert OutgoingEmail.objects.count() == 1


def test_a_dry_run_asks_nobody_and_says_how_many(council, author, market):
    report = services.ask_what_is_due(dry_run=True)
    assert (report.case_studies, report.people, report.mails) == (1, 1, 1)
    assert not OutgoingEmail.objects.exists()
    assert Standing.objects.get().asked_on is None


def test_who_switched_it_off_or_cannot_be_reached_is_not_asked(council, market, author):
    MailPreference.objects.create(person=author, questions=False)
    assert asked() == {}
    MailPreference.objects.update(questions=True)
    Suppression.objects.create(address="Ann@example.org", reason="5.1.1")
    assert asked() == {}
    assert Standing.objects.get().asked_on is None, "it is asked when somebody can be reached"


def test_the_command_says_what_it_did(council, market, capsys):
    from django.core.management import call_command

    call_command("send_due_questions", "--dry-run")
    assert "1 case studies and 0 adoptions are due; of 1 people 1 would be asked" in capsys.readouterr().out
    call_command("send_due_questions")
    assert "Sent 1" in capsys.readouterr().out


def test_the_queries_do_not_grow_with_the_people(council, django_assert_max_num_queries):
    for number in range(30):
        study(council, factories.member(council, "author"), title=f"Study {number}")
    with django_assert_max_num_queries(20):
        services.ask_what_is_due()
    assert OutgoingEmail.objects.count() == 30


# --- Between planning and sending ----------------------------------------------------------------


def test_what_is_withdrawn_or_answered_before_sending_is_not_asked(council, author, market):
    other = study(council, author, title="Repair café")
    services.ask_what_is_due()
    market.unpublish()
    confirm(page_ids=[other.pk], on=date(2026, 11, 22))
    services.send_waiting()
    assert outbox.outbox == []


def test_nothing_for_members_goes_to_somebody_who_is_none_any_more(council, author):
    study(council, author, title="For members", audience="members")
    services.ask_what_is_due()
    end_membership(membership=author.memberships.get(), by=None)
    services.send_waiting()
    assert outbox.outbox == []


# --- Answers -------------------------------------------------------------------------------------


def test_a_link_scanner_answers_nothing(market, strict):
    path = link(asked()["ann@example.org"])
    for method in (strict.head, strict.options, strict.get):
        answer_ = method(path)
    assert answer_.status_code == 200
    assert "It is still true" in answer_.content.decode()
    assert "csrf" not in answer_.content.decode()
    assert not answer_.cookies
    assert answer_["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer_["Cache-Control"]
    assert Standing.objects.get().confirmed_on == LONG_AGO


def test_still_true_shows_on_the_page_at_once_and_twice_is_once(market, strict, client):
    from core.models import Event

    path = link(asked()["ann@example.org"])
    for _ in range(2):
        given = answer(strict, path, market)
        assert given.status_code == 302
        assert given["Location"] == f"{path}#case-study-{market.pk}"
    assert "last confirmed on 22 November 2026" in strict.get(path).content.decode()
    assert "Last confirmed 22 November 2026" in client.get(market.url).content.decode()
    assert Event.objects.filter(kind="case_study.confirmed").count() == 1
    assert Event.objects.get(kind="case_study.confirmed").actor.email == "ann@example.org"


def test_it_has_ended_is_a_fact_beside_the_text(market, strict, client):
    path = link(asked()["ann@example.org"])
    assert answer(strict, path, market, "ended").status_code == 422
    prefix = f"case-study-{market.pk}"
    wrong = answer(strict, path, market, "ended", **{f"{prefix}-ended": "2027-01"})
    assert "This is still to come" in wrong.content.decode()
    right = {f"{prefix}-ended": "2026-03", f"{prefix}-reasons": ["money", "people"]}
    assert answer(strict, path, market, "ended", **right).status_code == 302
    page = client.get(market.url).content.decode()
    assert "Ended in March 2026, says the organisation." in page
    assert "Money, People." in page
    assert CaseStudyPage.objects.get().stage == "running", "the text changes through moderation"
    answer(strict, path, market)
    assert "Ended in March 2026" not in client.get(market.url).content.decode()


def test_the_fact_goes_when_the_text_says_so_itself(market, council):
    Standing.objects.update(ended="2026-03", ended_reasons=["money"])
    page = CaseStudyPage.objects.get()
    page.stage, page.ended = "ended", "2026-03"
    page.save_revision().publish()
    deliver_all(only="confirmations")
    assert Standing.objects.get().ended == ""


def lapse(author, page):
    end_membership(membership=author.memberships.get(), by=None)


def demote(author, page):
    author.memberships.update(role="member")


def move(author, page):
    other = factories.organisation("Kirklees").page
    page.move(other, pos="last-child")


def suspend(author, page):
    author.is_active = False
    author.save()


def withdraw(author, page):
    page.unpublish()


@pytest.mark.parametrize("lose", [lapse, demote, move, suspend, withdraw])
def test_a_valid_link_of_somebody_who_lost_the_right_changes_nothing(market, author, strict, lose):
    path = link(asked()["ann@example.org"])
    lose(author, CaseStudyPage.objects.get())
    for given in (strict.get(path), answer(strict, path, market)):
        assert given.status_code == 403
        assert "no longer yours to answer" in given.content.decode()
        assert "Market hall" not in given.content.decode()
    assert Standing.objects.get().confirmed_on == LONG_AGO


def test_forged_links_and_other_peoples_do_nothing(council, author, market, strict):
    other = study(council, author, title="Not in this mail", confirmed=date(2026, 10, 1))
    stranger = factories.UserFactory()
    path = link(asked()["ann@example.org"])
    good = path.split("/")[3]
    mail = OutgoingEmail.objects.get()
    forged = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        tokens.answer_token(mail=mail.pk, person=stranger.pk),
        tokens.answer_token(mail=999, person=author.pk),
        tokens.mail_token(mail.pk),
        tokens.stop_token(person=author.pk, what="questions"),
        signing.TimestampSigner(salt="digests.answer").sign("x.y"),
        "nonsense",
        "é" * 300,
    ]
    for token in forged:
        address = reverse("answer_questions", args=[token])
        for given in (strict.get(address), answer(strict, address, market)):
            assert given.status_code == 404, token
    assert answer(strict, path, other).status_code == 404, "only what the mail asked about"
    assert answer(strict, path, market, "publish").status_code in {404, 422}
    assert set(Standing.objects.values_list("confirmed_on", flat=True)) == {LONG_AGO, date(2026, 10, 1)}


def test_a_link_works_for_90_days_and_then_says_how_to_go_on(market, strict, clock):
    path = link(asked()["ann@example.org"])
    clock.move_to("2027-02-19T12:00Z")
    assert strict.get(path).status_code == 200
    clock.move_to("2027-02-22T12:00Z")
    for given in (strict.get(path), answer(strict, path, market)):
        assert given.status_code == 410
        assert reverse("confirm_case_studies") in given.content.decode()
    assert Standing.objects.get().confirmed_on == LONG_AGO


def test_signed_in_everything_due_stands_on_one_page(market, author, council, client):
    other = study(factories.organisation("Kirklees"), title="Of another council")
    client.force_login(author)
    address = reverse("confirm_case_studies")
    page = client.get(address).content.decode()
    assert "Market hall" in page
    assert "Of another council" not in page
    client.post(address, {"about": f"case-study-{other.pk}", "do": "still"})
    assert Standing.objects.get(page=other).confirmed_on == LONG_AGO
    done = client.post(address, {"about": f"case-study-{market.pk}", "do": "still"}, follow=True).content.decode()
    assert "Thank you" in done
    assert "Nothing is due" in done


def test_one_click_stops_these_mails_and_no_others(market, author, strict):
    message = asked()["ann@example.org"]
    path = message["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    assert "Stop mail that asks whether" in strict.get(path).content.decode()
    strict.post(path, {"List-Unsubscribe": "One-Click"})
    preference = MailPreference.objects.get(person=author)
    assert (preference.questions, preference.replies, preference.stopped_at) == (False, True, None)


# --- The page ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("confirmed", "stale"), [("2024-11-22", True), ("2024-11-23", False)])
def test_after_two_years_the_page_says_so(council, client, confirmed, stale):
    page = study(council, confirmed=date.fromisoformat(confirmed))
    assert ("Nobody has confirmed this for two years" in client.get(page.url).content.decode()) is stale


def test_the_list_and_the_predicate_agree(council, author, market):
    from casestudies.permissions import can_confirm
    from casestudies.selectors.due import may_confirm

    study(council, written_by="editors")
    study(factories.organisation("Kirklees"))
    factories.case_study(council, live=False)
    people = [
        author,
        factories.UserFactory(editor=True),
        factories.UserFactory(administrator=True),
        factories.UserFactory(moderator=True),
        factories.UserFactory(is_active=False, is_superuser=True),
        factories.member(council, "lead"),
        factories.member(council, "approver"),
    ]
    pages = list(CaseStudyPage.objects.all())
    many = may_confirm([one.pk for one in people], pages)
    for person in people:
        allowed = set(CaseStudyPage.objects.confirmable_by(person).values_list("pk", flat=True))
        for page in pages:
            wanted = can_confirm(person, page)
            assert (page.pk in allowed) is wanted
            assert ((person.pk, page.pk) in many) is wanted
