"""Writing many documents at once."""

import logging
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from elasticsearch import Elasticsearch, helpers

from search.engines.base import EngineUnavailable, IndexMissing
from search.engines.elastic import errors

T = TypeVar("T")
R = TypeVar("R")

logger = logging.getLogger(__name__)

# One request; far below what a server takes (100 MB), so that it is not asked to hold much at once.
MOST_ACTIONS, MOST_BYTES = 500, 5 * 1024 * 1024
# A server that has too much to do is asked again after 0.5, 1, 2 and 4 seconds.
TRIES, FIRST_WAIT, LONGEST_WAIT = 4, 0.5, 8
_NEEDS_REBUILD = {"strict_dynamic_mapping_exception"}
# So many requests are on their way while the next documents are made: the server works at each with one thread a shard.
SENDERS = 3


def while_made(send: Callable[[T], R], batches: Iterable[T], *, senders: int = SENDERS) -> Generator[R, None, None]:
    """What `send` answers to each batch, in their order, while the next ones are being made.

    No batch is asked for while so many wait to be sent, so that what is held stays the same however many there are.
    When it ends, for whatever reason, nothing is on its way any more. Close it if you leave before its end.
    """
    pool = ThreadPoolExecutor(max_workers=senders, thread_name_prefix="search-send")
    waiting: deque[Future[R]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(send, batch))
            if len(waiting) > senders:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def bulk(client: Elasticsearch, target: str, actions: Iterable[Mapping[str, Any]]) -> list[str]:
    """Write all that the server takes; return which documents it refused for what they are, and why.

    What is older than what is held is dropped by its version, without a word.
    """
    outcomes = helpers.streaming_bulk(
        client,
        ({**one, "_index": target, "version_type": "external_gte"} for one in actions),
        chunk_size=MOST_ACTIONS,
        max_chunk_bytes=MOST_BYTES,
        max_retries=TRIES,
        initial_backoff=FIRST_WAIT,
        max_backoff=LONGEST_WAIT,
        raise_on_error=False,
    )
    reasons = [_refused(item) for accepted, item in outcomes if not accepted]
    refused = [reason for reason in reasons if reason]
    for reason in refused:
        logger.error("Elasticsearch refuses a document: %s", reason)
    return refused


def _refused(item: Mapping[str, Any]) -> str:
    """Why one document was refused; nothing when it was stale, or gone already."""
    ((verb, answer),) = item.items()
    status, error = answer.get("status"), answer.get("error") or {}
    if status == 409 or (status == 404 and verb == "delete" and not error):
        return ""
    kind = error.get("type", "") if isinstance(error, Mapping) else str(error)
    reason = error.get("reason", "") if isinstance(error, Mapping) else ""
    if kind == "index_not_found_exception":
        raise IndexMissing(f"{answer.get('_index')} is gone.")
    if isinstance(error, Mapping) and errors.is_forbidden(error):
        raise errors.forbidden(error)
    if kind == "cluster_block_exception" or status == 429 or kind in _NEEDS_REBUILD:
        raise EngineUnavailable(f"Elasticsearch takes no writes now: {kind} {reason}")
    return f"{answer.get('_id')}: {kind} {reason}"
