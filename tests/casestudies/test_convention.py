"""The convention: what a case study holds, when it is complete, who may read it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from casestudies.completeness import completeness
from casestudies.models import CaseStudyPage, Measure
from casestudies.permissions import can_read, can_see_contact
from core.models import Event
from members.services import end_membership
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.fixture
def people(stockport):
    """One of each who may ask to read."""
    elsewhere = factories.organisation("Kirklees")
    lapsed = factories.member(stockport)
    end_membership(membership=lapsed.memberships.get(), by=None)
    suspended = factories.member(stockport, is_active=False)
    return {
        "visitor": AnonymousUser(),
        "subscriber": factories.UserFactory(),
        "lapsed": lapsed,
        "suspended": suspended,
        "member": factories.member(stockport),
        "member elsewhere": factories.member(elsewhere),
        "moderator": factories.UserFactory(moderator=True),
        "administrator": factories.UserFactory(administrator=True),
    }


READS_MEMBERS_ONLY = {"member", "member elsewhere", "moderator", "administrator"}


@pytest.mark.parametrize("audience", ["public", "members"])
@pytest.mark.parametrize("live", [True, False])
def test_the_predicate_and_its_queryset_agree_for_everybody(stockport, people, audience, live):
    page = factories.case_study(stockport, audience=audience, live=live)
    page.refresh_from_db()
    for name, person in people.items():
        may = can_read(person, page)
        assert may == CaseStudyPage.objects.visible_to(person).filter(pk=page.pk).exists(), name
        assert may == (live and (audience == "public" or name in READS_MEMBERS_ONLY)), name


def test_the_contact_is_for_signed_in_readers(stockport, people):
    public = factories.case_study(stockport)
    private = factories.case_study(stockport, audience="members")
    assert not can_see_contact(people["visitor"], public)
    assert can_see_contact(people["subscriber"], public)
    assert not can_see_contact(people["subscriber"], private)
    assert can_see_contact(people["member elsewhere"], private)


def test_a_draft_is_told_what_it_lacks(stockport):
    page = factories.case_study(stockport, live=False, did_not_work="<p> </p>", contact_email="", started="")
    told = completeness(page)
    assert "what did not work" in [str(part) for part in told.missing]
    assert "a contact" in [str(part) for part in told.missing]
    assert "when it started" in [str(part) for part in told.missing]
    assert told.percent < 60


def test_nothing_is_a_cost_too(stockport):
    page = factories.case_study(stockport, setup_cost=0)
    assert page.has_cost
    assert not factories.case_study(stockport).has_cost


def test_an_account_by_the_editors_needs_no_contact(stockport):
    page = factories.case_study(stockport, written_by="editors", contact_name="", contact_email="")
    assert "a contact" not in [str(part) for part in completeness(page).missing]


@pytest.mark.parametrize(
    ("before", "after", "better", "change", "improved"),
    [
        (10, 7, "lower", -3, True),
        (10, 7, "higher", -3, False),
        (0, 5, "higher", 5, True),
        (4, 4, "higher", 0, None),
        (None, 4, "higher", None, None),
    ],
)
def test_a_measure_says_which_way_it_went(before, after, better, change, improved):
    measure = Measure(before=before, after=after, better=better)
    assert (measure.change, measure.improved) == (change, improved)


def test_before_and_after_needs_a_before():
    with pytest.raises(ValidationError, match="before"):
        Measure(indicator="Shops", unit="%", after=3, comparison="before_and_after").clean()


@pytest.mark.parametrize(
    ("started", "ended", "stage", "field"),
    [
        ("2014", "2013", "ended", "ended"),
        ("2013-05", "2013-04", "ended", "ended"),
        ("2013", "2014", "running", "stage"),
    ],
)
def test_dates_that_contradict_each_other_are_refused_at_the_field(stockport, started, ended, stage, field):
    page = factories.case_study(stockport, live=False)
    page.started, page.ended, page.stage = started, ended, stage
    with pytest.raises(ValidationError) as refused:
        page.clean()
    assert field in refused.value.message_dict


def test_publishing_tells_everybody_whom_it_concerns(stockport):
    parent = factories.TopicFactory(name="High streets")
    topic = factories.TopicFactory(name="Empty shops", parent=parent)
    place = factories.PlaceFactory()
    pilots = factories.programme()
    page = factories.case_study(stockport, live=False, programme=pilots)
    page.topics.add(topic)
    page.case_study_places.create(place=place)
    page.save()
    author = factories.UserFactory()
    page.save_revision(user=author).publish(user=author, skip_permission_checks=True)
    event = Event.objects.get(kind="case_study.published", subject_id=page.pk)
    assert event.actor == author
    assert {(target.kind, target.object_id) for target in event.targets.all()} == {
        ("case_study", page.pk),
        ("organisation", stockport.pk),
        ("topic", topic.pk),
        ("topic", parent.pk),
        ("programme", pilots.pk),
        ("place", place.pk),
    }


def test_later_publications_are_updates_and_withdrawal_is_told(stockport):
    page = factories.case_study(stockport)
    page.summary = "Traders opened two markets."
    page.save_revision().publish()
    page.refresh_from_db()
    page.unpublish()
    page.delete()
    kinds = list(Event.objects.filter(subject_kind="case_study", subject_id=page.pk).values_list("kind", flat=True))
    assert kinds == ["case_study.published", "case_study.updated", "case_study.unpublished", "case_study.deleted"]


def test_events_hold_no_text_of_the_page(stockport):
    page = factories.case_study(stockport, audience="members", problem="<p>Members’ secret</p>")
    for event in Event.objects.filter(subject_id=page.pk, subject_kind="case_study"):
        assert set(event.data) <= {"title", "audience"}
