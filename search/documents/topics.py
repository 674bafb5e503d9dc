"""Topics are no documents themselves, but their names stand in those of their case studies, asks and entries."""

from collections.abc import Iterator, Sequence

from django.db.models import Q

from casestudies.models import CaseStudyPage
from search.documents import asks, briefings, opportunities, record
from search.documents.base import document_key


def dependents(ids: Sequence[int]) -> Iterator[str]:
    in_topics = Q(topics__in=ids) | Q(topics__parent__in=ids)
    for pk in CaseStudyPage.objects.listed().filter(in_topics).distinct().values_list("pk", flat=True):
        yield document_key("case_study", pk)
    yield from asks.in_topics(ids)
    yield from opportunities.in_topics(ids)
    yield from briefings.in_topics(ids)
    yield from record.in_topics(ids)
