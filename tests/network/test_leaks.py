"""What is written for members is nowhere else: every address, file, feed, mail, index and cache is searched for it.

Words that stand nowhere else are planted in everything of a briefing and of a members-only case study that members
alone may read, and in comments that nobody has let through. Then each address of the table of `test_routes` is asked,
as it is there and with these things in the place of the public ones, as people without the right; a new address joins
by its line in that table. That the walk can fail is shown by a member, who meets every one of the words.
"""

import logging
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model

from api.exports import DATASETS, FORMATS
from api.exports.archive import write_archive
from casestudies.models import BriefingCaseStudy, BriefingDocument, BriefingSource, CaseStudyPage, Document
from core.delivery import deliver_all
from core.models import Event, Topic
from digests import services as digests
from digests.models import Cadence
from discussion.models import Comment
from discussion.services import add_comment
from moderation import services as moderation
from places.models import Place
from search.indexing import build, every_key
from search.models import IndexedDocument
from tests import factories
from tests.api.test_read_api import ALL as API
from tests.network.test_routes import PAGES, POSTS, ROUTES, _address, _as, world  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

# Where the word stands → the word. None of them is in any language, or in another; all begin alike, to be found fast.
BRIEFING = {
    "heading": "Qzzeppelin",
    "text": "Qzbandstand",
    "document": "Qzgazebo",
    "file name": "qzmarzipan",
    "file": "Qzwindmill",
    "source": "Qzlanterns",
    "source address": "qzcobbles",
    "comment": "Qzpelican",
    "comment of a lapsed member": "Qzotters",
}
CASE_STUDY = {
    "problem": "Qzherring",
    "who_for": "Qzturnip",
    "approach": "Qzviolet",
    "results": "Qzbobbin",
    "did_not_work": "Qzthimble",
    "advice": "Qzcandle",
    "what_next": "Qzmussel",
    "funder": "Qzclover",
    "cost_note": "Qzpepper",
    "staff_time": "Qzsaffron",
    "contact_name": "Qzrosehip",
    "lesson": "Qzbramble",
    "measure": "Qzkettle",
    "milestone": "Qzgarlic",
    "tag": "qzheron",
    "source": "Qzdamson",
    "document": "Qzfiddle",
    "comment": "Qzwalnut",
    "adoption": "Qzjuniper",
}
# Not let through, or taken down again: for their authors and the moderators.
UNPUBLISHED = {"held": "Qztadpole", "hidden": "Qzacorn"}
MEMBERS = {word.lower() for word in (*BRIEFING.values(), *CASE_STUDY.values())}
HIDDEN = {word.lower() for word in UNPUBLISHED.values()}
MARKERS = MEMBERS | HIDDEN
BEGUN = re.compile(r"[Qq]z[a-z]+")
THOROUGH = {"visitor", "lapsed author"}
SEARCHES = ("search", "search_csv", "map", "feed_search")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


def _file(title, name, words, council):
    return get_document_model().objects.create(
        title=title, file=ContentFile(words.encode(), name=name), collection=council.collection
    )


def _secret_briefing(council, topic):
    words = BRIEFING
    body = f"<h2>{words['heading']}</h2><p>The {words['text']} was let.</p>"
    page = factories.briefing(council, topics=[topic], title="What a year of auctions showed", body=body)
    file = _file(words["document"], f"{words['file name']}.csv", words["file"], council)
    BriefingDocument.objects.create(page=page, document=file)
    address = f"https://example.org/{words['source address']}"
    BriefingSource.objects.create(page=page, title=words["source"], url=address)
    return page, file


def _secret_case_study(council, topic):
    words = CASE_STUDY
    own = {name: f"<p>{word}</p>" for name, word in words.items() if name in _long_texts()}
    plain = {name: words[name] for name in ("funder", "cost_note", "staff_time", "contact_name")}
    page = factories.case_study(
        council, topics=[topic], title="A members’ account", audience="members", live=False, tags=[words["tag"]],
        **own, **plain,
    )  # fmt: skip
    page.lessons.create(lesson=words["lesson"])
    page.milestones.create(date="2020-01", text=words["milestone"])
    page.measures.create(indicator=words["measure"], unit="%", better="lower", before=2, after=1)
    page.sources.create(title=words["source"], url="https://example.org/")
    file = _file(words["document"], "plan.csv", "rows", council)
    Document.objects.create(page=page, document=file)
    page.save_revision().publish()
    return CaseStudyPage.objects.get(pk=page.pk), file


def _long_texts():
    return ("problem", "who_for", "approach", "results", "did_not_work", "advice", "what_next")


