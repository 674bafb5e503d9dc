from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import holdings as _holdings  # noqa: F401 - they register themselves
        from core import letters as _letters  # noqa: F401 - they register themselves
        from core import retention_rules  # noqa: F401 - registers its rules
