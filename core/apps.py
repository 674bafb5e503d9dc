from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.fields.related import ForeignObject
        from django.urls import register_converter

        from core.lookups import KeyExact
        from core.paths import NumberConverter

        ForeignObject.register_lookup(KeyExact)
        register_converter(NumberConverter, "number")
        from core import holdings as _holdings  # noqa: F401 - they register themselves
        from core import letters as _letters  # noqa: F401 - they register themselves
        from core import retention_rules  # noqa: F401 - registers its rules
