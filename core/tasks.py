"""Thin: which work, not how."""

from celery import shared_task

from core import delivery


@shared_task(ignore_result=True)
def deliver_due() -> None:
    """Deliver what is due. Rung by commits and by beat; two at once share the rows between them."""
    delivery.deliver_all(limit=20_000)
