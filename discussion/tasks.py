"""Thin: which work, not how."""

from celery import shared_task

from discussion.asks import services


@shared_task(ignore_result=True)
def raise_unanswered_asks() -> None:
    services.raise_unanswered()
