"""What is public, as the API gives it. Asks as nobody in particular, whoever calls."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from wagtail.models import Page
from wagtail.rich_text import expand_db_html

from api import schemas
from api.addresses import absolute, page_address
from casestudies.evidence import Rating, words
from casestudies.models import BriefingPage, CaseStudyPage
from casestudies.permissions import can_read
from casestudies.selectors.travel import Adopter, adopters, adoptions_of
from core.html import clean_prose
from members.models import Organisation, OrganisationPage
from places.models import ProgrammePage
from places.record.selectors import is_made_up

NOBODY = AnonymousUser()
PROSE = ("problem", "who_for", "approach", "results", "did_not_work", "advice", "what_next", "other_text")
PLAIN = (
    "ended_reason", "setup_cost", "yearly_cost", "cost_note", "funder", "staff_time", "time_to_first_result",
    "written_by", "source_url",
)  # fmt: skip
ROWS: dict[str, type[Any]] = {
    "measures": schemas.Measure,
    "lessons": schemas.Lesson,
    "milestones": schemas.Milestone,
    "risks": schemas.Risk,
    "needs": schemas.Need,
    "sources": schemas.Source,
}


def case_studies(*, topic: str = "", council: str = "", programme: str = "", outcome: str = "", place: str = "") -> Any:
    """Published case studies, newest first; `topic` includes the topics below it.

    How a members-only one turned out is not public, so `outcome` leaves those out.
    """
    found = CaseStudyPage.objects.visible_to(NOBODY) if outcome else CaseStudyPage.objects.listed()
    if outcome:
        found = found.filter(outcome=outcome)
    if topic:
        through = CaseStudyPage.topics.through.objects
        pages = (
            through.filter(topic__slug=topic)
            .values("casestudypage_id")
            .union(through.filter(topic__parent__slug=topic).values("casestudypage_id"))
        )
        found = found.filter(pk__in=pages)
    if programme:
        found = found.filter(programme__slug=programme)
    if place:
        found = found.filter(case_study_places__place__slug=place)
    if council:
        page = OrganisationPage.objects.live().filter(organisation__slug=council).first()
        found = found.descendant_of(page) if page else found.none()
    return found.order_by("-first_published_at", "-pk")


def for_listing(pages: Any) -> Any:
    return pages.for_cards().select_related("programme").prefetch_related("topics")


def councils_of(pages: Iterable[Page]) -> dict[str, OrganisationPage]:
    """The organisation pages that stand right above these pages, by their path."""
    above = {page.path[: -Page.steplen] for page in pages}
    found = OrganisationPage.objects.filter(path__in=above).select_related("organisation")
    return {page.path: page for page in found}


def listed(pages: Sequence[CaseStudyPage]) -> list[schemas.CaseStudyListed]:
    """Title and summary of each; the facts too of those that anybody may read."""
    councils = councils_of(pages)
    return [schemas.CaseStudyListed(**_listed(page, councils)) for page in pages]


def whole(page: CaseStudyPage, *, attribution: str) -> schemas.CaseStudyWhole:
    values = _listed(page, councils_of([page]))
    if not can_read(NOBODY, page):
        return schemas.CaseStudyWhole(**values, attribution=attribution)
    return schemas.CaseStudyWhole(**values, attribution=attribution, text=_text(page), adoptions=_adoptions(page))


def _adoptions(page: CaseStudyPage) -> list[schemas.Adoption]:
    rows, _ = adopters(adoptions_of(page), user=NOBODY)
    return [_adoption(row) for row in rows]


def _adoption(row: Adopter) -> schemas.Adoption:
    one, organisation, place = row.adoption, row.adoption.organisation, row.adoption.place
    above = getattr(organisation, "page", None)
    names = schemas.Adoption.model_fields.keys() & {field.name for field in one._meta.concrete_fields}
    own = {name: getattr(one, name) for name in names - {"organisation", "place", "own_case_study"}}
    return schemas.Adoption(
        **own,
        url=absolute(reverse("adoption", args=[one.pk])),
        organisation=council_ref(organisation, above) if above and above.live else None,
        organisation_name=organisation.name,
        place=schemas.PlaceRef(slug=place.slug, name=place.name, lat=place.lat, lng=place.lng) if place else None,
        own_case_study=page_address(row.own_case_study) if row.own_case_study else None,
        is_example=row.is_example,
        measures=[schemas.Measure.model_validate(measure, from_attributes=True) for measure in one.measure_list],
    )


def _listed(page: CaseStudyPage, councils: dict[str, OrganisationPage]) -> dict[str, Any]:
    above = councils.get(page.path[: -Page.steplen])
    values: dict[str, Any] = {
        "id": page.pk,
        "url": page_address(page),
        "api_url": absolute(reverse("api:case_study", args=[page.pk])),
        "title": page.title,
        "summary": page.summary,
        "audience": page.audience,
        "council": above and council_ref(above.organisation, above),
        "first_published": page.first_published_at,
        "last_published": page.last_published_at,
    }
    if can_read(NOBODY, page):
        values |= {
            "outcome": page.outcome,
            "stage": page.stage,
            "started": page.started,
            "ended": page.ended,
            "topics": [topic.slug for topic in page.topics.all()],
            "programme": page.programme.slug if page.programme and page.programme.live else None,
            "places": [
                schemas.PlaceRef(slug=row.place.slug, name=row.place.name, lat=row.place.lat, lng=row.place.lng)
                for row in page.case_study_places.all()
            ],
            "evidence": _evidence(page),
        }
    return values


def _evidence(page: CaseStudyPage) -> schemas.Evidence | None:
    standing = getattr(page, "standing", None)
    rating = Rating.from_stored(standing.rating, standing.answers) if standing else None
    return schemas.Evidence(rating=rating.value, why=words.why(rating)) if rating else None


def _text(page: CaseStudyPage) -> schemas.Text:
    values: dict[str, Any] = {
        name: [shape.model_validate(one, from_attributes=True) for one in getattr(page, name).all()]
        for name, shape in ROWS.items()
    }
    values |= {name: clean_prose(expand_db_html(getattr(page, name))) for name in PROSE}
    values |= {name: getattr(page, name) for name in PLAIN}
    return schemas.Text(
        **values,
        last_confirmed=standing.confirmed_on if (standing := getattr(page, "standing", None)) else None,
        tags=sorted(tag.name for tag in page.tags.all()),
        partners=[one.name for one in page.partners.all()],
    )


def council_ref(organisation: Organisation, page: OrganisationPage) -> schemas.CouncilRef:
    return schemas.CouncilRef(slug=organisation.slug, name=organisation.name, url=page_address(page))


def council(organisation: Organisation) -> schemas.Council:
    own = {name: getattr(organisation, name) for name in schemas.Council.model_fields if name != "url"}
    return schemas.Council(**own, url=page_address(organisation.page))


def topic(one: Any) -> schemas.Topic:
    return schemas.Topic(
        slug=one.slug,
        name=one.name,
        name_cy=one.name_cy,
        parent=one.parent.slug if one.parent else None,
        known=one.known,
        url=absolute(one.get_absolute_url()),
    )


def programme(page: ProgrammePage) -> schemas.Programme:
    own = {name: getattr(page, name) for name in schemas.Programme.model_fields if name != "url"}
    return schemas.Programme(**own, url=page_address(page))


def briefings(pages: Sequence[BriefingPage]) -> list[schemas.Briefing]:
    """`pages` come from `casestudies.briefings.selectors.listed`, with their conclusions and without their texts."""
    councils = councils_of(pages)
    return [_briefing(page, councils.get(page.path[: -Page.steplen])) for page in pages]


def _briefing(page: BriefingPage, above: OrganisationPage | None) -> schemas.Briefing:
    return schemas.Briefing(
        id=page.pk,
        url=page_address(page),
        title=page.title,
        summary=page.summary,
        conclusion=clean_prose(expand_db_html(page.conclusion)),
        authors=page.authors,
        dated=page.dated,
        council=above.organisation.slug if above else None,
        topics=[topic.slug for topic in page.topics.all()],
        programme=page.programme.slug if page.programme and page.programme.live else None,
        first_published=page.first_published_at,
        last_published=page.last_published_at,
    )


def record_entry(one: Any) -> schemas.RecordEntry:
    """`one` comes from `places.record.selectors.listed`."""
    return schemas.RecordEntry(
        id=one.pk,
        url=absolute(one.get_absolute_url()),
        place=one.place.slug,
        side=one.side,
        council=one.organisation.slug if one.organisation else None,
        when=one.when,
        words=one.words,
        lesson=one.lesson,
        source_url=one.source_url,
        topic=one.topic.slug if one.topic else None,
        programme=one.programme.slug if one.programme and one.programme.live else None,
        photo_alt=one.picture.alt if one.picture else "",
        added=one.created_at,
        is_demonstration=is_made_up(one),
        replies=[
            schemas.RecordReply(
                side=reply.side,
                council=reply.organisation.slug if reply.organisation else None,
                words=reply.words,
                added=reply.created_at,
            )
            for reply in one.replies.all()
        ],
    )


def place(one: Any) -> schemas.Place:
    return schemas.Place(
        slug=one.slug,
        name=one.name,
        kind=one.kind,
        lat=one.lat,
        lng=one.lng,
        councils=[organisation.slug for organisation in one.organisations.all()],
        url=absolute(one.get_absolute_url()),
    )
