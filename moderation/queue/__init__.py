"""The queue: everything that waits for one person's decision, in one list.

The list of numbers is put together first (a few light queries for each source), and only one page of it is loaded in
full, so the number of queries does not depend on how much waits.
"""

from moderation.queue.contributions import held_by
from moderation.queue.listing import (
    Beside,
    Item,
    around,
    beside,
    entry_of,
    items,
    next_after,
    queue_url,
    url_of_entry,
    waiting_for,
    whatever_waits,
)
from moderation.queue.loading import load_subjects, organisations_of
from moderation.queue.pages import NAME as PAGES
from moderation.queue.reports import NAME as REPORTS
from moderation.queue.sources import Entry, Row, Severity, Source, register, source_named, sources

__all__ = [
    "PAGES",
    "REPORTS",
    "Beside",
    "Entry",
    "Item",
    "Row",
    "Severity",
    "Source",
    "around",
    "beside",
    "entry_of",
    "held_by",
    "items",
    "load_subjects",
    "next_after",
    "organisations_of",
    "queue_url",
    "register",
    "source_named",
    "sources",
    "url_of_entry",
    "waiting_for",
    "whatever_waits",
]
