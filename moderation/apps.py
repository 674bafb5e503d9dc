from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "moderation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from moderation import signals
        from moderation.queue import pages, reports

        signals.connect()
        pages.register_source()
        reports.register_source()
