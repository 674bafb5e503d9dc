"""Thin: which work, not how."""

from pathlib import Path

from celery import shared_task
from django.conf import settings

from api.exports import write_archive

HOUR = 60 * 60


@shared_task(ignore_result=True, time_limit=4 * HOUR, soft_time_limit=4 * HOUR - 60)
def write_nightly_archive() -> None:
    """Every night, where the operator has named a directory for it."""
    if settings.EXPORT_DIR:
        write_archive(directory=Path(settings.EXPORT_DIR))
