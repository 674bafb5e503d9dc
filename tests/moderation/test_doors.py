"""One action hides a thing from page, search, feeds, digests, exports and caches: each door is asked."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from digests import services as mail
from discussion.services import add_comment
from moderation import services
from tests import factories
from tests.digests.helpers import send_now, text_of

pytestmark = pytest.mark.django_db
MARK = "Quixotry"
REFUSAL = {"reason": "abuse", "words": "It insults somebody."}


def _read(address, reader=None):
    client = Client()
    if reader:
        client.force_login(reader)
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response, body.decode()


def _open(doors, reader):
    """The doors at which a visitor or a reader with an account finds the mark."""
    return [
        (name, bool(who)) for name, address in doors.items() for who in (None, reader) if MARK in _read(address, who)[1]
    ]


def test_what_is_hidden_is_gone_at_every_door(deliver, council, moderator, member):
    topic = factories.TopicFactory(name="High streets", slug="high-streets")
    reader, author = factories.UserFactory(), factories.UserFactory()
    for target in (("topic", topic.pk), ("organisation", council.pk)):
        mail.follow(person=reader, target=target)
    with deliver():
        stays = factories.case_study(council, title="What stays", topics=[topic])
        page = factories.case_study(council, title=f"{MARK} of a market", summary=MARK, topics=[topic])
        ask = factories.ask(title=f"{MARK} in empty shops, is it of use?", author=author, topics=[topic])
        comment = add_comment(page=stays, body=f"Mere {MARK}", by=member)[0]
        adoption = factories.adoption(stays, factories.organisation("Kirklees"), changed=f"Only {MARK}", author=author)
    search, suggest = f"/search/?q={MARK}", f"/search/suggest/?q={MARK}"
    of_page = {
        "page": page.url,
        "home": "/",
        "council": council.page.url,
        "topic": reverse("topic", args=["high-streets"]),
        "search": search,
        "search as a table": f"/search/results.csv?q={MARK}",
        "suggestions": suggest,
        "map": f"/map/?q={MARK}",
        "similar": stays.url,
        "feed": reverse("feed_case_studies"),
        "feed of the topic": reverse("feed_topic", args=["high-streets"]),
        "feed of the council": reverse("feed_council", args=["stockport"]),
        "feed of the search": f"/feeds/search/?q={MARK}",
        "API": "/api/case-studies/",
        "API, alone": f"/api/case-studies/{page.pk}/",
        "CSV": reverse("data_file", args=["case-studies", "csv"]),
        "JSON": reverse("data_file", args=["case-studies", "json"]),
    }
    of_ask = {
        "page": ask.get_absolute_url(),
        "list": "/ask/",
        "topic": reverse("topic", args=["high-streets"]),
        "search": search,
        "suggestions": suggest,
        "feed": reverse("feed_asks"),
        "API": "/api/asks/",
        "CSV": reverse("data_file", args=["asks", "csv"]),
    }
    of_comment = {"page": stays.url, "search": search, "API": f"/api/case-studies/{stays.pk}/"}
    of_adoption = {
        "page": reverse("adoption", args=[adoption.pk]),
        "list": reverse("adoptions_of", args=[stays.pk]),
        "CSV": reverse("data_file", args=["adoptions", "csv"]),
    }
    lists = {"sitemap": ("case-studies", page.url), "sitemap of asks": ("asks", ask.get_absolute_url())}

    def hide_page():
        services.hide_page(page=page, by=moderator, **REFUSAL)

    worlds = (
        (comment, of_comment, {"page"}, lambda: services.hide(contribution=comment, by=moderator, **REFUSAL)),
        (adoption, of_adoption, {"page", "CSV"}, lambda: services.hide(contribution=adoption, by=moderator, **REFUSAL)),
        (ask, of_ask, set(of_ask) - {"topic"}, lambda: services.hide(contribution=ask, by=moderator, **REFUSAL)),
        (
            page,
            of_page,
            set(of_page) - {"map", "home", "similar"},
            lambda: services.hide_page(page=page, by=moderator, **REFUSAL),
        ),
    )
    for thing, doors, shown, hide in worlds:
        before = {name for name, _who in _open(doors, reader)}
        assert shown <= before, (thing, shown - before)
        etag = _read(doors["page"])[0]["ETag"]
        with deliver():
            hide()
        cache.clear()
        again = Client().get(doors["page"], headers={"If-None-Match": etag})
        assert again.status_code in {200, 404}, (thing, "a cache that asks again is told that it is still so")
        assert "no-cache" in again["Cache-Control"] or again.status_code == 404, thing
    every = {
        f"{type(thing).__name__}, {name}": address for thing, doors, _, _ in worlds for name, address in doors.items()
    }
    # The address of a search holds the word itself, and so does the page that says that nothing is found.
    echo = {name for name, address in every.items() if MARK in address}
    assert [door for door in _open(every, reader) if door[0] not in echo] == []
    for name in echo:
        body = _read(every[name])[1]
        assert f"{MARK} of a market" not in body, name
        assert f"{MARK} in empty shops" not in body, name
    for name, (section, address) in lists.items():
        assert address not in _read(reverse("sitemap_file", args=[section, 1]))[1], name
    # Its author is told what was decided; who follows all that it touches is told of the rest alone.
    [digest] = [text_of(one) for one in send_now() if one["To"] == reader.email]
    assert "What stays" in digest
    assert MARK not in digest
