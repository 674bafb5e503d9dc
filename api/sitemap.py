"""`/sitemap.xml` and `/robots.txt`: what search engines should find, and where they need not look.

Everything that everybody may read whole, asked as nobody in particular; a case study for members is not in it, although
its title is open. Each thing stands there in both languages, each naming the other. Page types and fixed addresses are
named here one by one, so that a new kind of page is found by nobody before somebody has thought about it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page

from api.addresses import absolute, page_address
from api.caching import public
from api.data_views import state
from api.selectors import NOBODY
from casestudies.models import Adoption, BriefingPage, CaseStudyPage
from core.models import HomePage, InformationPage, Topic
from discussion.models import Ask
from members.models import OrganisationIndexPage, OrganisationPage
from places.models import OpportunityPage, Place, ProgrammeIndexPage, ProgrammePage, RecordEntry

# A file may hold 50,000 addresses and 50 MB; a thing has two addresses, and each names both.
PER_FILE = 5_000
PAGE_TYPES = (
    HomePage, InformationPage, OrganisationIndexPage, OrganisationPage, ProgrammeIndexPage, ProgrammePage,
)  # fmt: skip
FIXED = (
    "topics", "places", "opportunities", "asks", "briefings", "map", "data", "evidence_guide", "moderation_policy",
    "privacy", "cookies", "terms", "complaints", "accessibility",
)  # fmt: skip
# Nothing to be found there: what only people who are signed in see, and what is computed anew for each reader.
NOT_THERE = (
    "account/", "following/", "moderation/", "search/suggest/", "search/results.csv", "compare/", "map/part/",
    "map/points/",
)  # fmt: skip
XML = "application/xml; charset=utf-8"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@dataclass(frozen=True, kw_only=True)
class Section:
    """`find` is what it lists, a queryset or a sequence; `address` the whole address of one in the active language;
    `changed` when it changed last, if that is known.
    """

    find: Callable[[], Any]
    address: Callable[[Any], str]
    changed: Callable[[Any], datetime | None] = lambda one: None

    def count(self) -> int:
        found = self.find()
        return len(found) if isinstance(found, tuple) else int(found.count())

    def batch(self, number: int) -> Sequence[Any]:
        found = self.find()
        start = (number - 1) * PER_FILE
        ordered = found if isinstance(found, tuple) else found.order_by("pk")
        return list(ordered[start : start + PER_FILE])


def _absolute_url(one: Any) -> str:
    return absolute(one.get_absolute_url())


def _pages() -> Any:
    return Page.objects.live().public().type(*PAGE_TYPES)


SECTIONS = {
    "fixed": Section(find=lambda: FIXED, address=lambda name: absolute(reverse(name))),
    "pages": Section(find=_pages, address=page_address, changed=lambda page: page.last_published_at),
    "case-studies": Section(
        find=lambda: CaseStudyPage.objects.visible_to(NOBODY).without_texts(),
        address=page_address,
        changed=lambda page: page.last_published_at,
    ),
    # Their conclusions are for everybody: that is what stands at these addresses for whoever comes by here.
    "briefings": Section(
        find=lambda: BriefingPage.objects.listed().without_texts(),
        address=page_address,
        changed=lambda page: page.last_published_at,
    ),
    "adoptions": Section(
        find=lambda: Adoption.objects.visible_to(NOBODY).only("pk"),
        address=lambda one: absolute(reverse("adoption", args=[one.pk])),
    ),
    "asks": Section(
        find=Ask.objects.published, address=_absolute_url, changed=lambda ask: ask.edited_at or ask.created_at
    ),
    "opportunities": Section(
        find=lambda: OpportunityPage.objects.listed().for_lists(),
        address=page_address,
        changed=lambda page: page.window.changed_at,
    ),
    "topics": Section(find=Topic.objects.all, address=_absolute_url),
    "places": Section(find=Place.objects.all, address=_absolute_url),
    "record": Section(
        find=lambda: RecordEntry.objects.published().filter(answers=None).select_related("place"),
        address=_absolute_url,
        changed=lambda entry: entry.edited_at or entry.created_at,
    ),
}


@public
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`: which files there are."""
    parts = [HEAD, f"<sitemapindex {SCHEMA}>\n"]
    for name, section in SECTIONS.items():
        for number in range(1, -(-section.count() // PER_FILE) + 1):
            address = absolute(reverse("sitemap_file", args=[name, number]))
            parts.append(f"<sitemap><loc>{escape(address)}</loc></sitemap>\n")
    return HttpResponse([*parts, "</sitemapindex>\n"], content_type=XML)


@public
def sitemap_file(request: HttpRequest, name: str, number: int) -> Any:
    """`/sitemap-<what>-<number>.xml`: at most 5,000 things, in both languages."""
    section = SECTIONS.get(name)
    found = section.batch(number) if section and number else []
    if section is None or not found:
        raise Http404("There is no such list.")
    response = StreamingHttpResponse(_lines(section, found), content_type=XML)
    response["ETag"] = f'W/"{name}-{number}-{state()}"'
    return response


def _lines(section: Section, found: Sequence[Any]) -> Iterator[str]:
    addresses: dict[str, list[str]] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            addresses[code] = [escape(section.address(one)) for one in found]
    yield f'{HEAD}<urlset {SCHEMA} xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    for position, one in enumerate(found):
        own = {code: addresses[code][position] for code in addresses}
        links = [_link(code, address) for code, address in own.items()]
        more = "".join([*links, _link("x-default", own[settings.LANGUAGE_CODE])])
        if changed := section.changed(one):
            more = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>{more}"
        for address in filter(None, own.values()):
            yield f"<url><loc>{address}</loc>{more}</url>\n"
    yield "</urlset>\n"


def _link(code: str, address: str) -> str:
    return f'<xhtml:link rel="alternate" hreflang="{code}" href="{address}"/>'


@public
def robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`: a site that is not public is not to be found at all."""
    if not settings.PRODUCTION:
        return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
    prefixes = ["/" if code == settings.LANGUAGE_CODE else f"/{code}/" for code, _name in settings.LANGUAGES]
    closed = ["/cms/", *(f"{prefix}{path}" for prefix in prefixes for path in NOT_THERE)]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), f"Sitemap: {absolute(reverse('sitemap'))}"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
