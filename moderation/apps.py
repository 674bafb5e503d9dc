from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "moderation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from moderation import account_letters, appeals_source, join_source, report_letters, retention_rules, signals  # noqa: F401 - they register
        from moderation import holdings as _holdings  # noqa: F401 - as below
        from moderation.queue import letters as queue_letters  # noqa: F401 - as above
        from moderation.queue import pages, reports

        signals.connect()
        pages.register_source()
        reports.register_source()
        join_source.register_source()
        appeals_source.register_sources()
