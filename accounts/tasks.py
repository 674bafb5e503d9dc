"""Thin: which work, not how."""

from accounts.privacy import export, leaving
from core.celery import task


@task()
def prepare_exports() -> None:
    """Woken when somebody asks, and by beat for what a worker left behind."""
    export.prepare_due()


@task()
def close_accounts() -> None:
    """Every night: the accounts whose fortnight is over."""
    leaving.close_due()
