"""Which engines there are. `database()` always; `elasticsearch()` when an address is configured."""

from functools import cache

from search.engines.base import Engine
from search.engines.database import DatabaseEngine


@cache
def database() -> DatabaseEngine:
    return DatabaseEngine()


def configured() -> list[Engine]:
    """Every engine that is kept up to date."""
    return [database()]
