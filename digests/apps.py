from django.apps import AppConfig


class DigestsConfig(AppConfig):
    name = "digests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from digests import events, stories, targets

        targets.register_own()
        stories.register_own()
        events.register()
