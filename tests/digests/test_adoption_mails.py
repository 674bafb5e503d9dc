"""What people hear of adoptions: the originating author at once, followers in digests, adopters when it is time."""

from dataclasses import replace

import pytest
import time_machine
from django.core import mail as outbox
from django.test import Client

from casestudies import services as case_studies
from casestudies.adoption_facts import AdoptionFacts
from casestudies.models import Adoption, CaseStudyPage, Standing
from core import events
from core.delivery import deliver_all
from digests import services
from digests.models import MailPreference, OutgoingEmail
from members.services import end_membership
from moderation import services as moderation
from tests import factories
from tests.digests.helpers import an_hour_later, html_of, parsed, send_now, text_of

pytestmark = pytest.mark.django_db

TRYING = AdoptionFacts(status="trying", started="2026-05", words="We opened on Mondays.")
STOPPED = replace(
    TRYING, status="stopped", ended="2026-10", outcome="did_not_work", reasons=("money", "people"), words="No money."
)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-22T12:00Z", tick=True) as traveller:
        yield traveller


@pytest.fixture
def author(council):
    return factories.member(council, "author", name="Ann Author", email="ann@example.org")


@pytest.fixture
def market(council, author, topic):
    page = factories.case_study(council, title="Market hall", topics=[topic])
    CaseStudyPage.objects.update(owner=author)
    return CaseStudyPage.objects.get(pk=page.pk)


@pytest.fixture
def luton():
    return factories.organisation("Luton")


@pytest.fixture
def adopter(luton):
    return factories.member(luton, "author", name="Ada Adopter", email="ada@example.org")


@pytest.fixture
def moderator():
    return factories.UserFactory(moderator=True)


def record(market, luton, adopter, facts=TRYING):
    return case_studies.record_adoption(case_study=market, organisation=luton, facts=facts, by=adopter)[0]


def correct(adoption, by, **said):
    case_studies.correct_adoption(adoption=adoption, facts=replace(AdoptionFacts.of(adoption), **said), by=by)
    adoption.refresh_from_db()


def delivered():
    before = len(outbox.outbox)
    an_hour_later()
    deliver_all(only="notices")
    services.send_waiting()
    return [parsed(message) for message in outbox.outbox[before:]]


# --- At once, to whoever wrote the case study ----------------------------------------------------


def test_the_author_is_told_that_another_place_tries_it_and_invited_to_write_to_them(market, luton, adopter):
    adoption = record(market, luton, adopter)
    (message,) = delivered()
    assert message["To"] == "ann@example.org"
    assert message["Subject"] == "Luton is trying this: Market hall"
    for part in (text_of(message), html_of(message)):
        flat = " ".join(part.split())
        assert "This is about “Market hall”." in flat
        assert "We opened on Mondays." in flat
        assert "you cannot alter it" in flat
        assert f"/adoptions/{adoption.pk}/" in flat
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert delivered() == []


def test_the_author_hears_of_the_outcome_once_and_of_no_other_change(market, luton, adopter):
    adoption = record(market, luton, adopter)
    delivered()
    correct(adoption, adopter, words="We opened on Mondays and Fridays.")
    correct(adoption, adopter, status="running")
    assert delivered() == []
    correct(adoption, adopter, outcome="worked")
    (message,) = delivered()
    assert message["Subject"] == "It worked in Luton: Market hall"
    correct(adoption, adopter, words="Since May.")
    assert delivered() == []


def test_recorded_with_its_outcome_it_is_one_mail(market, luton, adopter):
    record(market, luton, adopter, STOPPED)
    (message,) = delivered()
    assert message["Subject"] == "Stopped in Luton; it did not work: Market hall"
    assert "Stopped in Luton; it did not work: money, people" in text_of(message)


def test_a_practitioners_record_is_told_when_a_moderator_let_it_through(market, luton, moderator):
    person = factories.UserFactory(name="Pat Practitioner", email="pat@example.org")
    adoption = record(market, luton, person)
    assert delivered() == []
    moderation.decide_contribution(contribution=adoption, action="approve", by=moderator)
    told = {message["To"]: message for message in delivered()}
    assert set(told) == {"ann@example.org", "pat@example.org"}
    assert "It is not yet confirmed by Luton." in text_of(told["ann@example.org"])
    assert told["pat@example.org"]["Subject"] == "Published: your record Luton: Market hall"
    assert f"/adoptions/{adoption.pk}/" in text_of(told["pat@example.org"])


