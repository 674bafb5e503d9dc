"""The search index hears what happens. One consumer an engine, so that one that is down holds up no other."""

from collections.abc import Callable, Sequence

from django.conf import settings

from core import events
from core.delivery import Unavailable
from core.models import Event
from search import engines, indexing
from search.engines.base import Engine, EngineUnavailable

KINDS = {
    "case_study.*", "programme.*", "place.*", "organisation.*", "organisation_page.*", "topic.*", "adoption.*", "ask.*",
    "comment.*", "opportunity.*", "briefing.*", "record.*",
}  # fmt: skip
DATABASE_CONSUMER = "search-database"
BATCH = 200


def register() -> None:
    """The database's documents are always kept: they are what answers while Elasticsearch does not."""
    events.consumer(DATABASE_CONSUMER, kinds=KINDS, batch_size=BATCH)(index_into_database)
    if settings.ELASTICSEARCH_URL:
        events.consumer("search-elasticsearch", kinds=KINDS, batch_size=BATCH)(index_into_elasticsearch)


def index_into_database(batch: Sequence[Event]) -> None:
    _index(engines.database, batch)


def index_into_elasticsearch(batch: Sequence[Event]) -> None:
    """While the server is down, or its index is being made, the events wait as they are."""
    try:
        _index(engines.elasticsearch, batch)
    except EngineUnavailable as error:
        raise Unavailable(str(error)) from error


def _index(engine: Callable[[], Engine], batch: Sequence[Event]) -> None:
    indexing.refresh(engine(), indexing.touched(batch))
