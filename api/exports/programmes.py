"""The rows of the open data about programmes: what each is, whether it can be used, and how it went."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Prefetch
from django.utils.translation import gettext_lazy as _

from api.addresses import page_address
from api.exports.columns import Row, Words
from api.selectors import NOBODY
from casestudies.choices import Outcome
from casestudies.models import CaseStudyPage
from places.choices import LinkKind
from places.models import ProgrammePage, ProgrammePlace

COLUMNS: dict[str, Words] = {
    "id": _("The number of the programme."),
    "slug": _("As it stands in addresses, and in the column “programme” of the case studies."),
    "title": _("Its title."),
    "summary": _("What it lets whom do."),
    "url": _("Its page."),
    "kind": _("right: in law. fund: a funded programme. way: a way of working. Or empty."),
    "use": _("open: can be used now. ask: ask before you rely on it. closed. Or empty: nobody has looked."),
    "checked_on": _("The day on which somebody looked."),
    "nation": _("Where it applies."),
    "started": _("A year, or a year and a month."),
    "ended": _("A year, or a year and a month."),
    "in_force": _("Since when, in words."),
    "stages": _("What is done, in its order."),
    "law": _("Where the law is."),
    "guidance": _("Where guidance is."),
    "places": _("Slugs of places that took part; those of its case studies are in their table."),
    "case_studies": _("How many case studies it has that everybody may read."),
    "worked": _("How many of them worked."),
    "partly_worked": _("How many partly worked."),
    "did_not_work": _("How many did not work."),
    "too_early": _("Of how many it is too early to say."),
    "first_published": _("Date and time, UTC."),
    "last_published": _("Date and time, UTC."),
}


def listed() -> Any:
    return ProgrammePage.objects.live().prefetch_related(
        "steps", "sources", Prefetch("programme_places", ProgrammePlace.objects.select_related("place"))
    )


def describe(pages: list[ProgrammePage]) -> Iterable[Row]:
    readable = CaseStudyPage.objects.visible_to(NOBODY).filter(programme__in=[page.pk for page in pages]).order_by()
    ended: dict[int, dict[str, int]] = {}
    for programme, outcome, n in readable.values_list("programme", "outcome").annotate(n=Count("pk")):
        ended.setdefault(programme, {})[outcome] = n
    for page in pages:
        links, counted = list(page.sources.all()), ended.get(page.pk, {})
        as_they_are = ("slug", "title", "summary", "kind", "use", "nation", "started", "ended", "in_force")
        yield {
            "id": page.pk,
            **{name: getattr(page, name) for name in as_they_are},
            "url": page_address(page),
            "checked_on": page.checked_on.isoformat() if page.checked_on else "",
            "stages": [step.title for step in page.steps.all()],
            "law": [link.url for link in links if link.kind == LinkKind.LAW],
            "guidance": [link.url for link in links if link.kind == LinkKind.GUIDANCE],
            "places": [row.place.slug for row in page.programme_places.all()],
            "case_studies": sum(counted.values()),
            **{outcome.value: counted.get(outcome.value, 0) for outcome in Outcome},
            "first_published": page.first_published_at.isoformat() if page.first_published_at else "",
            "last_published": page.last_published_at.isoformat() if page.last_published_at else "",
        }
