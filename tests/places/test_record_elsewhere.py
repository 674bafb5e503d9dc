"""What the record tells the rest of the network, and what one action takes away from all of it."""

import json
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail as outbox
from django.http import QueryDict
from django.test import Client

from accounts.names import SOMEBODY_WHO_HAS_LEFT
from core import personal_data
from core.delivery import deliver_all
from digests import services
from digests.services import follow
from moderation import services as moderation
from moderation.services import report as make_report
from places.record.services import EntryFacts, add_entry, edit_entry, reply_to_entry, withdraw_entry
from search.asking import ask as search
from search.state import read
from tests import factories
from tests.digests.helpers import html_of, parsed, send_now, text_of

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
WORDS = "The zanzibar arcade has nine shops again, and a baker."
REPLY = "We gave the xylophone maker a year without rates."


@pytest.fixture
def world(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    council = factories.organisation("Stockport")
    place = factories.PlaceFactory(name="Bredbury", slug="bredbury")
    place.organisations.add(council)
    programme = factories.programme()
    programme.programme_places.create(place=place)
    topic = factories.TopicFactory(name="High streets", slug="high-streets")
    return {
        "place": place,
        "programme": programme,
        "topic": topic,
        "author": factories.member(council, "author"),
        "resident": factories.UserFactory(name="Rae Resident"),
        "moderator": factories.UserFactory(moderator=True),
    }


def found(words, **more):
    query = QueryDict(mutable=True)
    query.update({"q": words, **more})
    deliver_all()
    return [(hit.kind, hit.object_id) for hit in search(read(query), user=AnonymousUser()).results.hits]


def everywhere(entry):
    """What anonymous doors say of the words, door by door."""
    deliver_all()
    addresses = [
        "/search/?q=zanzibar",
        "/search/suggest/?q=zanz",
        "/search/results.csv?q=zanzibar",
        "/feeds/search/?q=zanzibar",
        "/feeds/places/bredbury/",
        "/api/record/",
        "/data/record.csv",
        "/data/record.json",
        entry.place.get_absolute_url(),
        entry.get_absolute_url(),
    ]
    client = Client()
    said = {}
    for address in addresses:
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        said[address] = response.status_code, b"arcade has nine shops" in body or b"xylophone maker" in body
    body = (
        b"".join(client.get("/sitemap-record-1.xml")) if client.get("/sitemap-record-1.xml").status_code == 200 else b""
    )
    said["sitemap"] = 200, entry.get_absolute_url().encode() in body
    return said


def test_one_entry_is_found_followed_told_and_exported_and_goes_with_one_action(world):
    place, resident, moderator = world["place"], world["resident"], world["moderator"]
    readers = [factories.UserFactory(email=f"{kind}@example.org") for kind in ("place", "topic", "programme")]
    for reader, kind in zip(readers, ("place", "topic", "programme"), strict=True):
        follow(person=reader, target=(kind, world[kind].pk), cadence="daily")
    told = EntryFacts(words=WORDS, when="2013-05", topic=world["topic"], programme=world["programme"])
    entry, verdict = add_entry(place=place, facts=told, by=resident)
    assert not verdict.publish
    assert not [address for address, (_status, said) in everywhere(entry).items() if said]
    assert found("zanzibar") == []
    moderation.decide_contribution(contribution=entry, action="approve", by=moderator)
    reply_to_entry(entry=entry, words=REPLY, by=world["author"])
    assert not [address for address, (_status, said) in everywhere(entry).items() if not said]
    assert found("zanzibar") == found("xylophone") == [("record", entry.pk)]
    assert found("zanzibar", type="record", place="bredbury", topic="high-streets", programme="portas-pilots")
    assert found("zanzibar", type="case_study") == []

    outbox.outbox.clear()
    send_now("daily")
    mails = {message.to[0]: parsed(message) for message in outbox.outbox}
    for kind in ("place", "topic", "programme"):
        words = text_of(mails[f"{kind}@example.org"])
        assert "arcade has nine shops" in words, kind
        assert "xylophone maker" in words, kind
        assert "Residents’ record, Rae Resident" in html_of(mails[f"{kind}@example.org"]), kind

    row = json.loads(Client().get("/api/record/").content)["items"][0]
    assert (row["side"], row["council"], row["when"], row["programme"]) == (
        "resident",
        None,
        "2013-05",
        "portas-pilots",
    )
    assert row["is_demonstration"] is False
    assert (row["replies"][0]["side"], row["replies"][0]["council"]) == ("council", "stockport")
    assert "Rae Resident" not in json.dumps(row)
    world["programme"].unpublish()
    row = json.loads(Client().get("/api/record/").content)["items"][0]
    exported = json.loads(b"".join(Client().get("/data/record.json").streaming_content))["items"][0]
    assert (row["programme"], exported["programme"]) == (None, ""), "what is not published has no name here"

    moderation.hide(contribution=entry, by=moderator, reason="abuse", words="Not so.")
    left = {address: status for address, (status, said) in everywhere(entry).items() if said}
    # What the council replied stands beneath the place of what has gone, on the page alone.
    assert set(left) == {place.get_absolute_url(), entry.get_absolute_url()}
    assert b"arcade has nine shops" not in Client().get(place.get_absolute_url()).content
    assert found("zanzibar") == found("xylophone") == []
    moderation.restore(contribution=entry, by=moderator)
    assert found("zanzibar") == [("record", entry.pk)]


def test_what_is_made_up_says_so_in_what_machines_read(world):
    invented = factories.UserFactory(is_demonstration=True)
    pretend = factories.organisation("Exampleford", is_demonstration=True)
    place = world["place"]
    expected = {
        factories.record_entry(place, author=world["resident"]).pk: False,
        factories.record_entry(place, author=invented).pk: True,
        factories.record_entry(place, author=invented, side="editors", source_url="https://example.org/").pk: False,
        factories.record_entry(place, side="council", organisation=pretend).pk: True,
    }
    answer = Client().get("/api/record/").json()["items"]
    exported = json.loads(b"".join(Client().get("/data/record.json").streaming_content))["items"]
    for rows in (answer, exported):
        assert {row["id"]: row["is_demonstration"] for row in rows} == expected


def test_moderators_see_it_with_its_photo_and_decide_and_readers_report_it(world):
    entry, _verdict = add_entry(place=world["place"], facts=EntryFacts(words=WORDS, when="2013"), by=world["resident"])
    client = Client()
    client.force_login(world["moderator"])
    queue = client.get("/moderation/").content.decode()
    assert "Record of Bredbury" in queue
    review = f"/moderation/record/{entry.pk}/"
    assert "zanzibar arcade" in client.get(review).content.decode()
    client.post(review, {"action": "ask_for_changes", "reason": "unclear", "words": "Which arcade?"})
    entry.refresh_from_db()
    assert entry.state == "draft"
    deliver_all()
    outbox.outbox.clear()
    send_now("daily")
    (mail,) = [message for message in outbox.outbox if message.to == [world["resident"].email]]
    assert f"/places/bredbury/record/{entry.pk}/edit/" in text_of(parsed(mail))
    entry = factories.record_entry(world["place"], author=world["resident"], words=WORDS)
    assert Client().get(f"/report/record/{entry.pk}/").status_code == 200
    make_report(subject=entry, kind="intimate_image")
    entry.refresh_from_db()
    assert entry.state == "hidden"


def test_who_leaves_leaves_their_words_without_their_name_and_no_waiting_photo(world):
    from places.models import RecordPhoto
    from places.photos import keep_photo
    from tests.places.pictures import photo

    resident = world["resident"]
    kept = keep_photo(upload=photo(), by=resident)
    told = EntryFacts(words=WORDS, when="2013", photo=kept, alt="An arcade")
    entry, _verdict = add_entry(place=world["place"], facts=told, by=resident)
    keep_photo(upload=photo(), by=resident)
    holdings = {one.name: one for one in personal_data.holdings()}
    (name, data), *_more = list(holdings["residents-record"].files(resident))
    assert name == f"{entry.pk}.jpg"
    assert data[:2] == b"\xff\xd8"
    (row,) = holdings["residents-record"].rows(resident)
    assert (row["words"], row["photo_alt"]) == (WORDS, "An arcade")
    for name in ("residents-record", "photos-not-sent"):
        holdings[name].erase(resident)
    entry.refresh_from_db()
    entry.state = "published"
    entry.save()
    assert entry.author is None
    assert RecordPhoto.objects.get().by is None
    page = Client().get(entry.get_absolute_url()).content.decode()
    assert str(SOMEBODY_WHO_HAS_LEFT) in page
    assert "Rae Resident" not in page


def test_a_council_hears_of_an_entry_once_a_day_and_its_writer_of_the_reply(world):
    place, resident, moderator = world["place"], world["resident"], world["moderator"]
    lead = factories.member(place.organisations.get(), "lead", email="lead@example.org")
    for words in (WORDS, "The clock on the arcade goes again."):
        entry, _verdict = add_entry(place=place, facts=EntryFacts(words=words, when="2013"), by=resident)
        moderation.decide_contribution(contribution=entry, action="approve", by=moderator)
    reply_to_entry(entry=entry, words=REPLY, by=lead)
    outbox.outbox.clear()
    for _time in range(2):
        deliver_all()
        services.send_waiting()
    told = [(message.to[0], message.subject) for message in outbox.outbox if "record of Bredbury" in message.subject]
    assert sorted(told) == [
        ("lead@example.org", "A resident has added to the record of Bredbury"),
        (resident.email, "A reply in the record of Bredbury"),
    ]
    letter = next(message for message in outbox.outbox if message.to == [resident.email] and "reply" in message.subject)
    assert "xylophone maker" in text_of(parsed(letter))
    assert entry.get_absolute_url() in text_of(parsed(letter))


def test_the_feed_says_when_an_entry_or_a_reply_last_changed(world, time_machine):
    """Each thing that changes what the feed shows of it, and nothing that only waits."""
    seen = []

    def updated():
        feed = ET.fromstring(Client().get("/feeds/places/bredbury/").content)  # noqa: S314 - our own
        return feed.findtext(f"{ATOM}entry/{ATOM}updated")

    def hour(number):
        time_machine.move_to(f"2026-11-02T{number:02}:00Z", tick=False)

    hour(8)
    council = {"by": world["author"]}
    told = EntryFacts(words=WORDS, when="2013-05")
    entry, _verdict = add_entry(place=world["place"], facts=told, by=world["resident"])
    hour(9)
    moderation.decide_contribution(contribution=entry, action="approve", by=world["moderator"])
    seen.append(updated())
    hour(10)
    reply, _verdict = reply_to_entry(entry=entry, words=REPLY, **council)
    seen.append(updated())
    time_machine.shift(60)
    edit_entry(entry=reply, facts=EntryFacts(words=f"{REPLY} And more."), **council)
    seen.append(updated())
    hour(11)
    withdraw_entry(entry=reply, **council)
    seen.append(updated())
    hour(12)
    factories.record_entry(world["place"], answers=entry, side="council", state="held")
    seen.append(updated())
    hours = ["09:00:00", "10:00:00", "10:01:00", "11:00:00", "11:00:00"]
    assert [moment[11:19] for moment in seen] == hours
