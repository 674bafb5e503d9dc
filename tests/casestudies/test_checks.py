"""Before a reviewer sees it: what is wrong is said at its field, in the CMS's own form; a draft may wait."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.test.utils.form_data import inline_formset, rich_text

from casestudies.checks import is_file_name
from casestudies.completeness import completeness, completeness_of
from casestudies.models import CaseStudyPage
from tests import factories
from tests.casestudies.cms_form import form

pytestmark = pytest.mark.django_db
PHONE = "07700 900123"


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.fixture
def author(client, stockport):
    person = factories.member(stockport, "author")
    client.force_login(person)
    return person


@pytest.fixture
def send(client, stockport):
    def post(data, *, page=None, submit=True):
        url = (
            reverse("wagtailadmin_pages:edit", args=[page.pk])
            if page
            else reverse("wagtailadmin_pages:add", args=["casestudies", "casestudypage", stockport.page.pk])
        )
        return client.post(url, {**data, "action-submit": "1"} if submit else data)

    return post


def refused(response):
    """The errors of the page's form, and of its rows as `rows.field`."""
    assert response.status_code == 200
    form = response.context["form"]
    errors = {name: str(found) for name, found in form.errors.items()}
    for rows, formset in form.formsets.items():
        for row in formset.forms:
            errors |= {f"{rows}.{name}": str(found) for name, found in row.errors.items()}
    return errors


def measure(**changes):
    values = {
        "indicator": "Empty shops", "unit": "%", "better": "lower", "before": "25", "before_date": "2018",
        "after": "12", "after_date": "2020", "target": "", "sample": "", "sample_size": "", "drop_out": "",
        "comparison": "before_and_after", "why_comparable": "", "prices": "", "source": "", "note": "", "standard": "",
    }  # fmt: skip
    return inline_formset([values | changes])


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"started": "2014", "ended": "2013", "stage": "ended"}, "ended", "before"),
        ({"started": "2013", "ended": "2014", "stage": "running"}, "stage", "end date"),
        ({"setup_cost": "-5"}, "setup_cost", "0"),
        ({"yearly_cost": "-1"}, "yearly_cost", "0"),
        ({"started": "spring"}, "started", "year"),
        ({"measures": measure(before="")}, "measures.before", "figure before"),
        ({"measures": measure(unit="")}, "measures.unit", "required"),
        ({"measures": measure(after="")}, "measures.after", "required"),
        ({"measures": measure(before_date="2021")}, "measures.after_date", "before"),
        ({"problem": rich_text(f"<p>Ring {PHONE}</p>")}, "problem", PHONE),
        ({"summary": f"Ring {PHONE}."}, "summary", PHONE),
        ({"lessons": inline_formset([{"lesson": f"Ring {PHONE}", "why": ""}])}, "lessons.lesson", PHONE),
        ({"other_text": rich_text("<p>jo.bloggs@gmail.com</p>")}, "other_text", "jo.bloggs@gmail.com"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_at_its_field(author, send, changes, field, words):
    errors = refused(send(form(**changes)))
    assert list(errors) == [field]
    assert words in errors[field]
    assert not CaseStudyPage.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"started": "2014", "ended": "2013", "stage": "running"},
        {"measures": measure(before="", unit="", indicator="")},
        {"problem": rich_text(f"<p>Ring {PHONE}</p>")},
        {"lessons": inline_formset([{"lesson": "", "why": "Because"}])},
        {"contact_name": "", "summary": "", "topics": []},
    ],
)
def test_a_draft_may_be_wrong_for_a_while(author, send, changes):
    assert send(form(**changes), submit=False).status_code == 302
    assert not CaseStudyPage.objects.get().live


