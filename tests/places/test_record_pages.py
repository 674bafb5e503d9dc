"""The form, the timeline and the photos as people and outsiders meet them."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from core.images import CleanImageField
from core.retention import rules
from discussion.models import Comment
from moderation import services as moderation
from places.models import ProgrammePlace, RecordEntry, RecordPhoto
from places.photos import MOST_WAITING, keep_photo
from places.record import views
from tests import factories
from tests.places.pictures import MODEL, bomb, photo

pytestmark = pytest.mark.django_db

WORDS = "Three of the empty shops in the market hall have new tenants."
NEW = "/places/bredbury/record/new/"
TOLD = {"words": WORDS, "when_0": "3", "when_1": "2013", "source_url": "", "lesson": "", "topic": ""}
WITH_PHOTO = {**TOLD, "alt": "Shops with lit windows", "photo_ok": "on"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def place(db):
    place = factories.PlaceFactory(name="Bredbury", slug="bredbury")
    place.organisations.add(factories.organisation("Stockport"))
    return place


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def errors(response):
    soup = BeautifulSoup(response.content, "html.parser")
    return [link["href"] + " " + link.get_text(strip=True) for link in soup.select(".govuk-error-summary a")]


def test_a_photo_loses_where_it_was_taken_and_is_seen_by_whom_its_entry_is(place, media, client):
    resident, moderator = factories.UserFactory(), factories.UserFactory(moderator=True)
    own = signed_in(resident)
    for number, file_format in enumerate(("JPEG", "HEIF", "PNG", "WEBP")):
        sent = own.post(NEW, {**WITH_PHOTO, "words": f"{WORDS} {number}", "photo": photo(file_format)})
        assert sent.status_code == 302, (file_format, errors(sent))
    for kept in RecordPhoto.objects.all():
        for name in kept.files:
            with default_storage.open(name) as file:
                raw = file.read()
            picture = Image.open(BytesIO(raw))
            assert (picture.format, dict(picture.getexif())) == ("JPEG", {}), name
            assert MODEL.encode() not in raw
            assert max(picture.size) <= (480 if name.endswith("small.jpg") else 1600)
    entry = RecordEntry.objects.order_by("pk").first()
    assert entry.photo.width < entry.photo.height, "upright"
    addresses = [f"/places/bredbury/record/{entry.pk}/photo/{size}/" for size in ("large", "small")]
    outsiders = [client, signed_in(factories.UserFactory()), signed_in(factories.member(place.organisations.get()))]

    def seen(by):
        return {by.get(address).status_code for address in addresses}

    def check(state, public):
        for one in outsiders:
            assert seen(one) == {200 if public else 404}, state
        assert seen(signed_in(moderator)) == {200}, state

    check("held", public=False)
    assert seen(own) == {200}
    moderation.decide_contribution(contribution=entry, action="approve", by=moderator)
    check("published", public=True)
    answer = client.get(addresses[0])
    assert answer["Cache-Control"] == "public, no-cache"
    assert client.get(addresses[0], headers={"If-None-Match": answer["ETag"]}).status_code == 304
    moderation.hide(contribution=entry, by=moderator, reason="abuse", words="A face.")
    check("hidden", public=False)
    assert client.get(addresses[0], headers={"If-None-Match": answer["ETag"]}).status_code == 404
    assert seen(own) == {404}
    for path in (entry.photo.large, entry.photo.small):
        assert client.get(f"/media/{path}").status_code == 404
    moderation.restore(contribution=entry, by=moderator)
    own.post(f"/places/bredbury/record/{entry.pk}/withdraw/")
    assert RecordPhoto.objects.filter(entry=entry).count() == 0
    assert seen(signed_in(moderator)) == {404}


def test_pictures_that_cannot_be_taken_are_refused_and_the_words_and_good_photos_stay(
    place, media, django_capture_on_commit_callbacks
):
    resident = signed_in(factories.UserFactory())
    text = photo(name="market.jpg")
    text.name, text.file = "market.jpg", BytesIO(b"not a picture at all")
    for what, file, message in (
        ("a bomb", bomb(), "pixels"),
        ("a text", text, "not a picture"),
        ("a drawing", photo("GIF", name="market.gif"), "JPEG, PNG"),
        ("another name", photo("PNG", name="market.jpg"), "inside it is"),
    ):
        answer = resident.post(NEW, {**WITH_PHOTO, "photo": file})
        assert answer.status_code == 422, what
        assert any(one.startswith("#id_photo") and message in one for one in errors(answer)), (what, errors(answer))
        assert WORDS in answer.content.decode()
    assert not RecordPhoto.objects.exists()
    # A slip in the words does not cost the photo; only its sender can use what they were given for it.
    answer = resident.post(NEW, {**WITH_PHOTO, "when_1": "2999", "photo": photo()})
    soup = BeautifulSoup(answer.content, "html.parser")
    assert "We have your photo" in soup.main.get_text()
    ticket = soup.find("input", {"name": "photo_ticket"})["value"]
    thief = signed_in(factories.UserFactory())
    assert thief.post(NEW, {**WITH_PHOTO, "photo_ticket": ticket}).status_code == 302
    assert RecordPhoto.objects.get().entry is None
    unsaid = {**TOLD, "photo_ticket": ticket}
    assert [one.split()[0] for one in errors(resident.post(NEW, unsaid))] == ["#id_alt", "#id_photo_ok"]
    assert resident.post(NEW, {**WITH_PHOTO, "photo_ticket": ticket}).status_code == 302
    assert RecordPhoto.objects.get().entry.author.pk == int(resident.session["_auth_user_id"])
    sender = factories.UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(MOST_WAITING + 2):
            left = keep_photo(upload=photo(size=(8, 6)), by=sender)
    assert RecordPhoto.objects.filter(by=sender).count() == MOST_WAITING, "nobody fills the disk with what they try"
    assert len(list(media.rglob("*.jpg"))) == 2 * (MOST_WAITING + 1)
    RecordPhoto.objects.filter(by=sender).exclude(pk=left.pk).delete()
    RecordPhoto.objects.filter(pk=left.pk).update(created_at=timezone.now() - timezone.timedelta(days=2))
    rule = next(one for one in rules() if one.name == "photos-not-sent")
    assert list(rule.due(timezone.now())) == [left]


def test_a_photo_is_counted_before_it_is_unpacked(place, monkeypatch):
    """Sent with a new entry or a change, with or without a slip in the words; the words are taken without it."""
    resident, taken, check = signed_in(factories.UserFactory()), [], CleanImageField.to_python

    def counted(self, data):
        taken.extend([data] if data else [])
        return check(self, data)

    monkeypatch.setattr(CleanImageField, "to_python", counted)
    monkeypatch.setattr(views, "PHOTOS_PER_HOUR", 1)
    assert resident.post(NEW, {**WITH_PHOTO, "when_1": "2999", "photo": photo()}).status_code == 422
    assert len(taken) == 1
    answer = resident.post(NEW, {**WITH_PHOTO, "photo": photo()})
    assert [one for one in errors(answer) if one.startswith("#id_photo") and "a lot of photos" in one]
    assert resident.post(NEW, TOLD).status_code == 302
    entry = RecordEntry.objects.get()
    RecordEntry.objects.update(state="published")
    answer = resident.post(f"/places/bredbury/record/{entry.pk}/edit/", {**WITH_PHOTO, "photo": photo()})
    assert "a lot of photos" in answer.content.decode()
    assert len(taken) == 1


def test_a_programme_can_be_named_that_nobody_has_said_was_used_here(place, client):
    known, other = factories.programme("Zebra crossings"), factories.programme("Portas Pilots")
    factories.programme("Draft").unpublish()
    ProgrammePlace.objects.create(page=known, place=place)
    soup = BeautifulSoup(client.get(NEW).content, "html.parser")
    offered = [one["value"] for one in soup.find("select", {"name": "programme"}).find_all("option")]
    assert offered == ["", known.slug, other.slug], "the place's own first"


def test_a_photo_for_print_is_taken_and_not_with_a_profile_of_inks(place):
    ink, out = b"a profile of four inks", BytesIO()
    Image.new("CMYK", (60, 30), (0, 255, 255, 0)).save(out, "JPEG", icc_profile=ink)
    sent = SimpleUploadedFile("market.jpg", out.getvalue(), content_type="image/jpeg")
    kept = keep_photo(upload=sent, by=factories.UserFactory())
    with default_storage.open(kept.large) as file:
        picture = Image.open(BytesIO(file.read()))
    assert (picture.mode, "icc_profile" in picture.info) == ("RGB", False)


def test_words_about_people_are_asked_about_once(place):
    resident = signed_in(factories.UserFactory())
    told = {**TOLD, "words": "Ring my neighbour Sam Jones on 07700 900123, who knows the shops."}
    answer = resident.post(NEW, told)
    (said,) = errors(answer)
    assert "07700 900123" in said
    assert "Sam Jones" in said
    assert resident.post(NEW, {**told, "people_ok": "on"}).status_code == 302


def test_a_visitor_fills_it_in_signs_in_and_finds_their_words(place, client):
    refused = client.post(NEW, {**TOLD, "words": "Nice"})
    assert "#id_words" in errors(refused)[0]
    answer = client.post(NEW, {**TOLD, "lesson": "Ask the landlords first."})
    assert answer.status_code == 302
    assert answer["Location"] == f"/account/login/?next={NEW}"
    client.force_login(factories.UserFactory())
    soup = BeautifulSoup(client.get(NEW).content, "html.parser")
    assert soup.find("textarea", {"name": "words"}).get_text(strip=True) == WORDS
    assert (soup.find("input", {"name": "when_0"})["value"], soup.find("input", {"name": "when_1"})["value"]) == (
        "3",
        "2013",
    )
    assert soup.find("textarea", {"name": "lesson"}).get_text(strip=True) == "Ask the landlords first."
    assert "We kept what you wrote" in soup.main.get_text()


def test_the_page_of_a_place_has_both_accounts_apart_and_stays_cheap(place, client, django_assert_max_num_queries):
    stockport, resident = place.organisations.get(), factories.UserFactory(name="Rae Resident")
    factories.case_study(stockport, title="A market", places=[place], started="2012-05")
    factories.case_study(stockport, title="For members", places=[place], audience="members", started="2012-06")
    ours = factories.record_entry(place, side="council", organisation=stockport, author=factories.member(stockport))
    theirs = factories.record_entry(place, author=resident, lesson="Ask first.", source_url="https://example.org/a")
    factories.record_entry(place, answers=theirs, side="council", organisation=stockport, words="We shall do that.")
    for n in range(15):
        one = factories.record_entry(place, author=factories.UserFactory(), when=f"20{n:02}")
        factories.record_entry(place, answers=one, side="council", organisation=stockport)
    place.meaning, place.meaning_by = "<p>Talk to landlords.</p>", "Alex Editor, network editor"
    place.meaning_on = timezone.localdate()
    place.save()
    talk = factories.UserFactory()
    for n in range(15):
        Comment.objects.create(place=place, author=talk, body=f"Did you see it? {n}", state="published")
    client.get(place.url)
    with django_assert_max_num_queries(15):
        response = client.get(place.url)
    assert not response.cookies
    soup = BeautifulSoup(response.content, "html.parser")
    assert "Talk to landlords." in soup.find(attrs={"aria-labelledby": "meaning"}).get_text()
    assert "Alex Editor, network editor" in soup.main.get_text()
    council, own = soup.find(id=f"entry-{ours.pk}"), soup.find(id=f"entry-{theirs.pk}")
    assert "Council’s account" in council.get_text()
    assert "Stockport Council" in council.get_text()
    assert "Residents’ record" in own.h3.get_text()
    assert "Rae Resident, for themselves" in own.get_text()
    assert "We shall do that." in own.find(class_="cl-record__replies").get_text()
    assert own.find("a", href="https://example.org/a")["rel"] == ["nofollow", "ugc", "noopener"]
    made = [one for one in soup.select(".cl-entry--council") if one.find("a", string="A market")]
    assert "May 2012" in made[0].get_text()
    assert "For members" not in soup.find(id="record").get_text()
    assert soup.find("link", type="application/atom+xml", href="/feeds/places/bredbury/")
    assert soup.find("svg", class_="cl-map")
    assert "Did you see it?" in soup.find(id="comments").get_text()
    person = signed_in(factories.UserFactory())
    # Beside the form of a comment: whether its writer follows the place already.
    with django_assert_max_num_queries(26):
        person.get(place.url)


def test_the_way_back_from_a_reply_says_nothing_of_an_entry_that_is_hidden(place):
    author = factories.member(place.organisations.get(), "author")
    entry = factories.record_entry(place, author=factories.UserFactory())
    reply = factories.record_entry(
        place, answers=entry, side="council", organisation=place.organisations.get(), author=author
    )
    council = signed_in(author)

    def trail(do):
        page = council.get(f"/places/bredbury/record/{reply.pk}/{do}/").content
        return [link.get_text() for link in BeautifulSoup(page, "html.parser").select(".govuk-breadcrumbs a")][1:]

    for state, expected in (("published", entry.title), ("hidden", "Entry")):
        RecordEntry.objects.filter(pk=entry.pk).update(state=state)
        for do in ("edit", "withdraw"):
            assert trail(do) == [expected], (state, do)


def test_an_empty_record_invites(place, client):
    soup = BeautifulSoup(client.get(place.url).content, "html.parser")
    assert "Nothing is in the record yet" in soup.find(id="record").find(class_="cl-empty").get_text()
    assert soup.find("a", href=NEW)


def test_a_reply_is_sent_from_its_page_and_a_tombstone_keeps_it(place):
    resident, author = factories.UserFactory(), factories.member(place.organisations.get(), "author")
    entry = factories.record_entry(place, author=resident)
    address = f"/places/bredbury/record/{entry.pk}/"
    council = signed_in(author)
    assert "You reply for Stockport Council" in council.get(f"{address}reply/").content.decode()
    sent = council.post(f"{address}reply/", {"words": "We have let two more since then."})
    assert sent["Location"] == address
    assert council.get(f"{address}reply/").status_code == 403
    signed_in(resident).post(f"{address}withdraw/")
    page = BeautifulSoup(Client().get(address).content, "html.parser").main.get_text()
    assert "Whoever wrote this entry has withdrawn it." in page
    assert "We have let two more since then." in page
    assert "new tenants" not in page
    # The last that stood there is withdrawn: whoever did so is led to a page that there is.
    reply = entry.replies.get()
    left = council.post(f"/places/bredbury/record/{reply.pk}/withdraw/")
    assert (left["Location"], council.get(left["Location"]).status_code) == (place.get_absolute_url(), 200)
    assert council.get(address).status_code == 404
