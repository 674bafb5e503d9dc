"""What an author types is kept while it grows, with every kind of row, and never under a reviewer's eyes."""

import pytest
from django.urls import reverse
from wagtail.models import Revision
from wagtail.test.utils.form_data import inline_formset, rich_text

from casestudies.models import CaseStudyPage
from tests import factories
from tests.casestudies.cms_form import form

pytestmark = pytest.mark.django_db
AUTOSAVE = {"accept": "application/json"}


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.fixture
def author(client, stockport):
    person = factories.member(stockport, "author")
    client.force_login(person)
    return person


def save(client, page, data):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(url, data, headers=AUTOSAVE)


def measure(**changes):
    values = {
        "indicator": "Empty shops", "unit": "%", "better": "lower", "before": "25", "before_date": "", "after": "12",
        "after_date": "", "target": "", "sample": "", "sample_size": "", "drop_out": "", "standard": "", "source": "",
        "comparison": "before_and_after", "why_comparable": "", "prices": "", "note": "",
    }  # fmt: skip
    return values | changes


def rows():
    place = factories.PlaceFactory()
    return {
        "milestones": inline_formset([{"date": "2019", "text": "Opened"}]),
        "measures": inline_formset([measure()]),
        "lessons": inline_formset([{"lesson": "Start in spring", "why": ""}]),
        "risks": inline_formset([{"risk": "Rain", "response": ""}]),
        "needs": inline_formset([{"kind": "people", "need": "A manager", "core": "on"}]),
        "case_study_places": inline_formset([{"place": place.pk}]),
        "partners": inline_formset([{"name": "Traders’ guild"}]),
        "sources": inline_formset([{"title": "Report", "url": "https://example.org/r", "kind": "official"}]),
    }


def test_a_new_page_is_kept_as_it_is_typed(client, author, stockport):
    url = reverse("wagtailadmin_pages:add", args=["casestudies", "casestudypage", stockport.page.pk])
    response = client.post(url, form(summary="", topics=[]), headers=AUTOSAVE)
    assert response.json()["success"] is True
    page = CaseStudyPage.objects.get()
    assert not page.live
    assert page.owner == author


def test_every_kind_of_row_is_kept_and_the_same_revision_is_written_again(client, author, stockport):
    page = factories.case_study(stockport, live=False, owner=author)
    first = save(client, page, form(**rows())).json()
    assert first["success"] is True
    kept = CaseStudyPage.objects.get().get_latest_revision_as_object()
    for name in rows():
        assert getattr(kept, name).count() == 1, name
    revisions = Revision.objects.for_instance(page).count()
    again = save(client, page, form(title="Market, again") | {"overwrite_revision_id": first["revision_id"]}).json()
    assert again["revision_id"] == first["revision_id"]
    assert Revision.objects.for_instance(page).count() == revisions
    assert CaseStudyPage.objects.get().get_latest_revision_as_object().title == "Market, again"


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": "", "contact_name": "", "contact_email": "", "topics": []},
        {"did_not_work": rich_text("")},
        {"started": "2014", "ended": "2013", "stage": "running"},
        {"measures": inline_formset([measure(before="", unit="", indicator="")])},
        {"lessons": inline_formset([{"lesson": "", "why": "Because"}])},
        {"problem": rich_text("<p>Ring 07700 900123</p>")},
    ],
)
def test_a_draft_that_a_reviewer_would_refuse_is_kept_too(client, author, stockport, changes):
    page = factories.case_study(stockport, live=False, owner=author)
    assert save(client, page, form(title="Half written", **changes)).json()["success"] is True
    assert CaseStudyPage.objects.get().get_latest_revision_as_object().title == "Half written"


def test_what_a_reviewer_has_is_never_touched(client, author, stockport):
    page = factories.case_study(stockport, live=False, owner=author)
    page.get_workflow().start(page, author)
    submitted = page.current_workflow_task_state.revision
    before = Revision.objects.get(pk=submitted.pk).content
    count = Revision.objects.for_instance(page).count()
    for data in (form(title="Changed"), form(title="Changed") | {"overwrite_revision_id": submitted.pk}):
        response = save(client, page, data)
        assert response.status_code != 200 or response.json()["success"] is False
    assert Revision.objects.get(pk=submitted.pk).content == before
    assert Revision.objects.for_instance(page).count() == count


def test_the_published_text_stays_until_the_change_is_approved(client, author, stockport):
    page = factories.case_study(stockport, owner=author, title="As published")
    assert save(client, page, form(title="Being changed")).json()["success"] is True
    page = CaseStudyPage.objects.get()
    assert (page.live, page.title) == (True, "As published")
    assert page.get_latest_revision_as_object().title == "Being changed"
