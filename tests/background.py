"""Wagtail's two indices, kept only for the tests that ask for them.

Every save of a page makes Wagtail write down what it refers to (its reference index: where a file is used) and what it
says (the index behind the CMS's own search). Half the time that a test took to make a page went into these two, and
few tests look there. Those take the fixture `wagtail_indices`; everything else in the background runs on the spot.
"""

from typing import Any

from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.base import Task, TaskResult

from core.background import accepted

UPKEEP = {"wagtail.tasks.update_reference_index_task", "modelsearch.tasks.insert_or_update_object_task"}


class TestBackend(ImmediateBackend):
    """Immediate, but for the upkeep of the indices: that waits for ever, as it does when no worker runs."""

    keeps_indices = False

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        if self.keeps_indices or task.module_path not in UPKEEP:
            return super().enqueue(task, args, kwargs)
        return accepted(task, args, kwargs, backend=self.alias)
