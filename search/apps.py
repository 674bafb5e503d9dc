from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.signals import request_finished

        from search import counting, events
        from search.documents import case_studies, organisations, places, register

        for source in (case_studies.SOURCE, organisations.SOURCE, places.PLACES, places.PROGRAMMES):
            register(source)
        events.register()
        request_finished.connect(counting.flush_when_due, dispatch_uid="search.counting")
