"""An author in the CMS: start with four answers, save whatever there is, submit what can be judged."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.test.utils.form_data import inline_formset, rich_text

from casestudies.completeness import completeness
from casestudies.models import CaseStudyPage, Photo
from casestudies.services import start_case_study
from members.errors import NotAllowed
from tests import factories
from tests.casestudies.cms_form import TEXTS, form

pytestmark = pytest.mark.django_db


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
    def post(data, *, page=None, action=""):
        url = (
            reverse("wagtailadmin_pages:edit", args=[page.pk])
            if page
            else reverse("wagtailadmin_pages:add", args=["casestudies", "casestudypage", stockport.page.pk])
        )
        return client.post(url, {**data, action: "1"} if action else data)

    return post


def _errors(response):
    return {name: str(errors) for name, errors in response.context["form"].errors.items()}


def test_a_draft_may_lack_almost_everything(author, send):
    blank = {name: rich_text("") for name in TEXTS}
    response = send(form(summary="", outcome="", contact_name="", contact_email="", topics=[], **blank))
    assert response.status_code == 302
    page = CaseStudyPage.objects.get()
    assert not page.live
    assert page.owner == author


def test_what_is_complete_goes_to_review(author, send):
    assert send(form(), action="action-submit").status_code == 302
    page = CaseStudyPage.objects.get()
    assert page.workflow_in_progress
    assert not page.live


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"topics": []}, "topics"),
        ({"topics": 6}, "topics"),
        ({"did_not_work": rich_text("<p> </p>")}, "did_not_work"),
        ({"contact_name": ""}, "contact_name"),
        ({"contact_email": ""}, "contact_email"),
    ],
)
def test_a_reviewer_gets_nothing_that_cannot_be_judged(author, send, changes, field):
    if changes.get("topics"):
        changes = {"topics": [factories.TopicFactory().pk for _ in range(6)]}
    response = send(form(**changes), action="action-submit")
    assert response.status_code == 200
    assert list(_errors(response)) == [field]
    assert not CaseStudyPage.objects.exists()
    # As a draft it may wait.
    assert send(form(**changes)).status_code == 302


def test_the_editors_account_from_public_sources_needs_no_contact(author, send, stockport):
    page = factories.case_study(stockport, live=False, owner=author, written_by="editors")
    data = form(contact_name="", contact_email="")
    assert send(data, page=page, action="action-submit").status_code == 302
    page = CaseStudyPage.objects.get()
    assert page.workflow_in_progress


def _image(organisation):
    return get_image_model().objects.create(
        title="Kept to themselves", file=get_test_image_file(), collection=organisation.collection
    )


def _photos(image, text):
    return inline_formset([{"image": image.pk, "alternative_text": text, "credit": ""}])


def test_a_photo_needs_words_for_people_who_do_not_see_it(author, send, stockport, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    image = _image(stockport)
    response = send(form(photos=_photos(image, " ")), action="action-submit")
    assert response.status_code == 200
    assert "alternative_text" in response.context["form"].formsets["photos"].forms[0].errors
    assert send(form(photos=_photos(image, "A stall")), action="action-submit").status_code == 302


def test_another_councils_files_cannot_be_slipped_in_by_number(author, send, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    trafford = factories.organisation("Trafford")
    image = _image(trafford)
    paper = get_document_model().objects.create(
        title="Confidential appraisal", file=ContentFile(b"%PDF", name="a.pdf"), collection=trafford.collection
    )
    for changes in (
        {"photos": _photos(image, "A stall")},
        {"documents": inline_formset([{"document": paper.pk}])},
    ):
        for action in ("", "action-submit"):
            response = send(form(**changes), action=action)
            assert response.status_code == 200
            body = response.content.decode()
            assert "Choose a file from your own organisation" in body
            assert "Confidential appraisal" not in body
            assert image.title not in body
    assert not CaseStudyPage.objects.exists()


def test_a_file_that_an_administrator_put_there_stays(author, send, stockport, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    page = factories.case_study(stockport, live=False, owner=author)
    image = _image(factories.organisation("Trafford"))
    page.photos.add(Photo(image=image, alternative_text="A stall"))
    page.save()
    page.save_revision()
    row = Photo.objects.get()
    photos = inline_formset([{"id": row.pk, "image": image.pk, "alternative_text": "Stalls", "credit": ""}], initial=1)
    assert send(form(photos=photos), page=page).status_code == 302
    assert CaseStudyPage.objects.get().get_latest_revision_as_object().photos.get().alternative_text == "Stalls"


def test_four_answers_start_a_draft(client, author, stockport):
    assert "Write a case study" in client.get("/cms/").content.decode()
    url = reverse("start_case_study")
    assert client.get(url).status_code == 200
    data = {"organisation": stockport.pk, "title": "Pop-up market", "summary": "A market.", "problem": "Empty <b>shops"}
    response = client.post(url, {**data, "outcome": ""})
    page = CaseStudyPage.objects.get()
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert page.problem == "<p>Empty &lt;b&gt;shops</p>"
    assert (page.live, page.owner, page.get_parent().specific) == (False, author, stockport.page)
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("missing", ["title", "summary"])
def test_the_short_form_says_what_is_missing(client, author, stockport, missing):
    data = {"organisation": stockport.pk, "title": "Pop-up market", "summary": "A market.", missing: ""}
    response = client.post(reverse("start_case_study"), data)
    assert missing in response.context["form"].errors
    assert not CaseStudyPage.objects.exists()


def test_only_authors_start_and_only_for_their_own_council(client, author, stockport):
    trafford = factories.organisation("Trafford")
    data = {"organisation": trafford.pk, "title": "Guest", "summary": "A guest."}
    assert "organisation" in client.post(reverse("start_case_study"), data).context["form"].errors
    for person in (factories.member(stockport, "approver"), factories.UserFactory(moderator=True)):
        client.force_login(person)
        assert client.get(reverse("start_case_study")).status_code in {302, 403}
    client.force_login(factories.member(stockport))
    assert client.get(reverse("start_case_study")).status_code == 403
    assert not CaseStudyPage.objects.exists()


def test_the_service_asks_too(author):
    for person in (author, factories.UserFactory(editor=True), factories.UserFactory()):
        with pytest.raises(NotAllowed):
            start_case_study(
                organisation=factories.organisation("Trafford"), title="Guest", summary="A guest.", by=person
            )
    assert not CaseStudyPage.objects.exists()


def test_the_first_page_of_the_cms_is_ones_own_work(client, author, stockport):
    factories.member(stockport, "approver")
    factories.case_study(stockport, title="Already public", owner=author)
    submitted = factories.case_study(stockport, live=False, title="With the approver", owner=author)
    submitted.get_workflow().start(submitted, author)
    factories.case_study(stockport, live=False, title="By a colleague")
    factories.case_study(factories.organisation("Trafford"), title="Of another council")
    body = client.get("/cms/").content.decode()
    for words in ("My case studies", "Already public", "Published", "With the approver", "Draft", "a colleague’s"):
        assert words in body
    assert "Waiting: Approval by the organisation" in body
    assert "Of another council" not in body


def test_the_meter_shows_on_both_forms_and_counts_right(client, author, stockport):
    create = reverse("wagtailadmin_pages:add", args=["casestudies", "casestudypage", stockport.page.pk])
    assert "0% complete." in client.get(create).content.decode()
    page = factories.case_study(stockport, live=False, owner=author, topics=[factories.TopicFactory()])
    body = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    measured = completeness(page)
    assert f"{measured.percent}% complete." in body
    assert [str(part) for part in measured.missing][:2] == ["who it is for", "what happens next"]
    assert measured.done + len(measured.missing) == measured.total


def test_the_editor_says_how_sure_readers_would_be_and_what_would_raise_it(client, author, stockport):
    page = factories.case_study(stockport, live=False, owner=author, source_url="https://example.org/report")
    page.measures.create(
        indicator="Empty shops", unit="%", before=25, before_date="2018", after=12, after_date="2020",
        comparison="before_and_after",
    )  # fmt: skip
    page.save_revision()
    said = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "As it stands: evidence 2 of 5." in said
    assert "What would raise it: a comparison with people or a place without it." in said
