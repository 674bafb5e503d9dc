"""The rows of asks."""

from collections.abc import Iterator
from typing import Any

from api.addresses import absolute
from api.exports.columns import Row
from api.exports.shared import columns_of, in_batches, is_made_up, moment, public_case_studies
from discussion.asks.selectors import listed


def ask_rows() -> Iterator[Row]:
    return in_batches(listed(), _asks)


def _asks(asks: list[Any]) -> Iterator[Row]:
    tied = {ask.case_study_id for ask in asks if ask.case_study_id}
    public = set(public_case_studies().filter(pk__in=tied).values_list("pk", flat=True)) if tied else set()
    for ask in asks:
        yield {
            "id": ask.pk,
            "title": ask.title,
            "body": ask.body,
            "url": absolute(ask.get_absolute_url()),
            **columns_of(ask.organisation),
            "topics": [topic.slug for topic in ask.topics.all()],
            "place": ask.place.name if ask.place else "",
            "lat": ask.place.lat if ask.place else None,
            "lng": ask.place.lng if ask.place else None,
            "asked": moment(ask.created_at),
            "answers": ask.n_answers,
            "backers": ask.n_backers,
            "settled": ask.is_settled,
            "closed": moment(ask.closed_at),
            "closed_reason": ask.closed_reason,
            "case_study_id": ask.case_study_id if ask.case_study_id in public else None,
            "is_demonstration": is_made_up(ask.organisation) or bool(ask.author and ask.author.is_demonstration),
        }