def test_a_practitioner_is_told_what_to_change_and_where(market, luton, moderator):
    person = factories.UserFactory(email="pat@example.org")
    adoption = record(market, luton, person)
    moderation.decide_contribution(
        contribution=adoption,
        action="ask_for_changes",
        by=moderator,
        reason="personal_data",
        words="Leave the name out.",
    )
    (message,) = delivered()
    assert message["Subject"] == "Please change it: your record Luton: Market hall"
    assert "Your record “Luton: Market hall” needs a change" in " ".join(text_of(message).split())
    assert f"/adoptions/{adoption.pk}/change/" in text_of(message)


def test_the_leads_are_told_when_the_author_has_left(market, luton, adopter, council, author):
    factories.member(council, "lead", email="lead@example.org")
    end_membership(membership=author.memberships.get(), by=None)
    record(market, luton, adopter)
    assert [message["To"] for message in delivered()] == ["lead@example.org"]


def test_who_switched_it_off_is_not_told(market, luton, adopter, author):
    MailPreference.objects.create(person=author, adoptions=False)
    record(market, luton, adopter)
    assert delivered() == []


def test_what_is_withdrawn_before_sending_is_not_told(market, luton, adopter):
    adoption = record(market, luton, adopter)
    deliver_all(only="notices")
    case_studies.withdraw_adoption(adoption=adoption, by=adopter)
    services.send_waiting()
    assert outbox.outbox == []


def test_nothing_is_told_to_an_author_who_left_before_sending(market, luton, adopter, author):
    record(market, luton, adopter)
    deliver_all(only="notices")
    end_membership(membership=author.memberships.get(), by=None)
    services.send_waiting()
    assert outbox.outbox == []


def test_the_recorder_hears_what_is_written_in_the_records_thread(market, luton, adopter, author):
    from discussion.services import add_comment

    adoption = record(market, luton, adopter)
    delivered()
    add_comment(page=market, adoption=adoption, body="Did you try Fridays?", by=author)
    (message,) = delivered()
    assert message["To"] == "ada@example.org"
    assert message["Subject"] == "Ann Author wrote under your record: Market hall"
    assert "Did you try Fridays?" in text_of(message)
    assert f"/adoptions/{adoption.pk}/#comment-" in text_of(message)


def test_a_hidden_records_thread_is_told_to_nobody(market, luton, adopter, author, reader):
    from discussion.services import add_comment

    services.follow(person=reader, target=("case_study", market.pk))
    adoption = record(market, luton, adopter)
    add_comment(page=market, adoption=adoption, body="Did you try Fridays?", by=author)
    (message,) = send_now()
    assert "Ann Author, on what Luton tried:\n  Did you try Fridays?" in text_of(message)
    add_comment(page=market, adoption=adoption, body="Or on Fridays at noon?", by=author)
    hidden(adoption)
    assert not any("noon" in text_of(message) for message in [*delivered(), *send_now()])


# --- In digests ----------------------------------------------------------------------------------


def test_followers_hear_of_an_adoption_under_the_case_study(market, luton, adopter, reader):
    services.follow(person=reader, target=("case_study", market.pk))
    adoption = record(market, luton, adopter)
    (message,) = send_now()
    assert message["Subject"] == "Luton is trying this: Market hall"
    text = text_of(message)
    assert "\n1. Market hall\nStockport · Worked\n\n- Luton is trying this\n" in text
    assert f"/adoptions/{adoption.pk}/" in text
    assert f'/adoptions/{adoption.pk}/"' in html_of(message)
    assert "Because you follow Market hall" in text


