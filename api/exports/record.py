"""The rows of places’ records."""

from collections.abc import Iterator

from api.addresses import absolute
from api.exports.columns import Row
from api.exports.shared import columns_of, in_batches, moment
from places.models import RecordEntry, Side
from places.record.selectors import is_made_up as is_made_up_entry
from places.record.selectors import listed


def record_rows() -> Iterator[Row]:
    return in_batches(listed(), _entries)


def _entries(entries: list[RecordEntry]) -> Iterator[Row]:
    for entry in entries:
        replies = {reply.side: reply.words for reply in entry.replies.all()}
        yield {
            "id": entry.pk,
            "url": absolute(entry.get_absolute_url()),
            "place": entry.place.name,
            "place_slug": entry.place.slug,
            "lat": entry.place.lat,
            "lng": entry.place.lng,
            "side": entry.side,
            **columns_of(entry.organisation),
            "when": entry.when,
            "words": entry.words,
            "lesson": entry.lesson,
            "source_url": entry.source_url,
            "topic": entry.topic.slug if entry.topic else "",
            "programme": entry.programme.slug if entry.programme and entry.programme.live else "",
            "photo_alt": entry.picture.alt if entry.picture else "",
            "added": moment(entry.created_at),
            "council_reply": replies.get(Side.COUNCIL, ""),
            "resident_reply": replies.get(Side.RESIDENT, ""),
            "is_demonstration": is_made_up_entry(entry),
        }
