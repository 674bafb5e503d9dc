"""The base of every task, and the decorator that makes one."""

import functools
from collections.abc import Callable
from typing import Any, cast

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from django.db import transaction


class Task(DjangoTask):
    """A task that is asked for only after the transaction, and whose loss harms nothing.

    The work's record is a row in the database, and a beat tick finds rows that no message announced.
    So a broker that is down when the transaction ends is logged (`robust=True`) and does not turn a
    change that was saved into an error page.
    """

    abstract = True

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]  # the stubs say more than Celery returns
        transaction.on_commit(functools.partial(self.delay, *args, **kwargs), robust=True)

    def apply_async_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]  # as above
        transaction.on_commit(functools.partial(self.apply_async, *args, **kwargs), robust=True)


def task(**options: Any) -> Callable[[Callable[..., Any]], Task]:
    """Celery's `shared_task`, without results, and typed as what it makes: a `Task` of ours."""
    return cast(Callable[[Callable[..., Any]], Task], shared_task(ignore_result=True, **options))
