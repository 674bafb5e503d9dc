from django.apps import AppConfig


class DiscussionConfig(AppConfig):
    name = "discussion"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from discussion import contributions
        from discussion import holdings as _holdings  # noqa: F401 - they register themselves
        from discussion import retention_rules as _rules  # noqa: F401 - as above

        contributions.register()
