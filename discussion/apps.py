from django.apps import AppConfig


class DiscussionConfig(AppConfig):
    name = "discussion"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from discussion import contributions

        contributions.register()
