"""What a briefing's page shows, and what it says of itself to those who may not read on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from casestudies.models import BriefingPage, CaseStudyPage
from casestudies.permissions import can_read
from casestudies.selectors.lists import with_organisations
from core.cards import Card
from core.models import Topic
from members.selectors import organisation_page_above

WORDS_A_MINUTE = 200
# An exact number would let somebody who guesses a text check the guess.
ROUNDED_TO = 50


@dataclass(frozen=True, kw_only=True)
class BehindTheDoor:
    """What there is for members, in numbers only: no heading, no name of a document, no title of a source."""

    words: int
    minutes: int
    parts: int
    documents: int
    case_studies: int
    sources: int


def behind_the_door(page: BriefingPage) -> BehindTheDoor:
    named = [row.case_study_id for row in page.related.all()]
    words = len(strip_tags(page.body.replace("<", " <")).split())
    return BehindTheDoor(
        words=max(ROUNDED_TO, round(words / ROUNDED_TO) * ROUNDED_TO),
        minutes=max(1, round(words / WORDS_A_MINUTE)),
        parts=page.body.count("<h2"),
        documents=len(page.documents.all()),
        # What is not published no member can read either.
        case_studies=CaseStudyPage.objects.listed().filter(pk__in=named).count() if named else 0,
        sources=len(page.sources.all()),
    )


def reading_context(*, page: BriefingPage, user: Any, preview: bool = False, trial: Any = None) -> dict[str, Any]:
    """What the page shows to this person. `readable` False: what is for everybody, and what is behind the door.

    Whoever previews is shown it as a member sees it, or, when `user` is nobody, as everybody will. Somebody with a
    `trial` link reads the text; documents and comments stay with the members.
    """
    organisation_page = organisation_page_above(page)
    programme = page.programme
    readable = user.is_authenticated if preview else trial is not None or can_read(user, page)
    context: dict[str, Any] = {
        "organisation_page": organisation_page,
        "organisation": organisation_page.organisation if organisation_page else None,
        "readable": readable,
        "trial": trial,
        "topics": list(page.topics.all()),
        "programme": programme if programme and programme.live else None,
        "behind": behind_the_door(page),
    }
    if not readable:
        return context
    return context | {
        "documents": [row.document for row in page.documents.all()],
        "sources": list(page.sources.all()),
        "related": _related(page, user),
    }


def _related(page: BriefingPage, user: Any) -> list[CaseStudyPage]:
    """Those that the reader may read, in the author's order."""
    order = [row.case_study_id for row in page.related.all()]
    found = CaseStudyPage.objects.visible_to(user).filter(pk__in=order).for_cards() if order else []
    return sorted(with_organisations(found), key=lambda one: order.index(one.pk))


def listed(*, topic: Topic | None = None, beneath: Any = None) -> Any:
    """What everybody may know of, newest first: their titles, summaries, authors and dates."""
    found = BriefingPage.objects.listed().without_texts().newest()
    if topic is not None:
        found = found.in_topic(topic)
    return found.child_of(beneath) if beneath is not None else found


def with_conclusions() -> Any:
    """The same with all that everybody may read, for who takes it as data. What is for members is not loaded."""
    found = BriefingPage.objects.listed().newest().defer("body")
    return found.select_related("programme").prefetch_related("topics")


def cards(pages: Iterable[BriefingPage]) -> list[Card]:
    """One query for the organisations of all of them."""
    return [
        Card(
            title=page.title,
            url=page.get_absolute_url(),
            kind=_("Briefing"),
            council=above.organisation.short_name if (above := page.organisation_page) else "",
            council_url=(above.get_url() or "") if above else "",
            date=page.dated,
            summary=page.summary,
            members_only=True,
        )
        for page in with_organisations(pages)
    ]


def topics_with_briefings() -> list[Topic]:
    """The topics that a list of briefings can be narrowed to, first level only; one query."""
    used = BriefingPage.topics.through.objects.filter(briefingpage__live=True)
    ids = {pk for pair in used.values_list("topic", "topic__parent") for pk in pair if pk}
    return list(Topic.objects.top_level().filter(pk__in=ids))
