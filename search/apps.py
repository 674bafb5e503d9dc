from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from search import events
        from search.documents import case_studies, organisations, places, register

        for source in (case_studies.SOURCE, organisations.SOURCE, places.PLACES, places.PROGRAMMES):
            register(source)
        events.register()