def test_everybody_whom_it_touches_hears_of_it(market, luton, adopter):
    place = factories.PlaceFactory(name="Bury Park")
    touched = [
        ("topic", market.topics.get().pk),
        ("organisation", market.get_parent().specific.organisation_id),
        ("organisation", luton.pk),
        ("place", place.pk),
    ]
    followers = [factories.UserFactory() for _ in touched]
    for person, target in zip(followers, touched, strict=True):
        services.follow(person=person, target=target)
    record(market, luton, adopter, replace(STOPPED, place=place, outcome=""))
    messages = send_now()
    assert {message["To"] for message in messages} == {person.email for person in followers}
    assert all("- Stopped in Bury Park (Luton): money, people" in text_of(message) for message in messages)


def test_an_adoption_is_told_once_as_it_stands_now(market, luton, adopter, reader):
    services.follow(person=reader, target=("case_study", market.pk))
    adoption = record(market, luton, adopter)
    correct(adoption, adopter, status="stopped", ended="2026-10", reasons=("money",))
    correct(adoption, adopter, words="Just a word.")
    (message,) = send_now()
    assert text_of(message).count("Luton") == 1
    assert "- Stopped in Luton: money" in text_of(message)
    correct(adoption, adopter, words="Another word.")
    assert send_now() == [], "a word is no news"


def test_the_subject_counts_adoptions_beside_what_is_new(market, reader, council):
    services.follow(person=reader, target=("organisation", council.pk))
    for title in ("Shop front", "Repair café"):
        factories.case_study(council, title=title)
    for name in ("Bury", "Hull"):
        other = factories.organisation(name)
        record(market, other, factories.member(other, "author"))
    (message,) = send_now()
    assert message["Subject"] == "2 new from Stockport, 2 adoptions of Market hall"


def test_it_comes_at_once_to_those_who_want_it_so(market, luton, adopter, reader):
    services.follow(person=reader, target=("case_study", market.pk), cadence="immediately")
    record(market, luton, adopter)
    (message,) = send_now("immediately")
    assert message["Subject"] == "Luton is trying this: Market hall"


def hidden(adoption):
    by = factories.UserFactory(moderator=True)
    moderation.hide(contribution=adoption, by=by, reason="abuse", words="Not true.")


def unpublished(adoption):
    adoption.case_study.unpublish()


def closed(adoption):
    CaseStudyPage.objects.update(audience="members")


@pytest.mark.parametrize("happens", [hidden, unpublished, closed])
def test_what_may_not_be_shown_any_more_is_not_sent(market, luton, adopter, reader, happens):
    services.follow(person=reader, target=("case_study", market.pk))
    adoption = record(market, luton, adopter)
    services.plan_now(cadence="weekly")
    assert OutgoingEmail.objects.filter(person=reader).exists()
    happens(adoption)
    services.send_waiting()
    assert not any(message.to == [reader.email] for message in outbox.outbox)


def test_adoptions_of_members_case_studies_reach_members_only(market, luton, adopter, reader, council):
    CaseStudyPage.objects.update(audience="members")
    market.refresh_from_db()
    insider = factories.member(council)
    for person in (reader, insider):
        services.follow(person=person, target=("case_study", market.pk))
    record(market, luton, adopter)
    assert [message["To"] for message in send_now()] == [insider.email]


def test_the_author_who_was_told_at_once_is_not_told_again(market, luton, adopter, author):
    services.follow(person=author, target=("case_study", market.pk))
    record(market, luton, adopter)
    assert len(delivered()) == 1
    assert send_now() == []


def rated(market, **data):
    Standing.objects.update_or_create(page=market, defaults={"rating": data["to"]})
    with events.together():
        events.record(kind="case_study.rated", subject=("case_study", market.pk), data={"title": market.title, **data})


def test_a_rating_that_moved_is_told_to_followers_of_the_case_study(market, reader, topic):
    other = factories.UserFactory()
    services.follow(person=reader, target=("case_study", market.pk))
    services.follow(person=other, target=("topic", topic.pk))
    send_now()
    rated(market, **{"from": 0, "to": 2, "first": True})
    assert send_now() == [], "the first rating comes with the case study"


def test_the_latest_rating_counts(market, reader, clock):
    services.follow(person=reader, target=("case_study", market.pk))
    clock.move_to("2026-11-22T13:00Z")
    rated(market, **{"from": 2, "to": 4})
    rated(market, **{"from": 4, "to": 3})
    clock.move_to("2026-11-22T14:00Z")
    (message,) = send_now()
    assert "- Evidence rating now 3 of 5; it was 4" in text_of(message)
    assert "now 4" not in text_of(message)


