"""What a digest can tell. A new kind of story is one loader and one `register`.

A story kind names its events and the kinds of follow that bring them, and turns events into stories, many at once,
in the active language, leaving out what readers may not know of *now*. A story's title and summary are what
everybody may read; one that only members may know of says so.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.names import name_of
from digests.targets import Target

if TYPE_CHECKING:
    from core.models import Event
    from places.models import Place


CONSUMER = "digests"
COMMENT_PUBLISHED = "comment.published"


@dataclass(frozen=True, kw_only=True)
class Story:
    """One event as a reader meets it. Stories of one `root` are told together.

    `url` and `note_url` are paths; `change` says in a few words what happened; `voice` and `words` are who said what,
    for a comment, and `where`, if not on the case study itself. `note` is one line of news beside the thing itself
    (“Luton is trying this”), the latest one of what it is `about`, with a path of its own or none. `organisation`,
    `evidence` (the rating, 0 to 5) and `outcome_known` (an adoption's) are what entries are ranked by. `unless` are
    events: whoever hears of one of them only with this mail is not told this story, for which they lack the beginning.
    """

    root: Target
    title: str
    url: str
    byline: str = ""
    summary: str = ""
    outcome: str = ""
    is_new: bool = False
    change: str = ""
    voice: str = ""
    where: str = ""
    words: str = ""
    note: str = ""
    note_url: str = ""
    about: Target | None = None
    members_only: bool = False
    organisation: int = 0
    evidence: int = 0
    outcome_known: bool = False
    unless: frozenset[int] = frozenset()


Loader = Callable[[Sequence["Event"]], dict[int, Story]]


@dataclass(frozen=True, kw_only=True)
class StoryKind:
    events: frozenset[str]
    through: frozenset[str]
    load: Loader


_kinds: dict[str, StoryKind] = {}
# What was read of case studies in this load.
_held: ContextVar[dict[int, dict[str, Any] | None]] = ContextVar("cards of case studies")


def register(*, events: Iterable[str], through: Iterable[str], load: Loader) -> None:
    """`events` are kinds of event; `through` the kinds of follow that bring them."""
    kind = StoryKind(events=frozenset(events), through=frozenset(through), load=load)
    for name in kind.events:
        _kinds[name] = kind


def event_kinds() -> frozenset[str]:
    return frozenset(_kinds)


def through(event_kind: str) -> frozenset[str]:
    """The kinds of follow that bring an event of this kind."""
    return _kinds[event_kind].through if event_kind in _kinds else frozenset()


def load(events: Iterable["Event"]) -> dict[int, Story]:
    """Event id → story, of those that may be told now, in a constant number of queries for each kind of story."""
    by_kind: dict[int, tuple[StoryKind, list[Event]]] = {}
    for event in events:
        if kind := _kinds.get(event.kind):
            by_kind.setdefault(id(kind), (kind, []))[1].append(event)
    token = _held.set({})
    try:
        return {pk: story for kind, own in by_kind.values() for pk, story in kind.load(own).items()}
    finally:
        _held.reset(token)


# --- Case studies and programmes -----------------------------------------------------------------


def _case_studies(events: Sequence["Event"]) -> dict[int, Story]:
    cards = case_study_cards({event.subject_id for event in events})
    return {
        event.pk: Story(
            **{**cards[event.subject_id], "members_only": False},
            is_new=event.kind.endswith(".published"),
            change=_("New case study") if event.kind.endswith(".published") else _("Updated"),
        )
        for event in events
        if event.subject_id in cards
    }


def case_study_cards(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What every reader may know of published case studies, whatever their audience: title, summary, whose it is.

    `members_only` is about the rest of it, comments included. Read as rows, and once for all kinds of story of a load.
    """
    held = _held.get({})
    missing = set(ids) - held.keys()
    if missing:
        found = _read_cards(missing)
        held.update((pk, found.get(pk)) for pk in missing)
    return {pk: card for pk in ids if (card := held[pk]) is not None}


def _read_cards(ids: set[int]) -> dict[int, dict[str, Any]]:
    from casestudies.choices import Audience
    from casestudies.models import CaseStudyPage
    from members.models import OrganisationPage
    from search.documents.terms import page_paths

    columns = ("pk", "title", "summary", "outcome", "audience", "url_path", "path", "standing__rating")
    rows = list(CaseStudyPage.objects.listed().filter(pk__in=ids).values_list(*columns))
    owners = {
        path: (pk, name)
        for path, pk, name in OrganisationPage.objects.filter(
            path__in={_parent(path) for *_facts, path, _rating in rows}
        ).values_list("path", "organisation", "organisation__short_name")
    }
    outcomes = {value: str(label) for value, label in CaseStudyPage._meta.get_field("outcome").flatchoices}
    path_of = page_paths()
    cards = {}
    for pk, title, summary, outcome, audience, url_path, path, rating in rows:
        organisation, byline = owners.get(_parent(path), (0, ""))
        cards[pk] = {
            "root": ("case_study", pk),
            "title": title,
            "url": path_of(url_path) or "/",
            "byline": byline,
            "organisation": organisation,
            "evidence": rating or 0,
            "summary": summary,
            "outcome": outcomes.get(outcome, outcome),
            "members_only": audience == Audience.MEMBERS,
        }
    return cards


def _parent(path: str) -> str:
    from wagtail.models import Page

    return path[: -Page.steplen]


def _comments(events: Sequence["Event"]) -> dict[int, Story]:
    """Published comments. They are as private as the page that they stand on, or the adoption, or the ask; a place is
    everybody's.
    """
    from digests import ask_news, briefing_news
    from discussion.contributions import address
    from discussion.models import Comment

    comments = (
        Comment.objects.published()
        .filter(Q(adoption=None) | Q(adoption__state="published"), Q(ask=None) | Q(ask__state="published"))
        .filter(pk__in={event.subject_id for event in events if not event.data.get("restored")})
        .select_related("author", "adoption__organisation", "ask__organisation", "place")
        .in_bulk()
    )
    pages = {comment.page_id for comment in comments.values() if comment.page_id}
    cards = case_study_cards(pages)
    cards |= briefing_news.cards(pages - cards.keys())
    told = {}
    for event in events:
        comment = comments.get(event.subject_id)
        if comment and comment.ask:
            card = {**ask_news.card(comment.ask), "url": address(comment)}
        elif comment and comment.place:
            card = {**_place_card(comment.place), "url": address(comment)}
        elif comment and comment.page_id in cards:
            card = dict(cards[comment.page_id])
            card["url"] = address(comment) if comment.adoption_id else f"{card['url']}#comment-{comment.pk}"
        else:
            continue
        told[event.pk] = Story(
            **card,
            voice=name_of(comment.author),
            where=_("on what %(place)s tried") % {"place": comment.adoption.organisation.short_name}
            if comment.adoption
            else "",
            words=excerpt(comment.body),
        )
    return told


def _place_card(place: "Place") -> dict[str, Any]:
    return {
        "root": ("place", place.pk),
        "title": place.name,
        "byline": place.get_kind_display(),
        "summary": excerpt(place.summary, 300),
    }


def _programmes(events: Sequence["Event"]) -> dict[int, Story]:
    from places.models import ProgrammePage

    pages = ProgrammePage.objects.live().filter(pk__in={event.subject_id for event in events}).in_bulk()
    return {
        event.pk: Story(
            root=("programme", event.subject_id),
            title=page.title,
            url=page.get_url() or "/",
            byline=_("Programme"),
            summary=page.summary,
            is_new=event.kind.endswith(".published"),
            change=_("New") if event.kind.endswith(".published") else _("Updated"),
        )
        for event in events
        if (page := pages.get(event.subject_id))
    }


def readers_of_members_text(person_ids: Iterable[int]) -> set[int]:
    """Who among many people may read what is for members."""
    from members.selectors import members_among

    return members_among(person_ids)


def excerpt(text: str, length: int = 200) -> str:
    """The beginning of a plain text, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length and flat.isascii() else Truncator(flat).chars(length)


def register_own() -> None:
    from digests import adoption_news as news
    from digests import ask_news, briefing_news, opportunity_news, place_news, record_news

    everything = {"topic", "organisation", "programme", "place", "case_study"}
    register(events={"case_study.published", "case_study.updated"}, through=everything, load=_case_studies)
    register(events={COMMENT_PUBLISHED}, through={"case_study", "ask", "place"}, load=_comments)
    register(events=news.ADOPTION_KINDS, through=everything, load=news.load_adoptions)
    register(events={news.RATED}, through={"case_study"}, load=news.load_ratings)
    register(events={"case_study.ended"}, through={"case_study"}, load=news.load_endings)
    register(events=ask_news.KINDS, through={"topic", "organisation", "place", "ask"}, load=ask_news.load)
    # A briefing itself is not followed, so what members say about one is in no digest.
    register(events=briefing_news.KINDS, through={"topic", "organisation", "programme"}, load=briefing_news.load)
    register(events=record_news.KINDS, through={"place", "organisation", "topic", "programme"}, load=record_news.load)
    register(
        events=opportunity_news.KINDS,
        through={"topic", "organisation", "programme", "place"},
        load=opportunity_news.load,
    )
    register(events={"programme.published", "programme.updated"}, through={"programme"}, load=_programmes)
    register(events=place_news.KINDS, through={"place"}, load=place_news.load)
