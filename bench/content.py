"""Invented case studies of a realistic size, the same for the same number."""

from collections.abc import Iterator
from typing import Any

COUNCILS = 20
TOPICS = 16
PLACES = 200
SENTENCES = (
    "The council let the empty shop by the week to traders who had never had one.",
    "Nobody applied in August, so the second round opened in October.",
    "Residents asked for a later closing time, and the market ran until eight.",
    "The grant paid for the fittings; the rent paid for the part-time manager.",
    "Footfall was counted by hand at two corners on the same Saturdays of each year.",
    "Three stalls became shops of their own, and two closed within the year.",
)


def prose(number: int, paragraphs: int = 3) -> str:
    return "".join(
        f"<p>{' '.join(SENTENCES[(number + one + two) % len(SENTENCES)] for two in range(4))}</p>"
        for one in range(paragraphs)
    )


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Rows of the import format: 3 measures, 3 lessons, 2 sources, 1 place and 2 topics each."""
    for number in range(count):
        place = number % PLACES
        yield {
            "id": f"bench-{number}",
            "title": f"A weekly market in an empty shop, number {number}",
            "council": f"benchford-{number % COUNCILS}",
            "summary": f"Traders took an empty shop by the week; {number % 7} of ten stayed for a year.",
            "problem": prose(number),
            "who_for": prose(number + 1, 1),
            "approach": prose(number + 2),
            "results": prose(number + 3),
            "did_not_work": prose(number + 4, 2),
            "what_next": prose(number + 5, 1),
            "advice": [{"kind": "people", "need": "A manager for two days a week", "core": True}],
            "lessons": [{"lesson": f"Lesson {one}: open in October", "why": SENTENCES[one]} for one in range(3)],
            "milestones": [{"date": f"201{one}-03", "text": "The shop opened"} for one in range(2)],
            "outcome": ("worked", "partly_worked", "did_not_work", "too_early")[number % 4],
            "stage": "running",
            "started": f"20{10 + number % 10}-04",
            "setup_cost": 1_000 * (number % 50),
            "funder": "The council",
            "topics": [f"bench-topic-{number % TOPICS}", f"bench-topic-{(number + 1) % TOPICS}"],
            "tags": ["market", "empty shop"],
            "places": [{"name": f"Benchtown {place}", "lat": 51.0 + place / 100, "lng": -2.0 + place / 200}],
            "measures": [
                {
                    "indicator": f"Empty shops, count {one}",
                    "unit": "%",
                    "better": "lower",
                    "before": 20 + one,
                    "after": 12 + one,
                    "before_date": "2015",
                    "after_date": "2016",
                    "comparison": "before_and_after",
                    "source": "https://www.example.org/count",
                }
                for one in range(3)
            ],
            "sources": [{"title": f"Report {one}", "url": f"https://www.example.org/{one}"} for one in range(2)],
        }


def make_neighbours() -> None:
    """The councils and topics that `rows` name."""
    from core.models import Topic
    from members.services import OrganisationFacts, onboard_organisation

    for number in range(COUNCILS):
        onboard_organisation(
            facts=OrganisationFacts(
                name=f"Benchford {number} Council", short_name=f"Benchford {number}", slug=f"benchford-{number}"
            )
        )
    Topic.objects.bulk_create(
        (Topic(name=f"Bench topic {number}", slug=f"bench-topic-{number}", order=number) for number in range(TOPICS)),
        ignore_conflicts=True,
    )
