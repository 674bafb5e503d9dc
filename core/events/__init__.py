"""The event log: record what happened, once; deliver it to whoever registered for it.

from core import events

events.record(kind="case_study.published", subject=("case_study", page.pk), by=user,
              targets=[("topic", 3), ("organisation", 7)], data={"title": page.title})

@events.consumer("search", kinds={"case_study.*"}, batch_size=200)
def index(batch: Sequence[Event]) -> None: ...
"""

from core.events.record import Happening, record, record_many, together
from core.events.registry import Consumer, consumer, consumers, consumers_of

__all__ = ["Consumer", "Happening", "consumer", "consumers", "consumers_of", "record", "record_many", "together"]
