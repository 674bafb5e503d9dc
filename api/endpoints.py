"""The public read API at `/api/`, described by `/api/openapi.json`: the same answers for everybody, without keys."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import NinjaAPI, Path, Query, Schema
from pydantic import Field

from api import discussion, schemas, selectors
from api import opportunities as windows
from api.addresses import absolute
from api.caching import public
from api.exports.writing import attribution
from casestudies.briefings.selectors import with_conclusions
from casestudies.choices import Outcome
from casestudies.models import CaseStudyPage
from core.licence import LICENCE, LICENCE_NAME
from core.models import Topic
from members.models import Organisation
from places.models import Place, ProgrammePage
from places.record.selectors import listed as listed_entries

MOST_PER_PAGE = 100
DESCRIPTION = (
    "Case studies of what councils and communities tried, what it cost, what changed and what did not work, with the "
    "councils, topics, programmes and places that they belong to. Everything that is public, for reading, under the "
    f"{LICENCE_NAME}. Members-only case studies are listed with their title and summary, briefings with their summary "
    "and conclusion."
)

api = NinjaAPI(
    title="Connected Localism",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    # The documentation page would load its scripts from another site; the document itself is enough for a client.
    docs_url=None,
    docs_decorator=public,
    openapi_extra={"info": {"license": {"name": LICENCE_NAME, "url": LICENCE}}},
)
api.add_decorator(public, mode="view")

Slug = Annotated[str, Field(pattern=r"^[-\w]*$", max_length=120)]
Number = Annotated[int, Field(ge=0, le=2**63 - 1)]
FAILURES = {404: schemas.Failure}


class Paging(Schema):
    page: int = Field(1, ge=1, le=1_000_000)
    per_page: int = Field(20, ge=1, le=MOST_PER_PAGE)


class Filters(Schema):
    topic: Slug = Field("", description="The slug of a topic; those below it count too.")
    council: Slug = Field("", description="The slug of a council or another organisation.")
    programme: Slug = Field("", description="The slug of a programme.")
    place: Slug = Field("", description="The slug of a place.")
    outcome: Outcome | None = None


class AskFilters(Schema):
    topic: Slug = Field("", description="The slug of a topic; those below it count too.")
    council: Slug = Field("", description="The slug of the organisation that it was asked for.")
    place: Slug = Field("", description="The slug of a place.")


class CommentFilters(Schema):
    ask: Number | None = Field(None, description="The answers to an ask, by its number.")
    case_study: Number | None = Field(None, description="Those on a case study and its adoptions, by its number.")
    place: Slug = Field("", description="The slug of a place.")


class OpportunityFilters(Schema):
    council: Slug = Field("", description="The slug of a council or another organisation.")
    programme: Slug = Field("", description="The slug of a programme.")
    place: Slug = Field("", description="The slug of a place.")
    topic: Slug = Field("", description="The slug of a topic; those below it count too.")
    state: Literal["", "upcoming", "open", "closing", "over"] = Field(
        "", description="“closing” are those of the open ones that close within a week; “over” is closed or withdrawn."
    )


def _page(
    request: HttpRequest, rows: Any, paging: Paging, items: Callable[[Sequence[Any]], list[Any]]
) -> dict[str, Any]:
    """One page of `rows`; 404 past the last."""
    pages = Paginator(rows, paging.per_page)
    if paging.page > pages.num_pages:
        raise Http404("There is no such page.")
    page = pages.page(paging.page)

    def address(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return absolute(f"{request.path}?{query.urlencode()}")

    return {
        "attribution": attribution(),
        "count": pages.count,
        "page": paging.page,
        "pages": pages.num_pages,
        "next": address(paging.page + 1) if page.has_next() else None,
        "previous": address(paging.page - 1) if page.has_previous() else None,
        "items": items(list(page.object_list)),
    }


@api.get("/", response=schemas.Index, url_name="index", tags=["about"])
def index(request: HttpRequest) -> Any:
    """Where everything is."""
    return {
        "name": settings.WAGTAIL_SITE_NAME,
        "attribution": attribution(),
        "openapi": absolute(reverse("api:openapi-json")),
        "lists": {
            name: absolute(reverse(f"api:{name}"))
            for name in (
                "case_studies",
                "councils",
                "topics",
                "programmes",
                "places",
                "opportunities",
                "asks",
                "comments",
                "briefings",
                "record",
            )
        },
        "feeds": {
            name: absolute(reverse(f"feed_{name}"))
            for name in ("case_studies", "opportunities", "asks", "briefings", "places", "programmes")
        },
    }


@api.get(
    "/case-studies/",
    response={200: schemas.ListOf[schemas.CaseStudyListed], **FAILURES},
    url_name="case_studies",
    tags=["case studies"],
)
def case_studies(request: HttpRequest, filters: Query[Filters], paging: Query[Paging]) -> Any:
    """Published case studies, newest first."""
    rows = selectors.case_studies(**{name: value or "" for name, value in filters.model_dump().items()})
    return _page(request, selectors.for_listing(rows), paging, selectors.listed)


@api.get(
    "/case-studies/{int:number}/",
    response={200: schemas.CaseStudyWhole, **FAILURES},
    url_name="case_study",
    tags=["case studies"],
)
def case_study(request: HttpRequest, number: Path[Number]) -> Any:
    """One case study, whole."""
    whole = CaseStudyPage.objects.listed().select_related("programme")
    page = whole.prefetch_related("case_study_places__place").filter(pk=number).first()
    if page is None:
        raise Http404("There is no such case study.")
    return selectors.whole(page, attribution=attribution())


@api.get(
    "/councils/",
    response={200: schemas.ListOf[schemas.Council], **FAILURES},
    url_name="councils",
    tags=["councils"],
)
def councils(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Councils and the other organisations of the network, by name."""
    rows = Organisation.objects.listed().select_related("page").order_by("short_name", "pk")
    return _page(request, rows, paging, lambda page: [selectors.council(one) for one in page])


