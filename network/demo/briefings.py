"""The demonstration's briefings: written by the network's editors from public sources, which each names."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import unescape
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.html import strip_tags
from wagtail.documents import get_document_model

from casestudies.models import BriefingCaseStudy, BriefingDocument, BriefingPage, BriefingSource, CaseStudyPage
from core.models import Topic
from members.models import Organisation, OrganisationPage
from members.roles import NETWORK_ORGANISATION_SLUG
from places.models import ProgrammePage

PLAIN = ("slug", "title", "summary", "conclusion", "body", "authors")


def _document(one: Mapping[str, Any], of: Organisation) -> Any:
    """The briefing's own sources and text as a file, so that opening a document can be tried."""
    sources = "\n".join(f"- {source['title']}\n  {source['url']}" for source in one["sources"])
    text = unescape(strip_tags(one["body"].replace("</", "\n</")))
    words = "\n".join(line for line in text.splitlines() if line.strip())
    kept = {"collection": of.collection} if of.collection else {}
    file = ContentFile(f"{one['title']}\n\n{words}\n\n{sources}\n".encode(), name=f"{one['slug']}.txt")
    return get_document_model().objects.create(title=f"{one['title']} (text)", file=file, **kept)


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
    above = OrganisationPage.objects.select_related("organisation").get(organisation__slug=NETWORK_ORGANISATION_SLUG)
    page.documents.set([BriefingDocument(document=_document(one, above.organisation))])
    above.add_child(instance=page)
    page.save_revision().publish()
