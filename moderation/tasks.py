"""Thin: which work, not how."""

from celery import shared_task

from moderation import services


@shared_task(ignore_result=True)
def tell_what_is_overdue() -> None:
    services.tell_what_is_overdue()
    services.forget_claims()
