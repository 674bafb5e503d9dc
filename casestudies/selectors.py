"""Questions over case studies that pages ask."""

from typing import Any

from django.db.models import Count, Q

from casestudies.choices import Outcome
from casestudies.models import CaseStudyPage
from casestudies.permissions import can_read, can_see_contact
from core.models import Topic
from members.selectors import organisation_of


def reading_context(*, page: CaseStudyPage, user: Any) -> dict[str, Any]:
    """What the case study's page shows to this person. `readable` False: title, summary and the invitation only."""
    readable = can_read(user, page) or not page.live
    return {
        "organisation": organisation_of(page),
        "readable": readable,
        "contact_visible": can_see_contact(user, page),
        "topics": page.topics.all(),
        "places": [row.place for row in page.case_study_places.select_related("place")],
    }


def in_topic(topic: Topic) -> Any:
    """Published case studies of a topic, those of its second level included."""
    return (
        CaseStudyPage.objects.listed()
        .filter(Q(topics=topic) | Q(topics__parent=topic))
        .distinct()
        .order_by("-first_published_at")
    )


def outcome_counts(case_studies: Any) -> list[tuple[Outcome, int]]:
    """How many ended each way, every outcome named, in the order of the convention."""
    counted = dict(case_studies.order_by().values_list("outcome").annotate(n=Count("pk", distinct=True)))
    return [(outcome, counted.get(outcome.value, 0)) for outcome in Outcome]
