"""Wagtail's background work runs on the worker, after the commit, and a row that is gone is no error."""

import pytest
from django_tasks import TaskResultStatus
from wagtail.tasks import update_reference_index_task

from core import tasks
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_celery(settings):
    settings.TASKS = {"default": {"BACKEND": "core.background.CeleryBackend"}}


def test_work_is_handed_over_when_the_transaction_commits(on_celery, monkeypatch, django_capture_on_commit_callbacks):
    handed = []
    monkeypatch.setattr(tasks.run_background_task, "delay", lambda *args: handed.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        result = update_reference_index_task.enqueue("core", "homepage", "1")
        assert handed == []
    assert result.status == TaskResultStatus.READY
    assert handed == [("wagtail.tasks.update_reference_index_task", ["core", "homepage", "1"], {})]


def test_the_worker_runs_it():
    page = factories.organisation("Stockport").page
    tasks.run_background_task(
        "wagtail.tasks.update_reference_index_task", ["members", "organisationpage", str(page.pk)], {}
    )


def test_a_row_that_is_gone_is_no_error():
    tasks.run_background_task("wagtail.tasks.update_reference_index_task", ["core", "homepage", "987654"], {})
