from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "moderation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from moderation import signals
        from moderation.queue import letters, pages, reports  # noqa: F401 - the letters register themselves

        signals.connect()
        pages.register_source()
        reports.register_source()
