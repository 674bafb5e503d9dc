"""What an author types is kept while it grows, with every kind of row, and never under a reviewer's eyes."""

import pytest
from django.urls import reverse
from wagtail.models import Revision
from wagtail.test.utils.form_data import inline_formset, rich_text

from casestudies.completeness import completeness, completeness_of
from casestudies.models import CaseStudyPage, Indicator
from casestudies.selectors.evidence import facts_of_draft
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
        {"measures": inline_formset([measure(after="")])},
        {"measures": inline_formset([measure(before="", unit="", indicator="", after="")])},
        {"lessons": inline_formset([{"lesson": "", "why": "Because"}])},
        {"problem": rich_text("<p>Ring 07700 900123</p>")},
    ],
)
def test_a_draft_that_a_reviewer_would_refuse_is_kept_too(client, author, stockport, changes):
    page = factories.case_study(stockport, live=False, owner=author)
    assert save(client, page, form(title="Half written", **changes)).json()["success"] is True
    assert CaseStudyPage.objects.get().get_latest_revision_as_object().title == "Half written"


@pytest.fixture
def begun(client, author, stockport):
    """A draft with one figure that is whole, and one whose number is not typed yet."""
    page = factories.case_study(
        stockport, live=False, owner=author, outcome="worked", topics=[factories.TopicFactory()]
    )
    half = measure(indicator="Visits", unit="visits", after="", source="https://example.org/half")
    data = form(measures=inline_formset([measure(before_date="2018", after_date="2020"), half]))
    assert save(client, page, data).status_code == 200
    return CaseStudyPage.objects.get(pk=page.pk)


def test_a_figure_without_its_number_is_none_wherever_the_draft_is_seen(client, begun):
    draft = begun.get_latest_revision_as_object()
    assert [one.after for one in draft.measures.all()] == [12, None]
    facts = facts_of_draft(draft)
    assert ([one.indicator for one in facts.measures], facts.sources) == (["Empty shops"], 0)
    edit = reverse("wagtailadmin_pages:edit", args=[begun.pk])
    assert "the figure after" in client.get(edit).content.decode()
    for mode in ("member", "everybody"):
        shown = client.get(reverse("wagtailadmin_pages:view_draft", args=[begun.pk]) + f"?mode={mode}")
        assert shown.status_code == 200
        assert "Empty shops" in shown.content.decode()
        assert "Visits" not in shown.content.decode()
    compare = reverse("wagtailadmin_pages:revisions_compare", args=[begun.pk, "earliest", "latest"])
    assert client.get(compare).status_code == 200


def test_the_meter_counts_no_figure_that_has_no_number(client, author, stockport):
    page = factories.case_study(stockport, live=False, owner=author)
    assert save(client, page, form(measures=inline_formset([measure(after="")]))).status_code == 200
    page = CaseStudyPage.objects.get()
    for found in (completeness(page), completeness_of(page.latest_revision.content)):
        assert "a figure" in [str(one) for one in found.missing]
    assert save(client, page, form(measures=inline_formset([measure()]))).status_code == 200
    page = CaseStudyPage.objects.get()
    for found in (completeness(page), completeness_of(page.latest_revision.content)):
        assert "a figure" not in [str(one) for one in found.missing]


def test_what_is_submitted_has_every_number(client, begun):
    row = begun.measures.last()
    kept = [measure(id=str(one.pk), after="12" if one.pk != row.pk else "") for one in begun.measures.all()]
    data = form(measures=inline_formset(kept, initial=2)) | {"action-submit": "1"}
    response = client.post(reverse("wagtailadmin_pages:edit", args=[begun.pk]), data)
    assert response.context["form"].formsets["measures"].forms[1].errors == {"after": ["This field is required."]}
    assert CaseStudyPage.objects.get().current_workflow_state is None


def test_what_is_published_past_the_form_leaves_out_what_nobody_finished(client, begun):
    begun.get_latest_revision().publish()
    live = CaseStudyPage.objects.get()
    assert list(live.measures.values_list("indicator", "after")) == [("Empty shops", 12)]
    assert not Indicator.objects.filter(name="Visits").exists()
    assert "Visits" not in client.get(live.url).content.decode()
    # The page's history still has the row.
    assert [one.after for one in live.latest_revision.as_object().measures.all()] == [12, None]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contact_email": "sam@"}, ["“Contact: email”", "valid email"]),
        ({"source_url": "https://"}, ["“Where it was published first”", "valid URL"]),
        ({"started": "20"}, ["“Started”", "like 2013"]),
        (
            {"measures": inline_formset([measure(), measure(after="about a third")])},
            ["Measures 2", "“After”", "number"],
        ),
        ({"sources": inline_formset([{"title": "", "url": "www", "kind": "official"}])}, ["Sources 1", "“Address”"]),
        ({"milestones": inline_formset([{"date": "20", "text": ""}])}, ["Milestones 1", "“When”", "like 2013"]),
    ],
)
def test_what_is_half_typed_is_named_beside_the_pause(client, author, stockport, changes, words):
    page = factories.case_study(stockport, live=False, owner=author)
    response = save(client, page, form(title="Half typed", **changes))
    assert (response.status_code, response.json()["error_code"]) == (400, "validation_error")
    message = response.json()["error_message"]
    assert "not saved yet" in message
    for word in words:
        assert word in message
    new = reverse("wagtailadmin_pages:add", args=["casestudies", "casestudypage", stockport.page.pk])
    assert client.post(new, form(**changes), headers=AUTOSAVE).json()["error_message"] == message


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