@pytest.fixture
def planted(world):  # noqa: F811 - the fixture
    """`world`, with what only members may read in it, and the people who may not, and one who may."""
    council, topic = world["stockport"], Topic.objects.get(slug="empty-shops")
    left = factories.organisation("Trafford")
    people = world["people"]
    outsiders = {
        "visitor": people["visitor"],
        "subscriber": factories.UserFactory(),
        "lapsed author": people["lapsed"],
        "lead of a council that left": factories.member(left, "lead"),
        "suspended": factories.UserFactory(),
    }
    member, speaker, lapsed = factories.member(council), factories.member(council), people["lapsed"]
    moderation.suspend(
        person=outsiders["suspended"], by=people["moderator"], reason="abuse", words="No.",
        until=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    topics = {"topic": topic.pk, "organisation": council.pk}
    for person in [*(one for name, one in outsiders.items() if name != "visitor"), member]:
        for kind, pk in topics.items():
            digests.follow(person=person, target=(kind, pk), cadence="daily")
    briefing, paper = _secret_briefing(council, topic)
    page, plan = _secret_case_study(council, topic)
    BriefingCaseStudy.objects.create(page=briefing, case_study=page)
    for person in (lapsed, member):
        digests.follow(person=person, target=("case_study", page.pk), cadence="daily")
    adoption = factories.adoption(page, factories.organisation("Hull"), words=CASE_STUDY["adoption"])
    # A lapsed member commented while they could; a member answers and names them.
    theirs = Comment.objects.create(
        page=briefing, author=lapsed, body=BRIEFING["comment of a lapsed member"], state="published"
    )
    comments = [
        _said(speaker, BRIEFING["comment"], page=briefing, reply_to=theirs),
        _said(speaker, CASE_STUDY["comment"], page=page),
    ]
    for state, word in UNPUBLISHED.items():
        for where in ({"page": world["public"]}, {"place": Place.objects.get(slug="somewhere")}):
            factories.comment(**where, author=factories.UserFactory(), body=word, state=state)
    left.left_at = timezone.now()
    left.save()
    secret = {
        "public": page, "members": page, "public.pk": page.pk, "public page": page.pk, "adoption": adoption.pk,
        "briefing.slug": briefing.slug, "comment": comments[0].pk, "held": comments[1].pk,
    }  # fmt: skip
    return {
        **world, "secret": {**world, **secret}, "outsiders": outsiders, "member": member, "briefing": briefing,
        "case study": page, "files": (paper, plan), "comments": (theirs, *comments),
    }  # fmt: skip


def _said(by, words, **where):
    comment, _verdict = add_comment(body=words, by=by, **where)
    if comment.state != "published":
        moderation.decide_contribution(contribution=comment, action="approve", by=factories.UserFactory(moderator=True))
    return comment


def _addresses(planted):
    """Everything there is to ask for, once: the table as it stands, with the secret things in it, and what it has no
    line for: the API's addresses, the second file of everything, what takes only a POST, and the CMS.
    """
    tables = (planted, planted["secret"])
    found = [_address(one, name) for one in tables for name in [*PAGES, *ROUTES]]
    page, briefing = planted["case study"], planted["briefing"]
    found += [page.url, briefing.url, f"/cy{page.url}", f"/cy{briefing.url}", *(one.url for one in planted["files"])]
    found += [reverse("data_file", args=[name, form]) for name in DATASETS for form in FORMATS]
    found += [*API, reverse("api:case_study", args=[page.pk])]
    found += [f"{path}?council=stockport" for path in ("/search/", "/map/", "/feeds/search/", "/search/results.csv")]
    found += ["/search/?type=briefing", "/briefings/?topic=empty-shops", f"/adoptions/new/?case_study={page.pk}"]
    found += [f"/following/new/?kind=case_study&id={page.pk}", page.specific.url_path.replace("/home/", "/", 1)]
    found += [f"/councils/stockport/{briefing.slug}/"]
    found += [reverse("comment", args=[one.pk]) for one in planted["comments"]]
    found += [reverse("report", args=["comment", one.pk]) for one in planted["comments"]]
    found += [reverse("report", args=["page", one.pk]) for one in (page, briefing)]
    for one in (page, briefing):
        found += [reverse(f"wagtailadmin_pages:{name}", args=[one.pk]) for name in ("edit", "view_draft", "history")]
    found += re.findall(r"<loc>https?://[^/]+(/[^<]+)</loc>", Client().get("/sitemap.xml").content.decode())
    return list(dict.fromkeys(found))


def found_in(text) -> set[str]:
    """The planted words in a text, in small letters, whatever follows them."""
    begun = {one.lower() for one in BEGUN.findall(text)}
    return {word for word in MARKERS for one in begun if one.startswith(word)}


def _whole(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return unescape(body.decode(errors="replace")) + repr(answer.headers)


def _met(client, addresses) -> dict[str, set[str]]:
    """Address → the words that it says."""
    met = {}
    for address in addresses:
        if found := found_in(_whole(client.get(address))):
            met[address] = found
    return met


def test_what_is_for_members_is_nowhere_else(planted, caplog, tmp_path):
    caplog.set_level(logging.INFO)
    deliver_all()
    addresses = _addresses(planted)
    # The words are there to be met: otherwise nothing below would show anything. A member goes first, so that what a
    # cache kept of this would be handed to those who come after.
    met = _met(_as(planted["member"]), addresses)
    seen = {word for words in met.values() for word in words}
    assert MEMBERS - seen == set(), "the walk does not pass where this stands"
    assert not HIDDEN & seen
    everywhere = _met(_as(planted["people"]["moderator"]), [planted["public"].url, "/moderation/", *addresses[:3]])
    assert any(UNPUBLISHED["held"].lower() in words for words in everywhere.values()), "a moderator meets what is held"
    leaks = {}
    for role, person in planted["outsiders"].items():
        client = _as(person)
        # Whoever has been something else before is asked the same at the doors that know of it.
        leaks[role] = _met(client, addresses if role in THOROUGH else [one for one in addresses if one in met])
        for name, arguments in POSTS.items() if role in THOROUGH else ():
            target = reverse(name, args=[planted["secret"].get(one, 1) for one in arguments])
            if found := found_in(_whole(client.post(target, {"body": "?", "kind": "case_study"}))):
                leaks[role][f"POST {target}"] = found
    assert {role: found for role, found in leaks.items() if found} == {}
    _nothing_is_found_by_them()
    _nothing_is_in_open_data(tmp_path)
    _nothing_is_in_what_others_search()
    _nothing_is_in_mails(planted)
    _nothing_is_kept_beside(caplog)


def _nothing_is_found_by_them():
    """A search for one of the words answers as for a word that is nowhere: no result, no count, no better spelling."""
    visitor = Client()
    for word in (BRIEFING["text"], BRIEFING["comment"], CASE_STUDY["measure"], CASE_STUDY["tag"]):
        nowhere = "x" + word[1:][::-1]
        for name in SEARCHES:
            said = [_of_search(visitor, name, one) for one in (word, nowhere)]
            assert said[0] == said[1], (name, word)
        wrong = word[:-2] + "zz"
        for name in SEARCHES:
            assert word.lower() not in _of_search(visitor, name, wrong).lower(), (name, wrong)
        for start in (word, word[:5]):
            answer = visitor.get(reverse("search_suggest"), {"q": start}).json()
            assert "auctions" not in repr(answer), start
            assert "account" not in repr(answer), start
            assert word.lower() not in repr(answer).lower().replace(f"'{start.lower()}'", ""), start


def _of_search(client, name, word):
    """What a search says, the word itself taken out."""
    text = _whole(client.get(reverse(name), {"q": word}))
    text = re.sub(r"'(Content-Length|ETag|Etag)': '[^']*'", "", TOKEN.sub("", text))
    text = re.sub(r"search/[0-9a-f]{32}", "", re.sub(r"<updated>[^<]*</updated>", "", text))
    return re.sub(re.escape(word), "?", text, flags=re.IGNORECASE)


def _nothing_is_in_open_data(folder):
    for path in write_archive(directory=folder).iterdir():
        assert not found_in(path.read_text(encoding="utf-8")), path.name


def _nothing_is_in_what_others_search():
    """Neither in what a document gives everybody, nor in what the database keeps of it for everybody."""
    inner = ""
    for document in build(every_key()):
        values = vars(document)
        outer = repr({name: value for name, value in values.items() if not name.startswith("members_")})
        assert not found_in(outer), document.key
        inner += repr({name: value for name, value in values.items() if name.startswith("members_")})
    assert {word.lower() for word in (BRIEFING["text"], BRIEFING["document"], CASE_STUDY["measure"])} <= found_in(inner)
    for row in IndexedDocument.objects.all():
        assert not found_in(repr((row.title, row.summary, row.payload))), row.key
    for event in Event.objects.all():
        assert not found_in(repr(event.data)), event.kind


def _nothing_is_in_mails(planted):
    for cadence in (Cadence.DAILY, Cadence.WEEKLY):
        digests.plan_now(cadence=cadence)
    digests.send_waiting()
    addresses = {person.email: role for role, person in planted["outsiders"].items() if role != "visitor"}
    told, met = set(), set()
    for message in mail.outbox:
        found = found_in(message.message().as_string()) | found_in(_decoded(message))
        for to in message.to:
            assert to not in addresses or not found, (addresses.get(to), message.subject, found)
            assert not found & HIDDEN, message.subject
            if to in addresses and "What a year of auctions showed" in _decoded(message):
                told.add(addresses[to])
            if to == planted["member"].email:
                met |= found
    assert told >= {"subscriber", "lapsed author"}, "they hear of the briefing, by what everybody may read"
    assert CASE_STUDY["comment"].lower() in met, "a member hears what was said"


def _decoded(message):
    return "\n".join(
        part.get_payload(decode=True).decode(errors="replace")
        for part in message.message().walk()
        if not part.is_multipart()
    )


def _kept_in(cache):
    """Whatever it holds, by key: in this process, or in Redis."""
    if hasattr(cache._cache, "items"):
        return list(cache._cache.items())
    redis = cache._cache.get_client(None, write=False)
    return [(key, redis.get(key)) for key in redis.scan_iter() if redis.type(key) == b"string"]


def _nothing_is_kept_beside(caplog):
    for name in ("default", "shared"):
        for key, value in _kept_in(caches[name]):
            assert not found_in(repr(value)), key
    # Whoever asks for an address names it: the name of a file is there because the walk asked for it.
    asked_for = {BRIEFING["file name"].lower()}
    for record in caplog.records:
        said = found_in(f"{record.getMessage()} {record.args} {record.exc_text}")
        assert not said - asked_for, record.name
