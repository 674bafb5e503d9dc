"""Whom an ask concerns at once: a few who have done it, the asker when somebody answers or a case study came of it, and
who helped.

Of those who have done it, at most five hear of an ask, and each at most of two in a week: whoever is asked too often
asks to be left alone.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import User
from casestudies.models import Adoption, CaseStudyPage
from casestudies.selectors.due import originators
from digests import ask_news, keys, tokens
from digests.models import MailKind, MailPreference, OutgoingEmail
from digests.services.outbox import Wanted
from discussion.models import Ask
from search.selectors import similar_to_text

if TYPE_CHECKING:
    from core.models import Event

MOST_PEOPLE = 5
MOST_A_WEEK = 2
SIMILAR = 6
CASE_STUDY_PUBLISHED = "case_study.published"
KINDS = frozenset({ask_news.PUBLISHED, ask_news.ANSWERED, CASE_STUDY_PUBLISHED})


def wanted(batch: Sequence["Event"]) -> Iterator[Wanted]:
    """The mails that these events ask for. What a moderator shows again has been told."""
    batch = [event for event in batch if not event.data.get("restored")]
    yield from _to_who_has_done_it([event for event in batch if event.kind == ask_news.PUBLISHED])
    yield from _to_askers([event for event in batch if event.data.get("ask_id")])
    yield from _to_who_helped([event for event in batch if event.kind == ask_news.ANSWERED])
    yield from _to_who_asked_first([event for event in batch if event.kind == CASE_STUDY_PUBLISHED])


def who_has_done_it(ask: Ask) -> list[tuple[int, int]]:
    """(person id, case study id), the nearest first: who answers for the case studies in its topics that are most
    like it, and who recorded that they tried the same.
    """
    slugs = [topic.slug for topic in ask.topics.all()]
    hits = similar_to_text(f"{ask.title} {ask.body}", kind="case_study", size=SIMILAR, topics=slugs) if slugs else []
    pages = CaseStudyPage.objects.live().in_bulk([hit.object_id for hit in hits])
    nearest = [pages[hit.object_id] for hit in hits if hit.object_id in pages]
    theirs = originators(nearest) if nearest else {}
    tried = list(
        Adoption.objects.published().filter(case_study__in=nearest).order_by("pk").values_list("case_study", "author")
    )
    found: dict[int, int] = {}
    for page in nearest:
        adopters = [person for case_study, person in tried if case_study == page.pk and person]
        for person in [*theirs.get(page.pk, ()), *adopters]:
            found.setdefault(person, page.pk)
    return list(found.items())


def _to_who_has_done_it(events: Sequence["Event"]) -> Iterator[Wanted]:
    asks = Ask.objects.published().filter(pk__in={event.subject_id for event in events}).prefetch_related("topics")
    if not events:
        return
    lately: Counter[int] = Counter()
    for ask in asks.order_by("pk"):
        people = who_has_done_it(ask)
        willing = _willing([person for person, _page in people], tokens.ASKS) - {ask.author_id}
        lately |= _asked_lately(willing)
        # The same event may come twice, and an ask that was held after a change is published again.
        asked = set(OutgoingEmail.objects.filter(key__startswith=keys.of_ask(ask.pk)).values_list("person", flat=True))
        chosen = [(one, page) for one, page in people if one in willing - asked and lately[one] < MOST_A_WEEK]
        for person, page in chosen[: max(0, MOST_PEOPLE - len(asked))]:
            lately[person] += 1
            yield Wanted(
                key=keys.of_ask(ask.pk, person),
                kind=MailKind.ASK,
                person_id=person,
                payload={"ask": ask.pk, "case_study": page},
            )


def _asked_lately(people: Collection[int]) -> Counter[int]:
    week = timezone.now() - timedelta(days=7)
    found = OutgoingEmail.objects.filter(kind=MailKind.ASK, person__in=people, created_at__gte=week)
    return Counter(found.values_list("person", flat=True))


def _to_askers(events: Sequence["Event"]) -> Iterator[Wanted]:
    """Not what they wrote themselves, nor a reply to a comment of theirs, which has a mail of its own."""
    askers = _authors_of(event.data["ask_id"] for event in events)
    willing = _willing(askers.values(), tokens.ANSWERS)
    for event in events:
        asker = askers.get(event.data["ask_id"])
        if asker in willing and asker not in {event.actor_id, event.data.get("reply_to_author_id")}:
            yield Wanted(
                key=keys.of_reply(event.subject_id, asker),
                kind=MailKind.ANSWER,
                person_id=asker,
                payload={"comment": event.subject_id},
            )


def _to_who_helped(events: Sequence["Event"]) -> Iterator[Wanted]:
    from discussion.models import Comment

    answers = dict(
        Comment.objects.published()
        .filter(pk__in=[event.data["comment_id"] for event in events])
        .values_list("pk", "author")
        if events
        else ()
    )
    willing = _willing(answers.values(), tokens.ANSWERS)
    for event in events:
        person = answers.get(event.data["comment_id"])
        if person in willing and person != event.actor_id:
            yield Wanted(
                key=keys.of_thanks(event.data["comment_id"], person),
                kind=MailKind.ANSWER,
                person_id=person,
                payload={"helped": event.data["comment_id"], "ask": event.subject_id},
            )


def _to_who_asked_first(events: Sequence["Event"]) -> Iterator[Wanted]:
    """A case study that was started from an ask is published: whether that settles it is the asker's to say."""
    by = {event.subject_id: event.actor_id for event in events}
    found = Ask.objects.published().filter(case_study__in=by).select_related("case_study").order_by("pk")
    asks = list(found) if by else []
    willing = _willing((ask.author_id for ask in asks), tokens.ANSWERS)
    for ask in asks:
        page = ask.case_study
        if page and ask.author_id in willing and ask.author_id not in {by[page.pk], page.owner_id}:
            yield Wanted(
                key=keys.of_written_up(ask.pk, ask.author_id),
                kind=MailKind.ANSWER,
                person_id=ask.author_id,
                payload={"written_up": page.pk, "ask": ask.pk},
            )


def _authors_of(asks: Iterable[int]) -> Mapping[int, int]:
    ids = set(asks)
    found = Ask.objects.published().filter(pk__in=ids, author__isnull=False) if ids else Ask.objects.none()
    return {ask: author for ask, author in found.values_list("pk", "author") if author}


def _willing(people: Iterable[int | None], switch: str) -> set[int]:
    """Those of them who are there and have not switched it off."""
    ids = {person for person in people if person}
    ids -= MailPreference.objects.unwilling(ids, switch)
    return set(User.objects.filter(pk__in=ids, is_active=True).values_list("pk", flat=True)) if ids else set()
