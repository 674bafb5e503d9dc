"""Thin: which work, not how."""

import logging

from celery import shared_task

from search import checking, counting, engines, indexing, related
from search.engines.base import EngineUnavailable, RebuildRunning

logger = logging.getLogger(__name__)
HOUR = 60 * 60


@shared_task(ignore_result=True, time_limit=4 * HOUR, soft_time_limit=4 * HOUR - 60)
def check_index() -> None:
    """Every night: compare each engine with the database and repair the difference."""
    for engine in engines.kept():
        try:
            if not engine.is_current():
                indexing.rebuild(engine)
                continue
            engine.clean_up()
            difference = checking.compare(engine)
            if difference:
                logger.warning(
                    "The %s index differed: %s missing, %s stale, %s extra. Repaired.",
                    engine.name,
                    len(difference.missing),
                    len(difference.stale),
                    len(difference.extra),
                )
                checking.repair(engine, difference)
        except EngineUnavailable as error:
            logger.warning("The %s index was not compared: %s", engine.name, error)
        except RebuildRunning as error:
            logger.info("The %s index is being made: %s", engine.name, error)


@shared_task(ignore_result=True)
def forget_counts() -> None:
    """Every night: what was searched for more than 90 days ago."""
    counting.forget()


@shared_task(ignore_result=True, time_limit=4 * HOUR, soft_time_limit=4 * HOUR - 60)
def ensure_index() -> None:
    """Every minute: make an index that is not there, or is of an older make, as after an upgrade. Usually one small
    request to Elasticsearch and three small queries.
    """
    for engine in engines.kept():
        try:
            if not engine.is_current():
                logger.warning("Making the %s index anew: %s documents.", engine.name, indexing.rebuild(engine))
        except EngineUnavailable as error:
            logger.warning("The %s index cannot be looked at: %s", engine.name, error)
        except RebuildRunning as error:
            logger.info("The %s index is being made already: %s", engine.name, error)


@shared_task(ignore_result=True, time_limit=60, soft_time_limit=50)
def count_topics() -> None:
    """Every five minutes: how often each topic comes up in general, for the related topics beside results."""
    related.count()
