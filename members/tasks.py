"""Thin: which work, not how."""

from core.celery import task
from members import services


@task()
def settle_memberships() -> None:
    """Permission never waits for this: it tidies the groups of people who did not come by."""
    services.settle_everybody()
