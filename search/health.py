"""How search is, for `/readyz` and staff's page on it. Search never takes the site out of service."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Min, Q

from core.models import Delivery
from search import engines
from search.engines.base import EngineRefuses, EngineUnavailable


def report() -> dict[str, Mapping[str, Any]]:
    """Each engine's state: `{"elasticsearch": {"state": "ok", "cluster": "green", "documents": 12}, …}`.

    `refused`: it is there, but a key, a privilege or a certificate is wrong; `down`: nobody knows. `error` says why.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for engine in engines.kept():
        try:
            found[engine.name] = engine.health()
        except EngineRefuses as error:
            found[engine.name] = {"state": "refused", "error": str(error)}
        except EngineUnavailable as error:
            found[engine.name] = {"state": "down", "error": str(error)}
    return found


def waiting() -> list[dict[str, Any]]:
    """What each engine has yet to hear: how many changes, since when, how many it gave up, and the last error of those.

    Two queries, however many there are.
    """
    ours = Delivery.objects.filter(consumer__startswith="search-").order_by()
    rows = ours.values("consumer").annotate(
        waiting=Count("pk", filter=Q(parked_at=None)),
        since=Min("event__occurred_at", filter=Q(parked_at=None)),
        parked=Count("pk", filter=Q(parked_at__isnull=False)),
    )
    errors = dict(ours.parked().order_by("parked_at").values_list("consumer", "error"))
    return [{**row, "error": errors.get(row["consumer"], "")} for row in rows.order_by("consumer")]


def elasticsearch_answers() -> None:
    """Raise `EngineUnavailable` when it is configured and does not."""
    engine = engines.primary()
    if engine is not None:
        engine.health()
