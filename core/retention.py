"""What is kept about people, for how long, and why: one schedule, run every night, with a record of each run.

Each room registers its rules in its own `retention.py`; the privacy notice and the CMS show this very list, so that
what is promised is what is run. A rule that a room runs by a job of its own says so with `last`, and is listed only.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from core.models import RetentionRecord

logger = logging.getLogger(__name__)

BATCH = 500
# What is left after that is for the next night: each batch is done for good.
WORK = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Last:
    """A run of a rule: when it began and ended, how many rows it forgot, what stopped it."""

    started_at: datetime
    finished_at: datetime | None
    rows: int
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`what` is forgotten `kept` after `since`; `why` is where the period comes from. The words are lazy translations.

    `due` are the rows whose time has come at a moment, `forget` does away with the rows of these ids and says how many;
    without it they are deleted. `run` is for what is no query: it does all of it and says how many. `last` is for a
    rule that another job runs and records.
    """

    name: str
    what: Any
    kept: timedelta
    since: Any
    why: Any
    due: Callable[[datetime], models.QuerySet[Any]] | None = None
    forget: Callable[[Sequence[Any], datetime], int] | None = None
    run: Callable[[datetime], int] | None = None
    last: Callable[[], Last | None] | None = field(default=None)
    order: int = 100


_rules: dict[str, Rule] = {}


def register(*rules: Rule) -> None:
    """Add to the schedule. Raises `ValueError` for a name that is taken by another rule."""
    for rule in rules:
        if _rules.get(rule.name, rule).what != rule.what:
            raise ValueError(f"Two rules are called {rule.name}.")
        _rules[rule.name] = rule


def rules() -> list[Rule]:
    return sorted(_rules.values(), key=lambda rule: (rule.order, rule.name))


def last_run(rule: Rule) -> Last | None:
    if rule.last:
        return rule.last()
    record = RetentionRecord.objects.filter(rule=rule.name).first()
    if record is None:
        return None
    return Last(started_at=record.started_at, finished_at=record.finished_at, rows=record.rows, error=record.error)


def forget_what_is_due(*, now: datetime | None = None) -> list[RetentionRecord]:
    """Run every rule. One that fails is recorded with its kind of error and does not stop the others."""
    now = now or timezone.now()
    return [_run(rule, now) for rule in rules() if rule.last is None]


def _run(rule: Rule, now: datetime) -> RetentionRecord:
    record = RetentionRecord.objects.create(rule=rule.name)
    stop_at = time.monotonic() + WORK.total_seconds()
    try:
        if rule.run:
            with transaction.atomic():
                record.rows = rule.run(now)
        else:
            while time.monotonic() < stop_at and (done := _one_batch(rule, now)):
                record.rows += done
    except Exception as error:  # whatever it was: the other rules are still owed, and this one is told of
        logger.exception("The retention rule %s failed.", rule.name)
        record.error = type(error).__name__
    record.finished_at = timezone.now()
    record.save(update_fields=["rows", "error", "finished_at"])
    return record


def _one_batch(rule: Rule, now: datetime) -> int:
    if rule.due is None:
        raise ValueError(f"The rule {rule.name} says neither what is due nor how to run it.")
    with transaction.atomic():
        rows = rule.due(now)
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return 0
        if rule.forget:
            return rule.forget(ids, now)
        rows.model._base_manager.filter(pk__in=ids).delete()
        return len(ids)
