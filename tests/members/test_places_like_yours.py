"""Who is most like whom: worked out ahead, kept up to date, and asked for."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from members.models import Membership, SimilarityScale, SimilarOrganisation
from members.selectors import likenesses, own_organisation, similar_to
from members.services import end_membership, refresh_similarity
from members.services.similarity import KEPT
from members.similarity import likeness
from tests.factories import UserFactory, member, organisation

pytestmark = pytest.mark.django_db

TOWN = {
    "tier": "metropolitan",
    "nation": "England",
    "population": 294_773,
    "density": 2340.0,
    "rural_urban": "Urban",
    "deprivation_score": 20.8,
    "deprivation_decile": 6,
}
COUNTRY = {**TOWN, "tier": "district", "population": 90_000, "density": 60.0, "rural_urban": "Rural"}


@pytest.fixture
def councils():
    found = {
        "stockport": organisation("Stockport", **TOWN),
        "trafford": organisation("Trafford", **{**TOWN, "population": 237_000}),
        "leeds": organisation("Leeds", **{**TOWN, "population": 798_000, "deprivation_score": 27.0}),
        "pendle": organisation("Pendle", **COUNTRY),
        "friends": organisation("Friends of the Park", kind="community", tier="residents", nation="England"),
    }
    refresh_similarity()
    return found


def names(found):
    return [one.other.short_name for one in found]


def test_the_most_alike_come_first(councils, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = similar_to(councils["stockport"])
        assert [one.other.page.slug for one in found] == ["trafford", "leeds", "pendle"]
    assert [one.rank for one in found] == [1, 2, 3]
    assert 1 > found[0].score > found[1].score > found[2].score > 0
    assert names(similar_to(councils["stockport"], limit=1)) == ["Trafford"]


def test_a_score_is_the_same_from_both_sides(councils):
    there = SimilarOrganisation.objects.get(organisation=councils["stockport"], other=councils["pendle"])
    back = SimilarOrganisation.objects.get(organisation=councils["pendle"], other=councils["stockport"])
    assert there.score == pytest.approx(back.score)


def test_a_body_without_facts_is_like_nobody(councils):
    assert similar_to(councils["friends"]) == []
    assert "Friends of the Park" not in names(similar_to(councils["stockport"]))


def test_a_council_without_a_page_up_is_not_offered(councils):
    councils["trafford"].page.unpublish()
    assert names(similar_to(councils["stockport"])) == ["Leeds", "Pendle"]


def test_what_is_made_up_is_nobodys_like_but_has_its_own(councils):
    made_up = organisation("Exampleford", **TOWN, is_demonstration=True)
    refresh_similarity()
    assert "Exampleford" not in names(similar_to(councils["stockport"]))
    assert names(similar_to(made_up)) == ["Stockport", "Trafford", "Leeds", "Pendle"]


def test_any_pair_is_compared_on_the_scale_of_the_last_refresh(councils, django_assert_num_queries):
    stockport, others = councils["stockport"], [councils["pendle"], councils["friends"]]
    with django_assert_num_queries(1):
        found = likenesses(stockport, others)
    kept = SimilarOrganisation.objects.get(organisation=stockport, other=councils["pendle"])
    assert found[councils["pendle"].pk].score == pytest.approx(kept.score)
    assert found[councils["friends"].pk].score is None
    SimilarityScale.objects.all().delete()
    assert likenesses(stockport, others)[others[0].pk] == likeness(stockport, others[0])


def test_only_the_nearest_are_kept():
    for n in range(KEPT + 3):
        organisation(f"Council {n}", **{**TOWN, "population": 100_000 + n * 10_000})
    done = refresh_similarity()
    assert (done.compared, done.unknown) == (KEPT + 3, 0)
    assert SimilarOrganisation.objects.count() == (KEPT + 3) * KEPT
    assert SimilarityScale.objects.get().councils == KEPT + 3


def test_a_second_refresh_changes_nothing(councils):
    rows = list(SimilarOrganisation.objects.values_list("organisation", "other", "rank", "score"))
    refresh_similarity()
    assert list(SimilarOrganisation.objects.values_list("organisation", "other", "rank", "score")) == rows


def test_new_facts_are_noticed_once_they_are_saved(councils, deliver):
    with deliver():
        organisation("Leeds", **{**TOWN, "population": 294_000})
    assert names(similar_to(councils["stockport"]))[0] == "Leeds"
    with deliver():
        organisation("Bury", **{**TOWN, "population": 294_773})
    assert names(similar_to(councils["stockport"]))[0] == "Bury"


def test_bringing_up_to_date_without_news_does_no_work(councils, deliver):
    before = SimilarityScale.objects.get().refreshed_at
    with deliver():
        pass
    at_rest = SimilarityScale.objects.get().refreshed_at
    assert at_rest >= before
    with deliver():
        organisation("Stockport", **TOWN)
    assert SimilarityScale.objects.get().refreshed_at == at_rest


def test_the_command_says_what_it_did(councils):
    SimilarOrganisation.objects.all().delete()
    out = StringIO()
    call_command("refresh_similarity", stdout=out)
    assert "4 councils compared" in out.getvalue()
    assert "1 left out because too little is known" in out.getvalue()
    assert SimilarOrganisation.objects.count() == 12


def test_whose_council_is_meant_for_somebody_signed_in(councils):
    person = member(councils["pendle"], "member")
    Membership.objects.filter(person=person).update(started_at=timezone.now() - timedelta(days=9))
    later = member(councils["leeds"], "author")
    Membership.objects.filter(person=later).update(person=person)
    assert own_organisation(person) == councils["pendle"]
    end_membership(membership=Membership.objects.get(person=person, organisation=councils["pendle"]), by=None)
    assert own_organisation(person) == councils["leeds"]
    assert own_organisation(UserFactory()) is None
    assert own_organisation(None) is None
