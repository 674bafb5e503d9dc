"""Case studies on anybody's page: cards, lists with their figures, and what a case study's own page is made of."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from django import template
from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from wagtail.templatetags.wagtailcore_tags import richtext

from casestudies import selectors
from casestudies.choices import Stage, WrittenBy
from casestudies.evidence import Rating, words
from casestudies.models import CaseStudyPage, Standing
from casestudies.permissions import can_read
from casestudies.selectors import programmes
from casestudies.selectors.councils import CouncilFilters, councils_directory, published_by_path, regions
from casestudies.travel import outcomes_in_words
from core.card_html import card_html
from core.cards import Card
from core.dates import display
from core.licence import LICENCE
from core.models import Topic
from core.structured import data_block
from core.templatetags.components import with_unit
from members.models import OrganisationKind, Tier
from members.permissions import is_member
from places.choices import Use

register = template.Library()

PAGE_SIZE = 12
COUNCILS_PAGE_SIZE = 60
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_COLUMN = re.compile(r'<th scope="col">(.*?)</th>', re.DOTALL)


@register.filter
def has_words(html: str | None) -> bool:
    """Whether rich text says anything: an emptied editor leaves `<p></p>`."""
    return bool(strip_tags(html or "").strip())


@register.filter
def prose(html: str | None) -> SafeString:
    """Rich text for readers, its tables in boxes of their own that scroll by hand or keys where they do not fit."""
    shown = str(richtext(html or ""))
    return mark_safe(_TABLE.sub(_boxed, shown))  # noqa: S308 - what `richtext` made, boxes around its tables


def _boxed(table: re.Match[str]) -> str:
    headings = ", ".join(filter(None, (strip_tags(cell).strip() for cell in _COLUMN.findall(table.group()))))
    label = gettext("Table: %(columns)s") % {"columns": headings} if headings else gettext("Table")
    return str(
        format_html(
            '<div class="cl-prose-table" role="region" tabindex="0" aria-label="{}">{}</div>',
            unescape(label),
            mark_safe(table.group()),  # noqa: S308 - as it stood in the text
        )
    )


@register.simple_tag(takes_context=True)
def case_study_card(context: Context, page: CaseStudyPage, **options: Any) -> SafeString:
    """A card. To somebody who may not read a members' case study it shows title, council and summary."""
    request = context.get("request")
    user = getattr(request, "user", None)
    readable = can_read(user, page) if user is not None else not page.is_members_only
    organisation_page = None if options.get("hide_council") else getattr(page, "organisation_page", None)
    places = [row.place.name for row in page.case_study_places.all()] if readable else []
    standing = getattr(page, "standing", None) if readable else None
    card = Card(
        title=page.title,
        url=page.get_url(request) or "",
        council=organisation_page.organisation.short_name if organisation_page else "",
        council_url=(organisation_page.get_url(request) or "") if organisation_page else "",
        place=places[0] if len(places) == 1 else "",
        date=(page.started or None) if readable else None,
        outcome=page.outcome if readable else "",
        evidence=standing.rating if standing and standing.rated_at else None,
        adoptions=standing.adoptions if standing else 0,
        summary=page.summary,
        badges=_badges(page, stale=bool(standing and standing.is_stale)),
    )
    return card_html(card, options.get("level", 3), plain=options.get("plain", False))


def _badges(page: CaseStudyPage, *, stale: bool) -> Sequence[Any]:
    badges = [gettext("Members only")] if page.is_members_only else []
    return [*badges, gettext("Not confirmed for two years")] if stale else badges


# --- Lists on the pages of topics, programmes, places and councils -----------------------------------


@register.simple_tag(takes_context=True)
def case_studies_of_council(context: Context, page: Any) -> dict[str, Any]:
    """`{list, overview}` of an organisation's page; its members' ones by title and summary."""
    listed = selectors.by_organisation(page)
    readable = listed.visible_to(_user(context))
    found = selectors.overview(readable, topics=True)
    return {"list": _paged(context, listed, with_organisations=False), "overview": found}


@register.simple_tag(takes_context=True)
def councils_like(context: Context, organisation: Any) -> selectors.CouncilsLike:
    """Those most similar to an organisation, why, and what they have published and adopted."""
    return selectors.councils_like(organisation, user=_user(context))


@register.simple_tag(takes_context=True)
def case_studies_in_programme(context: Context, page: Any) -> dict[str, Any]:
    """`{list, overview, figures, lately, only_public}` of a programme, as far as the reader may read of it."""
    found = selectors.in_programme(page, user=_user(context))
    took_part = [row.place for row in page.programme_places.select_related("place")]
    figures = programmes.figures(found, took_part=took_part)
    return {
        "list": _paged(context, found, count=figures.overview.total),
        "overview": figures.overview,
        "figures": figures,
        "lately": programmes.lately(found) if figures.overview.total else [],
        "only_public": not is_member(_user(context)),
    }


