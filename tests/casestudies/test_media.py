"""A photo is as private as the pages that show it."""

from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from PIL import Image as Pixels
from wagtail.images import get_image_model

from casestudies.models import Photo
from tests import factories

pytestmark = pytest.mark.django_db


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
    client.force_login(factories.member(stockport, "author"))
    assert client.get(image.file.url).status_code == 200


@pytest.mark.parametrize(
    "path", ["documents/x.pdf", "../settings.py", "images/../../secret_key", "images/none.jpg", ""]
)
def test_nothing_else_is_served(client, path, image):
    assert client.get(f"/media/{path}").status_code == 404
