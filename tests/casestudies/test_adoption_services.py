"""Recording that somebody else tried it: who may, what is refused, what is kept and who hears of it."""

from dataclasses import replace

import pytest
import time_machine
from django.core.exceptions import ValidationError

from casestudies import services
from casestudies.adoption_facts import AdoptionFacts, MeasureFacts
from casestudies.errors import AlreadyRecorded, NotAllowed
from casestudies.models import Adoption
from casestudies.selectors.adoptions import history_of
from core.models import Event
from members.services import end_membership
from moderation import services as moderation
from tests import factories

pytestmark = pytest.mark.django_db

TRYING = AdoptionFacts(status="trying", started="2024-03", words="We opened on Mondays.")


@pytest.fixture
def origin():
    return factories.organisation("Stockport")


@pytest.fixture
def market(origin):
    return factories.case_study(origin, title="Market in an empty shop", topics=[factories.TopicFactory()])


@pytest.fixture
def kirklees():
    return factories.organisation("Kirklees")


@pytest.fixture
def author(kirklees):
    return factories.member(kirklees, "author", name="Ada Author")


@pytest.fixture
def moderator():
    return factories.UserFactory(moderator=True)


def record(market, kirklees, by, facts=TRYING):
    return services.record_adoption(case_study=market, organisation=kirklees, facts=facts, by=by)[0]


def events(kind="adoption."):
    return list(Event.objects.filter(kind__startswith=kind).order_by("pk").values_list("kind", flat=True))


def wrong(market, kirklees, by, **said):
    with pytest.raises(ValidationError) as refused:
        record(market, kirklees, by, replace(TRYING, **said))
    assert not Adoption.objects.exists()
    return refused.value.message_dict


# --- recording ----------------------------------------------------------------------------------


def test_an_author_of_the_adopting_organisation_publishes_a_verified_record_at_once(market, origin, kirklees, author):
    place = factories.PlaceFactory()
    adoption = record(market, kirklees, author, replace(TRYING, place=place))
    assert (adoption.state, adoption.verified, adoption.author) == ("published", True, author)
    event = Event.objects.get(kind="adoption.published")
    touched = {(one.kind, one.object_id) for one in event.targets.all()}
    assert touched >= {
        ("adoption", adoption.pk), ("case_study", market.pk), ("topic", market.topics.get().pk),
        ("organisation", origin.pk), ("organisation", kirklees.pk), ("place", place.pk),
    }  # fmt: skip
    assert (event.data["origin_id"], event.data["organisation_id"]) == (origin.pk, kirklees.pk)


@pytest.mark.parametrize("role", ["member", "approver"])
def test_a_member_who_is_no_author_waits_for_a_moderator(market, kirklees, role):
    adoption = record(market, kirklees, factories.member(kirklees, role))
    assert (adoption.state, adoption.verified) == ("held", False)
    assert adoption.state_reasons == ["not_of_organisation"]


def test_an_author_of_another_council_and_a_moderator_wait_too(market, kirklees, origin, moderator):
    for number, person in enumerate([factories.member(origin, "author"), moderator]):
        adoption = record(market, kirklees, person, replace(TRYING, place=factories.PlaceFactory(slug=f"x{number}")))
        assert (adoption.state, adoption.verified) == ("held", False)


def test_a_newcomers_record_says_both_reasons(market, kirklees):
    adoption = record(market, kirklees, factories.UserFactory())
    assert adoption.state_reasons == ["not_of_organisation", "new_person"]
    assert events() == ["adoption.held"]


def test_what_a_moderator_lets_through_is_public_and_not_verified(market, kirklees, moderator):
    adoption = record(market, kirklees, factories.UserFactory())
    moderation.decide_contribution(contribution=adoption, action="approve", by=moderator)
    adoption.refresh_from_db()
    assert (adoption.state, adoption.verified) == ("published", False)
    assert Event.objects.get(kind="adoption.published").data["again"] is False


def test_two_records_without_words_do_not_repeat_each_other(market, origin, kirklees, author):
    other = factories.case_study(origin)
    silent = replace(TRYING, words="")
    assert record(market, kirklees, author, silent).state == "published"
    assert record(other, kirklees, author, silent).state == "published"


def test_nobody_records_what_they_may_not_read(origin, kirklees):
    hidden, draft = factories.case_study(origin, audience="members"), factories.case_study(origin, live=False)
    for page in (hidden, draft):
        with pytest.raises(NotAllowed):
            record(page, kirklees, factories.UserFactory())
    lapsed = factories.member(kirklees, "author")
    end_membership(membership=lapsed.memberships.get(), by=None)
    with pytest.raises(NotAllowed):
        record(hidden, kirklees, lapsed)
    with pytest.raises(NotAllowed):
        record(factories.case_study(origin), kirklees, factories.UserFactory(is_active=False))


