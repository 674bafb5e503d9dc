"""The demonstration's briefings: written by the network's editors from public sources, which each names."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from casestudies.models import BriefingCaseStudy, BriefingPage, BriefingSource, CaseStudyPage
from core.models import Topic
from members.models import OrganisationPage
from members.roles import NETWORK_ORGANISATION_SLUG
from places.models import ProgrammePage

PLAIN = ("slug", "title", "summary", "conclusion", "body", "authors")


@transaction.atomic
def make_briefings(content: Sequence[Mapping[str, Any]]) -> int:
    """Those that are not there yet; safe to repeat."""
    for one in content:
        if not BriefingPage.objects.filter(slug=one["slug"]).exists():
            _make(one)
    return len(content)


def _make(one: Mapping[str, Any]) -> None:
    page = BriefingPage(live=False, dated=date.fromisoformat(one["dated"]), **{name: one[name] for name in PLAIN})
    page.programme = ProgrammePage.objects.filter(slug=one["programme"]).first()
    page.topics.set(Topic.objects.filter(slug__in=one["topics"]))
    numbers = dict(CaseStudyPage.objects.filter(import_id__in=one["related"]).values_list("import_id", "pk"))
    page.related.set(
        [BriefingCaseStudy(sort_order=order, case_study_id=numbers[name]) for order, name in enumerate(one["related"])]
    )
    page.sources.set([BriefingSource(sort_order=order, **source) for order, source in enumerate(one["sources"])])
    OrganisationPage.objects.get(organisation__slug=NETWORK_ORGANISATION_SLUG).add_child(instance=page)
    page.save_revision().publish()
