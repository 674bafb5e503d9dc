"""A resident on a phone adds what they saw, with a photo: held, approved, beside the council's account, mailed."""

import re
import uuid
from io import BytesIO

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import expect

from tests.journeys.steps import decide, sign_up

pytestmark = pytest.mark.journey

PLACE = "/places/exampleford-market-place/"
WORDS = "The bench under the clock is back, and older people stop there on their way to the market."


def photo_with_a_place() -> bytes:
    """As a phone takes it: lying on its side, with where it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (52.0, 57.0, 1.0), 3: "W", 4: (0.0, 54.0, 1.0)})
    out = BytesIO()
    Image.new("RGB", (800, 600), "darkgreen").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_resident_adds_to_the_record_on_a_phone(site, person, mailbox):
    resident, moderator, visitor = person(width=390), person("moderator"), person()
    # Somebody new: those of the demonstration may have earned trust by now, and what they write is not held.
    sign_up(resident, mailbox, name="Robin Resident", address=f"resident-{uuid.uuid4().hex[:8]}@demo.example")
    follower = person("practitioner")
    follower.goto(PLACE)
    follower.get_by_role("button", name=re.compile("^Follow")).first.click()
    follower.wait_for_load_state()
    site.manage("send_digests", "--cadence", "weekly", "--now")

    resident.goto(PLACE)
    resident.get_by_role("link", name="Add what you saw").click()
    resident.get_by_label("What changed?").fill(WORDS)
    resident.get_by_label("Month").fill("9")
    resident.get_by_label("Year").fill("2099")
    picture = {"name": "bench.jpg", "mimeType": "image/jpeg", "buffer": photo_with_a_place()}
    resident.get_by_label("A photo").set_input_files(picture)
    resident.get_by_label("What does the photo show?").fill("An empty bench under a clock")
    resident.get_by_label(re.compile("^I took this photo")).check()
    resident.get_by_role("button", name="Send it").click()
    # A slip: the message stands at its field, and neither the words nor the photo are lost.
    expect(resident.get_by_role("alert").get_by_text("September 2099 is still to come")).to_be_visible()
    expect(resident.get_by_label("What changed?")).to_have_value(WORDS)
    expect(resident.get_by_text("We have your photo.")).to_be_visible()
    resident.get_by_label("Year").fill("2026")
    resident.get_by_role("button", name="Send it").click()
    expect(resident.get_by_text("Waiting for a moderator")).to_be_visible()
    photo = resident.locator(".cl-record__photo img").get_attribute("src")

    visitor.goto(PLACE)
    expect(visitor.get_by_text(WORDS)).to_have_count(0)
    assert visitor.request.get(site.url + photo).status == 404

    decide(moderator, WORDS[:40], "Approve")
    visitor.goto(PLACE)
    own = visitor.locator(".cl-entry--resident", has_text=WORDS)
    expect(own.get_by_text("Residents’ record")).to_be_visible()
    expect(own.get_by_role("img", name="An empty bench under a clock")).to_be_visible()
    council = visitor.locator(".cl-entry--council", has_text="six stalls under the arches")
    expect(council.get_by_text("Council’s account").first).to_be_visible()
    kept = Image.open(BytesIO(visitor.request.get(site.url + photo).body()))
    assert dict(kept.getexif()) == {}
    assert kept.height > kept.width
    assert visitor.context.cookies() == []

    site.manage("send_digests", "--cadence", "weekly", "--now")
    digest = mailbox.wait_for("practitioner@demo.example", "", text="The bench under the clock is back")
    assert "Residents’ record" in digest.get_body(("html",)).get_content()