# --- Nudges --------------------------------------------------------------------------------------


def asked():
    before = len(outbox.outbox)
    services.ask_what_is_due()
    services.send_waiting()
    return {message.to[0]: parsed(message) for message in outbox.outbox[before:] if "/still-true/" in message.body}


def link(message):
    (line,) = [line for line in text_of(message).splitlines() if "#adoption-" in line]
    return "/account/" + line.partition("/account/")[2].partition("#")[0]


def test_adopters_are_nudged_after_3_6_and_12_months_and_then_left_alone(market, luton, adopter, clock):
    adoption = record(market, luton, adopter)
    subjects = []
    for day in ("2027-02-21", "2027-02-22", "2027-04-30", "2027-05-22", "2027-11-20", "2027-11-22", "2028-11-22"):
        clock.move_to(f"{day}T12:00Z")
        if message := asked().get("ada@example.org"):
            subjects.append((day, message["Subject"]))
    assert subjects == [(day, "How is it going? Market hall") for day in ("2027-02-22", "2027-05-22", "2027-11-22")]
    adoption.refresh_from_db()
    assert adoption.nudged_months == 12


def test_months_count_from_a_start_that_is_still_to_come(market, luton, adopter, clock):
    record(market, luton, adopter, replace(TRYING, status="planning", started="2027-01"))
    clock.move_to("2027-03-31T12:00Z")
    assert asked() == {}
    clock.move_to("2027-04-01T12:00Z")
    assert set(asked()) == {"ada@example.org"}


def test_what_stopped_or_was_just_told_or_hidden_is_not_asked(market, luton, adopter, clock, moderator):
    adoption = record(market, luton, adopter)
    clock.move_to("2027-02-10T12:00Z")
    case_studies.confirm_adoption(adoption=adoption, by=adopter)
    clock.move_to("2027-02-23T12:00Z")
    assert asked() == {}
    clock.move_to("2027-03-11T12:00Z")
    services.ask_what_is_due()
    correct(adoption, adopter, status="stopped", reasons=("money",))
    services.send_waiting()
    assert not any("/still-true/" in message.body for message in outbox.outbox)


def test_case_studies_and_adoptions_stand_in_one_mail(market, luton, adopter, clock):
    page = factories.case_study(luton, title="Ours")
    CaseStudyPage.objects.filter(pk=page.pk).update(owner=adopter)
    case_studies.confirm(page_ids=[page.pk], on=clock_day("2026-02-22"))
    record(market, luton, adopter)
    clock.move_to("2027-02-22T12:00Z")
    message = asked()["ada@example.org"]
    assert message["Subject"] == "Is 1 case study still true, and how is 1 adoption going?"
    assert "Luton was trying it. How is it going?" in text_of(message)


def clock_day(text):
    from datetime import date

    return date.fromisoformat(text)


@pytest.fixture
def nudged(market, luton, adopter, clock):
    """An adoption, and the address of the page that its adopter's mail leads to."""
    adoption = record(market, luton, adopter)
    clock.move_to("2027-02-22T12:00Z")
    return adoption, link(asked()["ada@example.org"])


@pytest.fixture
def strict():
    return Client(enforce_csrf_checks=True)


def answer(client, path, adoption, do, **said):
    name = f"adoption-{adoption.pk}"
    return client.post(path, {"about": name, "do": do, **{f"{name}-{key}": value for key, value in said.items()}})


def test_still_going_confirms_the_record(nudged, strict):
    adoption, path = nudged
    assert "Nothing has changed" in strict.get(path).content.decode()
    for _ in range(2):
        assert answer(strict, path, adoption, "still").status_code == 302
    adoption.refresh_from_db()
    assert str(adoption.confirmed_on) == "2027-02-22"
    assert adoption.changes.filter(action="confirmed").count() == 1
    assert "It stands at: Trying" in strict.get(path).content.decode()