@register.simple_tag(takes_context=True)
def case_studies_at_place(context: Context, place: Any) -> dict[str, Any]:
    """`{list, overview}` of a place."""
    return _listing(context, selectors.at_place(place, user=_user(context)))


@register.simple_tag(takes_context=True)
def programmes_at_place(context: Context, place: Any) -> list[Any]:
    """The programmes that a place took part in, as far as the reader may know."""
    return selectors.programmes_at(place, user=_user(context))


@register.simple_tag(takes_context=True)
def programmes_directory(context: Context, page: Any) -> list[dict[str, Any]]:
    """The programmes beneath their index, `{label, programmes}` by whether they can be used, each group by title; a
    programme with its `facts`, with `n`, how many case studies it has, and `how` they went.
    """
    found = selectors.programmes_directory(page, user=_user(context))
    for one in found:
        one.facts = [fact for fact in (one.get_kind_display(), one.nation, one.in_force) if fact]
        one.how = programmes.outcome_parts(one.outcomes.items(), silent=one.outcomes.get("", 0))
    groups = [(str(use.label), [one for one in found if one.use == use]) for use in Use]
    groups.append((gettext("Nobody has looked yet"), [one for one in found if not one.use]))
    return [{"label": label, "programmes": members} for label, members in groups if members]


@register.simple_tag(takes_context=True)
def councils(context: Context) -> dict[str, Any]:
    """The directory under `/councils/` as the query string asks for it."""
    known = regions()
    filters = CouncilFilters.from_query(context["request"].GET, regions=known)
    published = published_by_path()
    found = Paginator(councils_directory(filters=filters, published=published), COUNCILS_PAGE_SIZE)
    page = found.get_page(context["request"].GET.get("page"))
    for one in page.object_list:
        one.published = published.get(one.path, 0)
    return {
        "list": page,
        "filters": filters,
        "tiers": [{"value": tier.value, "label": tier.label, "chosen": tier == filters.tier} for tier in Tier],
        "regions": [{"value": name, "label": name, "chosen": name == filters.region} for name in known],
    }


def _user(context: Context) -> Any:
    return context["request"].user


def _listing(context: Context, case_studies: Any) -> dict[str, Any]:
    overview = selectors.overview(case_studies)
    return {"list": _paged(context, case_studies, count=overview.total), "overview": overview}


def _paged(
    context: Context, case_studies: Any, *, with_organisations: bool = True, count: int | None = None
) -> ListPage:
    """`count`, where somebody has counted them already, spares a query."""
    paginator = Paginator(case_studies.for_cards(), PAGE_SIZE)
    if count is not None:
        paginator.count = count
    page = paginator.get_page(context["request"].GET.get("page"))
    if with_organisations:
        page.object_list = selectors.with_organisations(page.object_list)
    return page


# --- The home page -----------------------------------------------------------------------------------


@register.simple_tag
def network_in_numbers() -> dict[str, int]:
    return selectors.network_in_numbers()


@register.simple_tag
def latest_case_studies(limit: int = 3) -> selectors.Latest:
    return selectors.latest(limit=limit)


@register.simple_tag(takes_context=True)
def topics_with_counts(context: Context) -> list[tuple[Topic, int]]:
    return selectors.topics_with_counts(user=_user(context))


# --- A case study's own page -------------------------------------------------------------------------


@register.inclusion_tag("casestudies/adoptions/button.html", takes_context=True)
def adopt_button(context: Context, page: CaseStudyPage) -> dict[str, Any]:
    """“We tried this too”: a plain link, which leads a visitor through the sign-in and back."""
    request = context.get("request")
    if not page.pk or not page.live or getattr(request, "is_preview", False):
        return {}
    return {"url": f"{reverse('adoption_new')}?case_study={page.pk}"}


@register.simple_tag
def case_study_dates(page: CaseStudyPage) -> str:
    """“October 2012 to May 2013”, “Since April 2019” or nothing, for one that goes on or has ended."""
    started, ended = display(page.started), display(page.ended)
    if started and ended:
        if started == ended:
            return started
        return gettext("%(started)s to %(ended)s") % {"started": started, "ended": ended}
    if started and page.stage not in {Stage.ENDED, Stage.IDEA}:
        return gettext("Since %(started)s") % {"started": started}
    if ended:
        return gettext("Until %(ended)s") % {"ended": ended}
    return gettext("From %(started)s") % {"started": started} if started else ""


