"""The rows of the open data, read a batch at a time: memory stays flat, and each batch costs the same few queries.

Everything is asked as nobody in particular, so that members-only content cannot get in. What is demonstration content
is marked in each row.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from api import opportunities as windows
from api.addresses import absolute, page_address
from api.exports import programmes
from api.exports.columns import ADOPTIONS, ASKS, BRIEFINGS, CASE_STUDIES, MEASURES, OPPORTUNITIES, RECORD, Dataset, Row
from api.selectors import NOBODY, councils_of
from casestudies.briefings.selectors import with_conclusions
from casestudies.change import change_of, significant
from casestudies.models import Adoption, AdoptionMeasure, BriefingPage, CaseStudyPage, Measure
from casestudies.selectors import adoptions_with_known_outcome
from discussion.asks.selectors import listed
from discussion.models import Ask
from members.models import Organisation
from places.models import OpportunityPage, ProgrammePage, RecordEntry, Side
from places.record.selectors import is_made_up
from places.record.selectors import listed as listed_entries

BATCH = 500
TEXTS = ("problem", "who_for", "approach", "results", "did_not_work", "advice", "what_next", "other_text")


def _in_batches(found: Any, describe: Callable[[list[Any]], Iterable[Row]]) -> Iterator[Row]:
    """Every row in the order of its number; each batch begins after the last number of the one before.

    The words in a row are English whoever asks, and a file is one language from its first row to its last.
    """
    last = 0
    while batch := list(found.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        with translation.override(settings.LANGUAGE_CODE):
            rows = list(describe(batch))
        yield from rows


def _public() -> Any:
    return CaseStudyPage.objects.visible_to(NOBODY)


def _without_texts(found: Any, path: str) -> Any:
    return found.defer(*(f"{path}__{name}" for name in TEXTS))


# --- Case studies ------------------------------------------------------------------------------------


def case_study_rows() -> Iterator[Row]:
    found = _public().without_texts().select_related("programme", "standing")
    found = found.prefetch_related("topics", "tagged_items__tag", "case_study_places__place")
    return _in_batches(found, _case_studies)


def _case_studies(pages: list[CaseStudyPage]) -> Iterator[Row]:
    councils = councils_of(pages)
    counts = Measure.objects.filter(page__in=[page.pk for page in pages]).order_by()
    measured = dict(counts.values_list("page").annotate(n=Count("pk")))
    for page in pages:
        organisation = _organisation_of(page, councils)
        standing = getattr(page, "standing", None)
        yield {
            "id": page.pk,
            "title": page.title,
            "summary": page.summary,
            "url": page_address(page),
            "api_url": absolute(reverse("api:case_study", args=[page.pk])),
            **_organisation(organisation),
            "written_by": page.written_by,
            "outcome": page.outcome,
            "stage": page.stage,
            "started": page.started,
            "ended": page.ended,
            "ended_reason": page.ended_reason,
            "setup_cost": _whole(page.setup_cost),
            "yearly_cost": _whole(page.yearly_cost),
            "cost_note": page.cost_note,
            "funder": page.funder,
            "topics": [topic.slug for topic in page.topics.all()],
            "tags": sorted(item.tag.name for item in page.tagged_items.all()),
            "programme": page.programme.slug if page.programme and page.programme.live else "",
            "places": [row.place.slug for row in page.case_study_places.all()],
            "evidence_rating": standing.rating if standing and standing.rated_at else None,
            "adoptions": standing.adoptions if standing else 0,
            "adoptions_known_outcome": standing.known_outcomes if standing else 0,
            "measures": measured.get(page.pk, 0),
            "first_published": _moment(page.first_published_at),
            "last_published": _moment(page.last_published_at),
            "last_confirmed": _moment(standing.confirmed_on if standing else None),
            "source_url": page.source_url,
            "is_demonstration": _is_made_up(organisation),
        }


# --- Measures ----------------------------------------------------------------------------------------


def measure_rows(*, page: CaseStudyPage | None = None) -> Iterator[Row]:
    """The measures of all public case studies and of their published adoptions; or those of one page, whose reader's
    rights the caller has asked about.
    """
    pages = _public().values("pk") if page is None else [page.pk]
    own = Measure.objects.filter(page__in=pages).select_related("standard", "page")
    yield from _in_batches(_without_texts(own, "page"), _own_measures)
    adoptions = Adoption.objects.published().filter(case_study__in=pages)
    theirs = AdoptionMeasure.objects.filter(adoption__in=adoptions.values("pk"))
    theirs = theirs.select_related("standard", "adoption__organisation", "adoption__author", "adoption__case_study")
    yield from _in_batches(_without_texts(theirs, "adoption__case_study"), _adopters_measures)


def _own_measures(measures: list[Measure]) -> Iterator[Row]:
    councils = councils_of(measure.page for measure in measures)
    for measure in measures:
        organisation = _organisation_of(measure.page, councils)
        yield {
            "id": f"m{measure.pk}",
            **_adopted(measure.page),
            "adoption_id": None,
            "measured_by": organisation.name if organisation else "",
            **_measure(measure),
            "is_demonstration": _is_made_up(organisation),
        }


def _adopters_measures(measures: list[AdoptionMeasure]) -> Iterator[Row]:
    councils = councils_of(measure.adoption.case_study for measure in measures)
    for measure in measures:
        adoption = measure.adoption
        yield {
            "id": f"a{measure.pk}",
            **_adopted(adoption.case_study),
            "adoption_id": adoption.pk,
            "measured_by": adoption.organisation.name,
            **_measure(measure),
            "is_demonstration": adoption.is_example or _is_made_up(_organisation_of(adoption.case_study, councils)),
        }


def _measure(measure: Any) -> Row:
    change = change_of(measure)
    relative = None if change.relative is None else float(significant(change.relative * 100))
    as_they_are = ("before", "before_date", "after", "after_date")
    notes = (
        "prices", "comparison", "why_comparable", "sample", "sample_size", "drop_out", "self_reported", "source",
        "note",
    )  # fmt: skip
    return {
        "indicator": measure.indicator,
        "agreed_indicator": measure.standard.name if measure.standard and measure.standard.is_agreed else "",
        "unit": measure.unit,
        "better": measure.better,
        **{name: getattr(measure, name) for name in as_they_are},
        "difference": None if change.difference is None else float(change.difference),
        "difference_unit": "percentage points" if change.in_points else measure.unit,
        "relative_change_percent": relative,
        "improved": change.improved,
        "target": measure.target,
        "target_result": str(change.target_result or ""),
        **{name: getattr(measure, name) for name in notes},
        "in_words": change.summary,
    }


# --- Adoptions ---------------------------------------------------------------------------------------


def adoption_rows() -> Iterator[Row]:
    found = Adoption.objects.visible_to(NOBODY).select_related("organisation", "place", "author", "case_study")
    return _in_batches(_without_texts(found, "case_study"), _adoptions)


def _adoptions(adoptions: list[Adoption]) -> Iterator[Row]:
    councils = councils_of(adoption.case_study for adoption in adoptions)
    counted = set(
        adoptions_with_known_outcome().filter(pk__in=[one.pk for one in adoptions]).values_list("pk", flat=True)
    )
    own = {adoption.own_case_study_id for adoption in adoptions if adoption.own_case_study_id}
    public = set(_public().filter(pk__in=own).values_list("pk", flat=True)) if own else set()
    for adoption in adoptions:
        origin = _organisation_of(adoption.case_study, councils)
        yield {
            "id": adoption.pk,
            **_adopted(adoption.case_study),
            "origin": origin.name if origin else "",
            **_organisation(adoption.organisation),
            "place": adoption.place.name if adoption.place else "",
            "lat": adoption.place.lat if adoption.place else None,
            "lng": adoption.place.lng if adoption.place else None,
            "status": adoption.status,
            "started": adoption.started,
            "ended": adoption.ended,
            "outcome": adoption.outcome,
            "reasons": list(adoption.reasons),
            "other_reason": adoption.other_reason,
            "changed": adoption.changed,
            "words": adoption.words,
            "verified": adoption.verified,
            "written_by": adoption.written_by,
            "source_url": adoption.source_url,
            "own_case_study_id": adoption.own_case_study_id if adoption.own_case_study_id in public else None,
            "last_confirmed": _moment(adoption.confirmed_on),
            "counted": adoption.pk in counted,
            "is_demonstration": adoption.is_example or _is_made_up(origin),
        }


# --- Asks ---------------------------------------------------------------------------------------------


def ask_rows() -> Iterator[Row]:
    return _in_batches(listed(), _asks)


def _asks(asks: list[Any]) -> Iterator[Row]:
    tied = {ask.case_study_id for ask in asks if ask.case_study_id}
    public = set(_public().filter(pk__in=tied).values_list("pk", flat=True)) if tied else set()
    for ask in asks:
        yield {
            "id": ask.pk,
            "title": ask.title,
            "body": ask.body,
            "url": absolute(ask.get_absolute_url()),
            **_organisation(ask.organisation),
            "topics": [topic.slug for topic in ask.topics.all()],
            "place": ask.place.name if ask.place else "",
            "lat": ask.place.lat if ask.place else None,
            "lng": ask.place.lng if ask.place else None,
            "asked": _moment(ask.created_at),
            "answers": ask.n_answers,
            "backers": ask.n_backers,
            "settled": ask.is_settled,
            "closed": _moment(ask.closed_at),
            "closed_reason": ask.closed_reason,
            "case_study_id": ask.case_study_id if ask.case_study_id in public else None,
            "is_demonstration": _is_made_up(ask.organisation) or bool(ask.author and ask.author.is_demonstration),
        }


def briefing_rows() -> Iterator[Row]:
    return _in_batches(with_conclusions(), _briefings)


def _briefings(pages: list[BriefingPage]) -> Iterator[Row]:
    councils = councils_of(pages)
    for page in pages:
        organisation = _organisation_of(page, councils)
        yield {
            "id": page.pk,
            "title": page.title,
            "summary": page.summary,
            "conclusion": " ".join(strip_tags(page.conclusion.replace("<", " <")).split()),
            "url": page_address(page),
            **_organisation(organisation),
            "authors": page.authors,
            "dated": page.dated.isoformat(),
            "topics": [topic.slug for topic in page.topics.all()],
            "programme": page.programme.slug if page.programme and page.programme.live else "",
            "first_published": _moment(page.first_published_at),
            "last_published": _moment(page.last_published_at),
            "is_demonstration": _is_made_up(organisation),
        }


# --- The records of places ----------------------------------------------------------------------------


def record_rows() -> Iterator[Row]:
    return _in_batches(listed_entries(), _entries)


def _entries(entries: list[RecordEntry]) -> Iterator[Row]:
    for entry in entries:
        replies = {reply.side: reply.words for reply in entry.replies.all()}
        yield {
            "id": entry.pk,
            "url": absolute(entry.get_absolute_url()),
            "place": entry.place.name,
            "place_slug": entry.place.slug,
            "lat": entry.place.lat,
            "lng": entry.place.lng,
            "side": entry.side,
            **_organisation(entry.organisation),
            "when": entry.when,
            "words": entry.words,
            "lesson": entry.lesson,
            "source_url": entry.source_url,
            "topic": entry.topic.slug if entry.topic else "",
            "programme": entry.programme.slug if entry.programme and entry.programme.live else "",
            "photo_alt": entry.picture.alt if entry.picture else "",
            "added": _moment(entry.created_at),
            "council_reply": replies.get(Side.COUNCIL, ""),
            "resident_reply": replies.get(Side.RESIDENT, ""),
            "is_demonstration": is_made_up(entry),
        }


# --- Opportunities ------------------------------------------------------------------------------------


def opportunity_rows() -> Iterator[Row]:
    return _in_batches(OpportunityPage.objects.listed().for_lists().prefetch_related("topics"), windows.rows)


# --- What they share ---------------------------------------------------------------------------------


def _adopted(page: CaseStudyPage) -> Row:
    return {"case_study_id": page.pk, "case_study_title": page.title, "case_study_url": page_address(page)}


def _organisation_of(page: Page, councils: dict[str, Any]) -> Organisation | None:
    above = councils.get(page.path[: -Page.steplen])
    return above.organisation if above else None


def _organisation(organisation: Organisation | None) -> Row:
    if organisation is None:
        return {"organisation": "", "organisation_slug": "", "gss_code": ""}
    return {
        "organisation": organisation.name,
        "organisation_slug": organisation.slug,
        "gss_code": organisation.gss_code or "",
    }


def _is_made_up(organisation: Organisation | None) -> bool:
    return bool(organisation and organisation.is_demonstration)


def _whole(amount: Any) -> int | None:
    return None if amount is None else int(amount)


def _moment(value: Any) -> str:
    return value.isoformat() if value else ""


def _count_measures() -> int:
    theirs = AdoptionMeasure.objects.filter(adoption__in=Adoption.objects.visible_to(NOBODY).values("pk"))
    return int(Measure.objects.filter(page__in=_public().values("pk")).count()) + int(theirs.count())


DATASETS = {
    one.name: one
    for one in (
        Dataset(
            name="case-studies",
            title=_("Case studies"),
            about=_("A row for each case study that everybody may read, with the facts beside its text."),
            columns=CASE_STUDIES,
            rows=case_study_rows,
            count=lambda: int(_public().count()),
        ),
        Dataset(
            name="measures",
            title=_("Measures"),
            about=_("A row for each figure, before and after, of those case studies and of their adoptions."),
            columns=MEASURES,
            rows=partial(measure_rows),
            count=_count_measures,
        ),
        Dataset(
            name="adoptions",
            title=_("Adoptions"),
            about=_("A row for each time that another organisation tried one of them, with what happened."),
            columns=ADOPTIONS,
            rows=adoption_rows,
            count=lambda: int(Adoption.objects.visible_to(NOBODY).count()),
        ),
        Dataset(
            name="opportunities",
            title=_("Opportunities"),
            about=_("A row for each window in which a council asked who wants to come forward, closed ones included."),
            columns=OPPORTUNITIES,
            rows=opportunity_rows,
            count=lambda: int(OpportunityPage.objects.listed().count()),
        ),
        Dataset(
            name="asks",
            title=_("Asks"),
            about=_("A row for each question that somebody asked the network, with what became of it."),
            columns=ASKS,
            rows=ask_rows,
            count=lambda: int(Ask.objects.published().count()),
        ),
        Dataset(
            name="briefings",
            title=_("Briefings"),
            about=_("A row for each briefing, with its conclusion and without what is for members."),
            columns=BRIEFINGS,
            rows=briefing_rows,
            count=lambda: int(BriefingPage.objects.listed().count()),
        ),
        Dataset(
            name="record",
            title=_("Records of places"),
            about=_("A row for each entry of a place’s record: what residents saw change, and what councils say."),
            columns=RECORD,
            rows=record_rows,
            count=lambda: int(listed_entries().count()),
        ),
        Dataset(
            name="programmes",
            title=_("Programmes"),
            about=_("A row for each programme or right: whether it can be used, where its law is, how it went."),
            columns=programmes.COLUMNS,
            rows=lambda: _in_batches(programmes.listed(), programmes.describe),
            count=lambda: int(ProgrammePage.objects.live().count()),
        ),
    )
}
