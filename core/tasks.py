"""Thin: which work, not how."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.management import call_command
from django.utils.module_loading import import_string

from core import announcing, delivery, records, retention
from core.celery import task


@task()
def deliver_due() -> None:
    """Deliver what is due. Rung by commits and by beat; two at once share the rows between them."""
    delivery.deliver_all(limit=20_000)


@task()
def publish_scheduled() -> None:
    """Publish the pages whose time has come, and withdraw those that expire."""
    call_command("publish_scheduled")


@task()
def forget_what_is_due() -> None:
    """Every night: the retention schedule."""
    retention.forget_what_is_due()


@task()
def remind_of_reviews() -> None:
    """Every morning: which of the provider's records are due for review."""
    records.remind()


@task()
def tell_of_changes() -> None:
    """Every morning: the change of the terms or the privacy notice that is announced, to those who have not heard."""
    announcing.tell_of_changes()


@task()
def run_background_task(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """One of Wagtail's tasks, by the path of its function (`core.background`). Its row may be gone by now."""
    try:
        import_string(path).func(*args, **kwargs)
    except ObjectDoesNotExist:
        return
