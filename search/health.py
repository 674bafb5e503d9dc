"""How search is, for `/readyz` and the status page. Search never takes the site out of service."""

from collections.abc import Mapping
from typing import Any

from search import engines
from search.engines.base import EngineUnavailable


def report() -> dict[str, Mapping[str, Any]]:
    """Each engine's state: `{"elasticsearch": {"state": "ok", "cluster": "green", "documents": 12}, …}`."""
    found: dict[str, Mapping[str, Any]] = {}
    for engine in engines.kept():
        try:
            found[engine.name] = engine.health()
        except EngineUnavailable as error:
            found[engine.name] = {"state": "down", "error": str(error)}
    return found


def elasticsearch_answers() -> None:
    """Raise `EngineUnavailable` when it is configured and does not."""
    engine = engines.primary()
    if engine is not None:
        engine.health()