def test_stopped_with_reasons_and_an_outcome(nudged, strict):
    adoption, path = nudged
    wrong = answer(strict, path, adoption, "moved", status="stopped", ended="2027-01", outcome="did_not_work")
    assert wrong.status_code == 422
    assert "Choose at least one reason" in wrong.content.decode()
    right = answer(
        strict, path, adoption, "moved", status="stopped", ended="2027-01", outcome="did_not_work", reasons=["money"]
    )
    assert right.status_code == 302
    adoption.refresh_from_db()
    assert (adoption.status, adoption.outcome, adoption.reasons) == ("stopped", "did_not_work", ["money"])
    assert adoption.changes.get(action="status_changed").by.email == "ada@example.org"
    assert "Stopped in Luton; it did not work: Market hall" in [one["Subject"] for one in delivered()]


def test_an_adopter_who_lost_the_right_changes_nothing(nudged, strict, adopter):
    adoption, path = nudged
    Adoption.objects.update(author=None)
    end_membership(membership=adopter.memberships.get(), by=None)
    for given in (strict.get(path), answer(strict, path, adoption, "still")):
        assert given.status_code == 403
        assert "Market hall" not in given.content.decode()
    adoption.refresh_from_db()
    assert str(adoption.confirmed_on) == "2026-11-22"


def test_a_practitioner_says_how_it_goes_without_vouching_for_the_council(market, luton, moderator, clock, strict):
    person = factories.UserFactory(email="pat@example.org")
    adoption = record(market, luton, person)
    moderation.decide_contribution(contribution=adoption, action="approve", by=moderator)
    clock.move_to("2027-02-22T12:00Z")
    path = link(asked()["pat@example.org"])
    answer(strict, path, adoption, "still")
    adoption.refresh_from_db()
    assert (adoption.verified, str(adoption.confirmed_on)) == (False, "2027-02-22")
    answer(strict, path, adoption, "moved", status="stopped", reasons=["money"])
    adoption.refresh_from_db()
    assert adoption.state == "held"
    assert "A moderator looks at it" in strict.get(path).content.decode()


def test_a_link_about_one_adoption_answers_for_no_other(nudged, strict, market):
    other = factories.adoption(market, factories.organisation("Hull"))
    _adoption, path = nudged
    assert answer(strict, path, other, "moved", status="stopped", reasons=["money"]).status_code == 404
    other.refresh_from_db()
    assert other.status == "running"


def test_the_bulk_question_of_right_agrees_with_the_predicate(market, luton, adopter, council, moderator):
    from casestudies.permissions import can_edit_adoption
    from casestudies.selectors.due import may_answer_for

    person = factories.UserFactory()
    closed_page = factories.case_study(council, audience="members")
    made = [
        record(market, luton, adopter),
        factories.adoption(market, factories.organisation("Hull"), author=person, verified=False),
        factories.adoption(closed_page, factories.organisation("Bury"), author=person, verified=False),
        factories.adoption(closed_page, luton, written_by="editors"),
        factories.adoption(closed_page, factories.organisation("York"), written_by="editors", verified=False),
        factories.adoption(factories.case_study(council, live=False), luton, author=person),
        factories.adoption(factories.case_study(council), luton, author=adopter, state="hidden"),
    ]
    factories.UserFactory(editor=True)
    factories.UserFactory(administrator=True)
    factories.member(luton, "lead")
    factories.member(luton)
    factories.UserFactory(is_active=False, is_superuser=True)
    adoptions = list(Adoption.objects.select_related("case_study").filter(pk__in=[one.pk for one in made]))
    many = may_answer_for(type(person).objects.values_list("pk", flat=True), adoptions)
    for one in type(person).objects.all():
        for adoption in adoptions:
            assert ((one.pk, adoption.pk) in many) is can_edit_adoption(one, adoption), (one, adoption.pk)


def test_two_beats_nudge_once(market, luton, adopter, clock):
    record(market, luton, adopter)
    clock.move_to("2027-02-22T12:00Z")
    services.ask_what_is_due()
    Adoption.objects.update(nudged_months=0)
    services.ask_what_is_due()
    assert OutgoingEmail.objects.filter(kind="question", person=adopter).count() == 1
