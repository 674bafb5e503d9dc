"""The queue: everything that waits for one person's decision, in one list.

The list of numbers is put together first (a few light queries for each source), and only one page of it is loaded in
full, so the number of queries does not depend on how much waits.
"""

from moderation.queue.listing import Item, entry_of, items, next_after, url_of_entry, waiting_for
from moderation.queue.loading import load_subjects, organisations_of
from moderation.queue.sources import Entry, Row, Severity, Source, register, source_named, sources

__all__ = [
    "Entry",
    "Item",
    "Row",
    "Severity",
    "Source",
    "entry_of",
    "items",
    "load_subjects",
    "next_after",
    "organisations_of",
    "register",
    "source_named",
    "sources",
    "url_of_entry",
    "waiting_for",
]