def test_editors_write_from_a_public_source_and_only_they(market, kirklees, author):
    editor = factories.UserFactory(editor=True)
    given = {"case_study": market, "organisation": kirklees, "facts": TRYING}
    with pytest.raises(ValidationError) as refused:
        services.record_from_source(**given, source_url=" ", by=editor)
    assert list(refused.value.message_dict) == ["source_url"]
    with pytest.raises(NotAllowed):
        services.record_from_source(**given, source_url="https://example.org/report", by=author)
    adoption, _verdict = services.record_from_source(**given, source_url="https://example.org/report", by=editor)
    assert (adoption.state, adoption.verified, adoption.written_by) == ("published", False, "editors")
    services.confirm_adoption(adoption=adoption, by=author)
    assert adoption.verified


# --- what is refused ----------------------------------------------------------------------------


@time_machine.travel("2026-11-22 12:00")
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"status": "stopped", "ended": "2024-02", "reasons": ["money"]}, "ended"),
        ({"ended": "2024-05"}, "status"),
        ({"status": "stopped"}, "reasons"),
        ({"outcome": "did_not_work"}, "reasons"),
        ({"outcome": "did_not_work", "reasons": ["other"]}, "other_reason"),
        ({"started": "2027-01"}, "started"),
        ({"status": "stopped", "ended": "2028", "reasons": ["money"]}, "ended"),
        ({"status": "planning", "outcome": "worked"}, "outcome"),
        ({"measures": [MeasureFacts(indicator="Shops", unit="shops", after=-1)]}, "measures"),
        ({"measures": [MeasureFacts(indicator="Shops", unit="shops", after=1, after_date="2027-05")]}, "measures"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(market, kirklees, author, said, field):
    assert list(wrong(market, kirklees, author, **said)) == [field]


@time_machine.travel("2026-11-22 12:00")
def test_a_plan_may_lie_ahead_and_next_month_is_no_mistake(market, kirklees, author):
    assert record(market, kirklees, author, AdoptionFacts(status="planning", started="2027-09")).pk
    services.change_status(adoption=Adoption.objects.get(), status="trying", by=author, started="2026-12")
    assert Adoption.objects.get().started == "2026-12"


def test_nobody_adopts_their_own(market, origin):
    author = factories.member(origin, "author")
    assert list(wrong(market, origin, author)) == ["organisation"]


def test_a_place_is_recorded_once_and_the_message_leads_to_it(market, kirklees, author):
    first = record(market, kirklees, author)
    with pytest.raises(AlreadyRecorded) as refused:
        record(market, kirklees, author)
    assert refused.value.adoption == first
    place = factories.PlaceFactory()
    second = record(market, kirklees, author, replace(TRYING, place=place))
    with pytest.raises(AlreadyRecorded):
        services.correct_adoption(adoption=second, facts=TRYING, by=author)
    services.withdraw_adoption(adoption=first, by=author)
    assert record(market, kirklees, author).pk


def test_the_own_account_must_be_the_adopters_and_published(market, origin, kirklees, author):
    for own in (
        market,
        factories.case_study(origin),
        factories.case_study(factories.organisation("Wigan")),
        factories.case_study(kirklees, live=False),
    ):
        assert list(wrong(market, kirklees, author, own_case_study=own)) == ["own_case_study"]
    ours = factories.case_study(kirklees)
    assert record(market, kirklees, author, replace(TRYING, own_case_study=ours)).own_case_study == ours


def test_descent_never_closes_a_circle_at_any_depth(market, origin, kirklees, author):
    wigan = factories.organisation("Wigan")
    ours, theirs = factories.case_study(kirklees, title="Second"), factories.case_study(wigan, title="Third")
    factories.adoption(market, kirklees, own_case_study=ours)
    last = factories.adoption(ours, wigan, own_case_study=theirs, state="held")
    by = factories.member(origin, "author")
    facts = replace(TRYING, own_case_study=market)
    with pytest.raises(ValidationError) as refused:
        services.record_adoption(case_study=theirs, organisation=origin, facts=facts, by=by)
    message = refused.value.message_dict["own_case_study"][0]
    assert "Third ← Second ← Market in an empty shop" in message
    Adoption.objects.filter(pk=last.pk).update(state="removed")
    assert services.record_adoption(case_study=theirs, organisation=origin, facts=facts, by=by)[0].pk


# --- correcting, confirming, withdrawing --------------------------------------------------------


def test_a_change_of_status_is_told_and_stands_in_the_history_in_words(market, kirklees, author):
    with time_machine.travel("2026-01-10 12:00"):
        adoption = record(market, kirklees, author)
    with time_machine.travel("2026-03-10 12:00"):
        services.change_status(
            adoption=adoption, status="stopped", by=author, ended="2026-02", reasons=["people", "money"],
            outcome="partly_worked",
        )  # fmt: skip
    assert events() == ["adoption.published", "adoption.changed", "adoption.status_changed"]
    data = Event.objects.get(kind="adoption.status_changed").data
    assert (data["from"], data["to"], data["outcome"]) == ("trying", "stopped", "partly_worked")
    assert adoption.reasons == ["money", "people"]
    assert [step.words for step in history_of(adoption)] == ["recorded as trying", "from trying to stopped"]
    change = adoption.changes.last()
    assert change.before == {"status": "trying", "ended": "", "outcome": "", "reasons": []}


def test_a_change_that_changes_nothing_leaves_no_trace(market, kirklees, author):
    adoption = record(
        market, kirklees, author, replace(TRYING, measures=[MeasureFacts(indicator="A", unit="b", after=1)])
    )
    assert services.correct_adoption(adoption=adoption, facts=AdoptionFacts.of(adoption), by=author) is None
    assert (events(), adoption.changes.count(), adoption.measures.count()) == (["adoption.published"], 1, 1)


def test_a_practitioners_change_goes_to_a_moderator_again(market, kirklees, moderator):
    person = factories.UserFactory()
    adoption = record(market, kirklees, person)
    moderation.decide_contribution(contribution=adoption, action="approve", by=moderator)
    services.change_status(adoption=adoption, status="running", by=person)
    assert adoption.state == "held"
    assert "adoption.status_changed" not in events()
    moderation.decide_contribution(contribution=adoption, action="approve", by=moderator)
    assert Event.objects.filter(kind="adoption.published").last().data["again"] is True


def test_an_author_who_confirms_what_waits_publishes_it(market, kirklees, author):
    adoption = record(market, kirklees, factories.UserFactory())
    services.confirm_adoption(adoption=adoption, by=author)
    assert (adoption.state, adoption.verified) == ("published", True)
    assert adoption.confirmed_on is not None


def test_what_a_moderator_sent_back_is_not_published_by_confirming(market, kirklees, author, moderator):
    adoption = record(market, kirklees, factories.UserFactory())
    moderation.decide_contribution(
        contribution=adoption, action="ask_for_changes", by=moderator, reason="unclear", words="Say where."
    )
    services.confirm_adoption(adoption=adoption, by=author)
    assert adoption.state == "draft"


@pytest.mark.parametrize("role", ["member", "approver"])
def test_only_authors_and_leads_of_the_adopter_confirm(market, kirklees, origin, author, role):
    adoption = record(market, kirklees, author)
    people = [factories.member(kirklees, role), factories.member(origin, "lead"), factories.UserFactory(moderator=True)]
    for person in people:
        with pytest.raises(NotAllowed):
            services.confirm_adoption(adoption=adoption, by=person)


def test_any_author_of_the_adopter_withdraws_and_the_origin_cannot(market, kirklees, origin, author):
    adoption = record(market, kirklees, author)
    for role in ("author", "lead", "approver"):
        with pytest.raises(NotAllowed):
            services.withdraw_adoption(adoption=adoption, by=factories.member(origin, role))
    colleague = factories.member(kirklees, "lead")
    services.withdraw_adoption(adoption=adoption, by=colleague)
    services.withdraw_adoption(adoption=adoption, by=colleague)
    assert (adoption.state, events()) == ("removed", ["adoption.published", "adoption.removed"])
    assert adoption.changes.filter(action="withdrawn").count() == 1


def test_who_recorded_it_may_take_it_back_until_the_organisation_vouches_for_it(market, kirklees, author, moderator):
    person = factories.UserFactory()
    adoption = record(market, kirklees, person)
    moderation.decide_contribution(contribution=adoption, action="approve", by=moderator)
    services.confirm_adoption(adoption=adoption, by=author)
    with pytest.raises(NotAllowed):
        services.withdraw_adoption(adoption=adoption, by=person)
    other = record(market, kirklees, person, replace(TRYING, place=factories.PlaceFactory()))
    services.withdraw_adoption(adoption=other, by=person)
    assert other.state == "removed"


def test_somebody_who_left_keeps_no_hand_in_the_organisations_record(market, kirklees, author):
    adoption = record(market, kirklees, author)
    end_membership(membership=author.memberships.get(), by=None)
    for act in (services.withdraw_adoption, services.confirm_adoption):
        with pytest.raises(NotAllowed):
            act(adoption=adoption, by=author)
    with pytest.raises(NotAllowed):
        services.change_status(adoption=adoption, status="running", by=author)


def test_what_a_moderator_hid_cannot_be_changed_or_withdrawn(market, kirklees, author, moderator):
    adoption = record(market, kirklees, author)
    moderation.hide(contribution=adoption, by=moderator, reason="promotion", words="It sells something.")
    adoption.refresh_from_db()
    for act in (services.withdraw_adoption, services.confirm_adoption):
        with pytest.raises(NotAllowed):
            act(adoption=adoption, by=author)
    moderation.restore(contribution=adoption, by=moderator)
    assert events()[-2:] == ["adoption.removed", "adoption.published"]
