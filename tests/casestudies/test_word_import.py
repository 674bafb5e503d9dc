"""An author in the CMS: from a Word file to a draft in two steps, with nothing saved between that others reach."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from casestudies.models import CaseStudyPage, WordImport
from casestudies.word import start_from_word
from members.errors import NotAllowed
from tests import factories
from tests.casestudies import word_files

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
def upload(client, stockport):
    def post(data=None, name="Mowing.docx", organisation=None):
        file = SimpleUploadedFile(name, word_files.lga() if data is None else data)
        return client.post(reverse("import_word"), {"organisation": (organisation or stockport).pk, "file": file})

    return post


def choices(client, url):
    """What the preview's form would send untouched."""
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields}


def test_a_file_is_shown_before_anything_is_saved(client, author, upload):
    response = upload()
    assert response.status_code == 302
    assert not CaseStudyPage.objects.exists()
    body = client.get(response["Location"]).content.decode()
    assert "Reduced mowing to support local nature" in body
    assert "What we did" in body
    assert "Awards and press" in body
    assert "We do not know this heading" in body
    assert "The heading also names: What we did" in body
    assert '<th scope="row">Species</th>' in body
    assert not CaseStudyPage.objects.exists()


def test_the_draft_has_every_part_in_its_place(client, author, upload, stockport):
    url = upload()["Location"]
    response = client.post(url, choices(client, url) | {"summary": "Southwark cut less."})
    page = CaseStudyPage.objects.get()
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert (page.live, page.owner, page.get_parent().specific) == (False, author, stockport.page)
    assert (page.title, page.summary) == ("Reduced mowing to support local nature", "Southwark cut less.")
    assert "mown nine times" in page.problem
    assert "<table>" in page.results
    assert page.did_not_work == "<p>Residents took it for neglect.</p>"
    assert page.other_text == "<h3>Awards and press</h3><p>Highly commended.</p>"
    assert page.lessons.first().lesson == "Put the signs up first."
    assert page.contact_name == "Sam Officer"
    assert page.sources.get().url == "https://example.org/survey"
    revised = page.get_latest_revision_as_object()
    assert revised.lessons.count() == 2
    assert client.get(response["Location"]).status_code == 200
    assert not WordImport.objects.exists()


def test_a_part_goes_where_its_author_says(client, author, upload):
    url = upload()["Location"]
    sent = choices(client, url)
    number = next(name for name, value in sent.items() if value == "other_text")
    again = client.post(url, sent | {number: "advice", "again": "1"})
    assert again.status_code == 200
    assert "advice" in again.context["composed"].texts
    assert not CaseStudyPage.objects.exists()
    client.post(url, sent | {number: "advice"})
    page = CaseStudyPage.objects.get()
    assert (page.advice, page.other_text) == ("<p>Highly commended.</p>", "")


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("summary", ""), ("summary", "x" * 301), ("goes_1", "path")]
)
def test_the_preview_says_what_is_missing_at_its_field(client, author, upload, field, value):
    url = upload()["Location"]
    response = client.post(url, choices(client, url) | {field: value})
    assert list(response.context["form"].errors) == [field]
    assert not CaseStudyPage.objects.exists()


def test_a_file_that_is_none_is_refused_at_its_field(author, upload):
    response = upload(b"hello")
    assert "not a Word document" in str(response.context["form"].errors["file"])
    assert not WordImport.objects.exists()


def test_too_large_a_file_is_refused_before_it_is_read(author, upload):
    response = upload(b"PK" + b"\0" * (50 * 1024 * 1024))
    assert "larger than 10 MB" in str(response.context["form"].errors["file"])


def test_only_its_uploader_reaches_a_preview_and_only_for_a_day(client, author, upload, stockport):
    url = upload()["Location"]
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert client.get(url)["Location"] == reverse("import_word")
        upload()
        assert WordImport.objects.count() == 1
    colleague = factories.member(stockport, "author")
    client.force_login(colleague)
    assert client.get(url)["Location"] == reverse("import_word")
    assert client.post(url, {"title": "x", "summary": "y"})["Location"] == reverse("import_word")
    assert not CaseStudyPage.objects.exists()


def test_few_are_kept_at_a_time(author, upload):
    for _ in range(7):
        upload()
    assert WordImport.objects.count() == 5


def test_only_authors_import_and_only_for_their_own_council(client, author, upload, stockport):
    trafford = factories.organisation("Trafford")
    assert "organisation" in upload(organisation=trafford).context["form"].errors
    url = upload()["Location"]
    kept = WordImport.objects.get()
    with pytest.raises(NotAllowed):
        start_from_word(kept=kept, title="x", summary="y", by=factories.member(stockport, "author"))
    kept.organisation = trafford
    kept.save()
    with pytest.raises(NotAllowed):
        start_from_word(kept=kept, title="x", summary="y", by=author)
    client.force_login(factories.member(stockport))
    assert client.get(reverse("import_word")).status_code == 403
    assert client.get(url).status_code == 403
    client.force_login(factories.member(stockport, "approver"))
    assert client.get(reverse("import_word")).status_code in {302, 403}
