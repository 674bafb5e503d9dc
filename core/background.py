"""Wagtail's own background tasks (its admin search, its reference index) on our worker."""

from typing import Any

from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.signals import task_enqueued
from django_tasks.utils import get_random_id


def accepted(task: Task[Any, Any], args: Any, kwargs: Any, *, backend: str) -> TaskResult[Any]:
    """What a task's caller gets while the task waits for a worker."""
    return TaskResult(
        task=task,
        id=get_random_id(),
        status=TaskResultStatus.READY,
        enqueued_at=None,
        started_at=None,
        last_attempted_at=None,
        finished_at=None,
        args=args,
        kwargs=kwargs,
        backend=backend,
        errors=[],
        worker_ids=[],
    )


class CeleryBackend(BaseTaskBackend):
    """Hands a task to Celery when the transaction that asked for it commits.

    Wagtail enqueues inside transactions; run there, an error of a task would take the change down with it
    (PostgreSQL) or vanish (the immediate backend keeps it in a result that nobody reads).
    """

    supports_priority = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        from core.tasks import run_background_task

        self.validate_task(task)
        result = accepted(task, args, kwargs, backend=self.alias)
        run_background_task.delay_on_commit(task.module_path, list(args), dict(kwargs))
        task_enqueued.send(type(self), task_result=result)
        return result
