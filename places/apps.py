from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "places"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from places import contributions, events, letters
        from places import holdings as _holdings  # noqa: F401 - they register themselves
        from places import retention_rules as _rules  # noqa: F401 - as above
        from places.opportunities import names

        contributions.register()
        events.connect()
        letters.connect()
        names.connect()
