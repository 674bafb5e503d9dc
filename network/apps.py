import contextlib
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_delete, post_migrate, post_save


def _ensure_standing_structure(app_config: AppConfig, using: str, **kwargs: Any) -> None:
    """After every whole `migrate` (and a test's flush): the pages, groups and workflow that the code counts on.

    Django sends the signal once for each app with models; the last one stands for all.
    """
    if app_config != [config for config in apps.get_app_configs() if config.models_module][-1]:
        return
    tables = set(connections[using].introspection.table_names())
    if all(model._meta.db_table in tables for model in apps.get_models() if model._meta.managed):
        from network.structure import ensure_structure

        ensure_structure()


def _watch_the_footer() -> None:
    """Its links are held in memory: whoever changes a standing page, their order or the site's address says so."""
    from wagtail.models import Site
    from wagtail.signals import post_page_move

    from core.models import InformationPage
    from search import held

    for sender in (InformationPage, Site):
        post_save.connect(held.on_change, sender=sender, dispatch_uid=f"footer: {sender.__name__} saved")
        post_delete.connect(held.on_change, sender=sender, dispatch_uid=f"footer: {sender.__name__} deleted")
    post_page_move.connect(held.on_change, sender=InformationPage, dispatch_uid="footer: page moved")


class NetworkConfig(AppConfig):
    name = "network"

    def ready(self) -> None:
        from moderation.signals import silence_wagtails_mail
        from network import checks  # noqa: F401 - registers the system checks

        silence_wagtails_mail()
        _watch_the_footer()
        post_migrate.connect(_ensure_standing_structure)
        if not settings.REDIS_URL:
            # The broker made of files needs its folders; without them the beat's tick still does the work.
            with contextlib.suppress(OSError):
                for folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.values():
                    Path(folder).mkdir(parents=True, exist_ok=True)
