"""The stored rating: computed from the database, written when it changes, and recorded once."""

import pytest

from casestudies.models import AdoptionMeasure, Standing
from casestudies.services import rate_case_studies
from core.delivery import deliver_all
from core.models import Event
from tests.factories import TopicFactory, adoption, case_study, organisation

pytestmark = pytest.mark.django_db

SHOPS = {"indicator": "Empty shops", "unit": "%", "better": "lower", "before_date": "2018", "after_date": "2020"}


def compared(of, **fields):
    """A case study at row 3, its cost stated."""
    page = case_study(of, live=False, source_url="https://example.org/report", setup_cost=1000, **fields)
    page.measures.create(
        **SHOPS, before=25, after=12, comparison="comparison_group", why_comparable="The next town, of the same size."
    )
    page.save_revision().publish()
    return page


def adopts(page, name, after, **fields):
    found = adoption(page, organisation(name), **fields)
    AdoptionMeasure.objects.create(adoption=found, **SHOPS, before=20, after=after)
    return found


def rating(page):
    return Standing.objects.get(page=page).rating


def test_publication_rates_a_case_study_once_and_its_first_rating_is_marked(settings):
    page = compared(organisation(), topics=[TopicFactory()])
    deliver_all(only="evidence")
    assert rating(page) == 3
    event = Event.objects.get(kind="case_study.rated")
    assert event.data == {"from": 0, "to": 3, "title": page.title, "first": True}
    assert {target.kind for target in event.targets.all()} == {"case_study", "organisation", "topic"}
    assert rate_case_studies([page.pk]) == 0
    assert Event.objects.filter(kind="case_study.rated").count() == 1