def test_a_tick_lets_it_pass_and_is_for_that_text_alone(client, author, send):
    text = rich_text(f"<p>The shop’s number is {PHONE}.</p>")
    response = send(form(problem=text))
    soup = BeautifulSoup(response.content, "html.parser")
    (tick,) = soup.find_all("input", {"name": "public_details"})
    assert PHONE in tick.find_parent("label").get_text()
    ticked = form(problem=text) | {"public_details": [tick["value"]]}
    assert send(ticked).status_code == 302
    page = CaseStudyPage.objects.get()
    assert page.public_details == [tick["value"]]
    page.current_workflow_state.cancel(user=author)
    # It is remembered, and offered again ticked.
    soup = BeautifulSoup(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content, "html.parser")
    assert soup.find("input", {"name": "public_details"}).has_attr("checked")
    changed = ticked | form(problem=rich_text("<p>The shop’s number is 07700 900124.</p>"))
    assert list(refused(send(changed, page=page))) == ["problem"]
    assert send(ticked | form(), page=page).status_code == 302
    assert CaseStudyPage.objects.get().get_latest_revision_as_object().public_details == []


def test_nothing_to_tick_where_nothing_is_found(client, author, stockport):
    page = factories.case_study(stockport, live=False, owner=author)
    body = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "public_details" not in body


def test_a_draft_says_what_a_reviewer_would_send_back(client, author, stockport):
    page = factories.case_study(
        stockport, live=False, owner=author, did_not_work="", contact_email="", problem=f"<p>{PHONE}</p>"
    )
    soup = BeautifulSoup(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content, "html.parser")
    meter = soup.find(class_="cl-meter")
    for words in ("a topic, so that people find it", "what did not work", "a contact", "personal details"):
        assert words in meter.get_text()
    # Every link leads to something that is there.
    for link in meter.find_all("a"):
        name = link["href"].removeprefix("#id_").removesuffix("-label").removesuffix("-ADD")
        assert soup.find(id=link["href"].removeprefix("#")) or soup.find(attrs={"name": name}), link


@pytest.mark.parametrize(
    ("text", "only_a_name"),
    [
        ("IMG_2031.jpg", True),
        ("IMG 2031", True),
        ("DSC00012", True),
        ("20190412_101500", True),
        ("market-stall.png", True),
        ("test_image", False),
        ("A market stall under the town hall", False),
        ("Photo of 3 stalls", False),
    ],
)
def test_a_file_name_is_no_description(text, only_a_name):
    assert is_file_name(text, None) is only_a_name


def test_a_photo_whose_words_are_its_file_name_is_refused(author, send, stockport, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    image = get_image_model().objects.create(
        title="x", file=get_test_image_file(filename="market_hall_2.png"), collection=stockport.collection
    )
    photos = inline_formset([{"image": image.pk, "alternative_text": "market hall 2", "credit": ""}])
    errors = refused(send(form(photos=photos)))
    assert list(errors) == ["photos.alternative_text"]
    assert "name of a file" in errors["photos.alternative_text"]


def test_the_meter_reads_the_same_of_a_page_and_of_its_revision(stockport):
    page = factories.case_study(
        stockport, live=False, topics=[factories.TopicFactory()], places=[factories.PlaceFactory()], setup_cost=0
    )
    page.lessons.create(lesson="List it early")
    page.save_revision()
    content = CaseStudyPage.objects.get().latest_revision.content
    assert completeness_of(content) == completeness(page)


def test_every_question_has_a_prompt(client, author, stockport):
    page = factories.case_study(stockport, live=False, owner=author)
    handler = page.get_edit_handler()
    asked = [panel for panel in _panels(handler) if isinstance(panel, (FieldPanel, InlinePanel))]
    bound = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).context["form"]
    silent = [
        panel.clean_name
        for panel in asked
        if not str(panel.help_text or getattr(_field(bound, panel), "help_text", "") or "").strip()
    ]
    assert not silent


def _panels(panel):
    children = getattr(panel, "children", None)
    if children is None:
        return [panel]
    return [one for child in children for one in _panels(child)]


def _field(form, panel):
    return form.fields.get(getattr(panel, "field_name", ""))
