"""Which engines there are. `database()` always; `elasticsearch()` when an address is configured."""

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from search.engines.base import Engine
from search.engines.sql import DatabaseEngine

if TYPE_CHECKING:
    from search.engines.elastic import ElasticsearchEngine


@cache
def database() -> DatabaseEngine:
    return DatabaseEngine()


@cache
def elasticsearch() -> "ElasticsearchEngine":
    from search.engines.elastic import ElasticsearchEngine

    return ElasticsearchEngine.from_settings()


def primary() -> "ElasticsearchEngine | None":
    """The engine that answers before the database does, if there is one."""
    return elasticsearch() if settings.ELASTICSEARCH_URL else None


def kept() -> list[Engine]:
    """Every engine that is kept up to date."""
    first = primary()
    return [database()] if first is None else [database(), first]
