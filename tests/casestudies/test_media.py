"""A photo is as private as the pages that show it."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image as Pixels
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex

from casestudies.models import Document, Photo
from core.models import ProviderRecord
from moderation.services import dismiss_report, report
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wagtail_indices")]


@pytest.fixture
def stockport():
    return factories.organisation("Stockport")


@pytest.fixture
def image(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = BytesIO()
    Pixels.new("RGB", (40, 30), "green").save(picture, "JPEG")
    return get_image_model().objects.create(title="Market", file=ImageFile(picture, name="market.jpg"))


def _show(image, page):
    page.photos.add(Photo(image=image, alternative_text="A market stall"))
    page.save()
    page.save_revision().publish()


def test_a_photo_of_a_public_page_is_public_and_cached(client, image, stockport):
    _show(image, factories.case_study(stockport))
    response = client.get(image.file.url)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert client.get(image.get_rendition("width-20").url).status_code == 200


def test_a_photo_of_a_members_page_is_for_members(client, image, stockport):
    _show(image, factories.case_study(stockport, audience="members"))
    rendition = image.get_rendition("width-20")
    for url in (image.file.url, rendition.url):
        client.logout()
        assert client.get(url).status_code == 404
        client.force_login(factories.UserFactory())
        assert client.get(url).status_code == 404
        client.force_login(factories.member(stockport))
        response = client.get(url)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"


def test_a_photo_of_a_draft_is_for_the_cms(client, image, stockport):
    page = factories.case_study(stockport, live=False)
    page.photos.add(Photo(image=image, alternative_text="A market stall"))
    page.save_revision()
    assert client.get(image.file.url).status_code == 404
    client.force_login(factories.UserFactory())
    assert client.get(image.file.url).status_code == 404
    image.collection = stockport.collection
    image.save()
    for colleague in ("author", "approver"):
        client.force_login(factories.member(stockport, colleague))
        assert client.get(image.file.url).status_code == 200
    client.force_login(factories.UserFactory(moderator=True))
    assert client.get(image.file.url).status_code == 200
    client.force_login(factories.member(factories.organisation("Trafford"), "author"))
    assert client.get(image.file.url).status_code == 404


@pytest.fixture
def paper(settings, tmp_path, stockport):
    settings.MEDIA_ROOT = tmp_path
    return get_document_model().objects.create(
        title="Evaluation", file=ContentFile(b"%PDF-1.7", name="evaluation.pdf"), collection=stockport.collection
    )


def _who_gets(client, stockport, url):
    people = {
        "anonymous": None,
        "subscriber": factories.UserFactory(),
        "member": factories.member(stockport),
        "other author": factories.member(factories.organisation("Trafford"), "author"),
        "approver": factories.member(stockport, "approver"),
        "author": factories.member(stockport, "author"),
        "moderator": factories.UserFactory(moderator=True),
    }
    got = []
    for role, person in people.items():
        client.logout()
        if person:
            client.force_login(person)
        response = client.get(url)
        assert response.status_code in {200, 404}
        if response.status_code == 200:
            got.append(role)
    return got


WORKING_ON_IT = ["approver", "author", "moderator"]
MEMBERS = ["member", "other author", *WORKING_ON_IT]
EVERYBODY = ["anonymous", "subscriber", *MEMBERS]


@pytest.mark.parametrize(
    ("state", "readers"),
    [("public", EVERYBODY), ("members", MEMBERS), ("draft", WORKING_ON_IT)],
)
def test_a_document_is_as_private_as_the_page_that_offers_it(client, stockport, paper, state, readers):
    page = factories.case_study(stockport, live=False, audience="members" if state == "members" else "public")
    page.documents.add(Document(document=paper))
    page.save()
    if state != "draft":
        page.save_revision().publish()
    assert _who_gets(client, stockport, paper.url) == readers


def test_a_document_that_no_page_uses_is_for_who_works_with_it(client, stockport, paper):
    assert _who_gets(client, stockport, paper.url) == WORKING_ON_IT


def test_a_document_linked_from_the_text_of_a_published_page_is_public(client, stockport, paper):
    page = stockport.page
    page.about = f'<p><a linktype="document" id="{paper.pk}">Our evaluation</a></p>'
    page.save_revision()
    assert client.get(paper.url).status_code == 404
    page.get_latest_revision().publish()
    ReferenceIndex.create_or_update_for_object(page)
    assert client.get(paper.url).status_code == 200


@pytest.mark.parametrize(
    "path", ["documents/x.pdf", "../settings.py", "images/../../secret_key", "images/none.jpg", ""]
)
def test_nothing_else_is_served(client, path, image):
    assert client.get(f"/media/{path}").status_code == 404


def test_of_a_page_with_a_locked_case_nobody_sees_the_photo_or_the_editor(client, image, stockport):
    page = factories.case_study(stockport)
    _show(image, page)
    image.collection = stockport.collection
    image.save()
    filed = report(subject=page, kind="child_abuse")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    author = factories.member(stockport, "author")
    for person, seen in (
        (None, 404),
        (author, 404),
        (factories.UserFactory(moderator=True), 404),
        (factories.UserFactory(administrator=True), 200),
    ):
        client.logout()
        if person:
            client.force_login(person)
        assert client.get(image.file.url).status_code == seen, person
        assert (client.get(edit).status_code == 200) is (seen == 200), person
    client.logout()
    dismiss_report(report=filed, by=factories.UserFactory(administrator=True))
    assert client.get(image.file.url).status_code == 200


def test_nor_its_documents(client, paper, stockport):
    page = factories.case_study(stockport)
    page.documents.add(Document(document=paper))
    page.save_revision().publish()
    filed = report(subject=page, kind="child_abuse")
    assert _who_gets(client, stockport, paper.url) == []
    administrator = factories.UserFactory(administrator=True)
    client.force_login(administrator)
    assert client.get(paper.url).status_code == 200
    dismiss_report(report=filed, by=administrator)
    assert _who_gets(client, stockport, paper.url) == EVERYBODY


def test_a_page_does_not_open_what_something_else_with_its_number_links(client, stockport, paper):
    """A record of the provider, for instance, which only staff see."""
    record, document = (ContentType.objects.get_for_model(model) for model in (ProviderRecord, paper))
    ReferenceIndex.objects.create(
        base_content_type=record,
        content_type=record,
        object_id=stockport.page.pk,
        to_content_type=document,
        to_object_id=paper.pk,
        model_path="body",
        content_path="body",
        content_path_hash=uuid4(),
    )
    assert _who_gets(client, stockport, paper.url) == WORKING_ON_IT
