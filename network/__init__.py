"""Composition: settings, addresses, the Celery application, health. No rules live here."""

from network.celery import app as celery_app

__all__ = ["celery_app"]