@api.get("/topics/", response={200: schemas.ListOf[schemas.Topic], **FAILURES}, url_name="topics", tags=["topics"])
def topics(request: HttpRequest, paging: Query[Paging]) -> Any:
    """The network's topics, on two levels."""
    rows = Topic.objects.with_parents().order_by("order", "name", "pk")
    return _page(request, rows, paging, lambda page: [selectors.topic(one) for one in page])


@api.get(
    "/programmes/",
    response={200: schemas.ListOf[schemas.Programme], **FAILURES},
    url_name="programmes",
    tags=["programmes"],
)
def programmes(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Programmes and rights in law."""
    rows = ProgrammePage.objects.live().order_by("title", "pk")
    return _page(request, rows, paging, lambda page: [selectors.programme(one) for one in page])


@api.get("/places/", response={200: schemas.ListOf[schemas.Place], **FAILURES}, url_name="places", tags=["places"])
def places(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Towns, parishes and neighbourhoods, each with a point."""
    rows = Place.objects.prefetch_related("organisations").order_by("name", "pk")
    return _page(request, rows, paging, lambda page: [selectors.place(one) for one in page])


@api.get(
    "/opportunities/",
    response={200: schemas.ListOf[schemas.Opportunity], **FAILURES},
    url_name="opportunities",
    tags=["opportunities"],
)
def opportunities(request: HttpRequest, filters: Query[OpportunityFilters], paging: Query[Paging]) -> Any:
    """Windows in which councils ask who wants to come forward, those that close last first."""
    rows = windows.opportunities(**filters.model_dump())
    return _page(request, rows, paging, windows.listed)


@api.get("/asks/", response={200: schemas.ListOf[schemas.Ask], **FAILURES}, url_name="asks", tags=["asks"])
def asks(request: HttpRequest, filters: Query[AskFilters], paging: Query[Paging]) -> Any:
    """What people asked the network, newest first."""
    rows = discussion.asks(**filters.model_dump())
    return _page(request, rows, paging, lambda page: [discussion.ask(one) for one in page])


@api.get(
    "/comments/",
    response={200: schemas.ListOf[schemas.Comment], **FAILURES},
    url_name="comments",
    tags=["comments"],
)
def comments(request: HttpRequest, filters: Query[CommentFilters], paging: Query[Paging]) -> Any:
    """Answers to asks, and comments on what everybody may read, newest first."""
    return _page(request, discussion.comments(**filters.model_dump()), paging, discussion.told)


@api.get(
    "/briefings/",
    response={200: schemas.ListOf[schemas.Briefing], **FAILURES},
    url_name="briefings",
    tags=["briefings"],
)
def briefings(request: HttpRequest, paging: Query[Paging]) -> Any:
    """What member organisations found out: the part that everybody may read, newest first."""
    return _page(request, with_conclusions(), paging, selectors.briefings)


@api.get(
    "/record/",
    response={200: schemas.ListOf[schemas.RecordEntry], **FAILURES},
    url_name="record",
    tags=["places"],
)
def record(request: HttpRequest, paging: Query[Paging]) -> Any:
    """The records of places, the last added first: residents’ entries and councils’, clearly apart."""
    return _page(request, listed_entries(), paging, lambda page: [selectors.record_entry(one) for one in page])
