"""Thin: which work, not how."""

from celery import shared_task

from places.opportunities import services


@shared_task(ignore_result=True)
def tell_of_opportunities() -> None:
    services.tell_what_is_due()