@register.simple_tag(takes_context=True)
def glance(context: Context) -> list[dict[str, Any]]:
    """The facts beside the text, for `components/at_a_glance.html`; what nobody filled in is left out there."""
    page: CaseStudyPage = context["page"]
    costs = [
        gettext("%(cost)s to set up") % {"cost": with_unit(page.setup_cost, "£")}
        if page.setup_cost is not None
        else "",
        gettext("%(cost)s a year") % {"cost": with_unit(page.yearly_cost, "£")} if page.yearly_cost is not None else "",
    ]
    cost = ", ".join(one for one in costs if one)
    return [
        {"label": gettext("Stage"), "value": page.get_stage_display(), "note": page.ended_reason},
        {"label": gettext("Cost"), "value": cost or page.cost_note, "note": page.cost_note if cost else ""},
        {"label": gettext("Time to the first result"), "value": page.time_to_first_result},
        {"label": gettext("Who paid"), "value": page.funder},
        {"label": gettext("Staff time"), "value": page.staff_time},
        {"label": gettext("Partners"), "value": ", ".join(partner.name for partner in context["partners"])},
        _adopted_by(context.get("adoptions") or ()),
    ]


def _adopted_by(adoptions: Sequence[Any]) -> dict[str, Any]:
    n = len(adoptions)
    text = ngettext("%(n)d other place", "%(n)d other places", n) % {"n": n} if n else ""
    return {
        "label": gettext("Adopted by"),
        "value": text,
        "url": "#does-it-travel",
        "note": outcomes_in_words(adoptions).capitalize(),
    }


@register.simple_tag
def evidence_in_words(standing: Standing) -> dict[str, Any] | None:
    """How sure we are of a case study, for `casestudies/parts/how_sure.html`; None before it was first rated."""
    rating = Rating.from_stored(standing.rating, standing.answers)
    if rating is None:
        return None
    return {
        "value": rating.value,
        "why": words.why(rating),
        "raise": words.what_would_raise(rating),
        "answers": words.answers(rating),
    }


@register.simple_tag(takes_context=True)
def contents(context: Context) -> list[dict[str, Any]]:
    """The parts that the page has, in their order, for the list of contents."""
    page: CaseStudyPage = context["page"]
    parts = (
        ("problem", gettext("The problem"), has_words(page.problem)),
        ("who-for", gettext("Who it is for"), has_words(page.who_for)),
        ("approach", gettext("What was done"), has_words(page.approach) or context["milestones"] or context["photos"]),
        ("results", gettext("What changed"), has_words(page.results) or context["measures"]),
        ("did-not-work", gettext("What did not work"), has_words(page.did_not_work)),
        ("lessons", gettext("Lessons"), context["lessons"]),
        ("risks", gettext("Risks"), context["risks"]),
        ("needs", gettext("What you would need"), context["needs_by_kind"] or has_words(page.advice)),
        ("what-next", gettext("What happens next"), has_words(page.what_next)),
        ("other-text", gettext("More about it"), has_words(page.other_text)),
        ("documents", gettext("Documents"), context["documents"]),
        ("sources", gettext("Sources"), context["sources"] or page.source_url),
        ("does-it-travel", gettext("Does it travel?"), context.get("adoptions") is not None),
    )
    return [{"id": where, "title": title} for where, title, there in parts if there]


@register.simple_tag(takes_context=True)
def structured_data(context: Context) -> str:
    """schema.org's view of a public case study, for machines that read pages; nothing that a visitor could not see.

    The JSON stands in a data block: browsers do not run it, and `<`, `>` and `&` in it are escaped, so no text can
    close the element.
    """
    page: CaseStudyPage = context["page"]
    if page.is_members_only or not page.live:
        return ""
    organisation = context.get("organisation")
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": page.title,
        "abstract": page.summary,
        "url": page.full_url,
        "datePublished": page.first_published_at.isoformat() if page.first_published_at else None,
        "dateModified": page.last_published_at.isoformat() if page.last_published_at else None,
        "inLanguage": "en-GB",
        "license": LICENCE,
        "isAccessibleForFree": True,
        "about": [topic.name for topic in context["topics"]],
        "keywords": ", ".join(context["tags"]) or None,
        "contentLocation": [{"@type": "Place", "name": place.name} for place in context["places"]],
        "citation": [source.url for source in context["sources"]],
    }
    if organisation:
        is_council = organisation.kind == OrganisationKind.COUNCIL
        whose = {"@type": "GovernmentOrganization" if is_council else "Organization", "name": organisation.name}
        if page.written_by == WrittenBy.ORGANISATION:
            data["author"] = whose
        else:  # what the network's editors wrote about a council is about it, and not by it
            data["author"] = {"@type": "Organization", "name": "Connected Localism"}
            data["mentions"] = whose
    return data_block({key: value for key, value in data.items() if value})
