from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.signals import request_finished
        from django.db.models.signals import post_delete, post_save
        from wagtail.contrib.search_promotions.models import SearchPromotion

        from discussion.asks import suggesting
        from search import counting, events, held, retention_rules, selectors  # noqa: F401 - registers its rules
        from search.documents import (
            asks,
            briefings,
            case_studies,
            opportunities,
            organisations,
            places,
            record,
            register,
        )

        for source in (
            case_studies.SOURCE,
            organisations.SOURCE,
            places.PLACES,
            places.PROGRAMMES,
            opportunities.SOURCE,
            asks.SOURCE,
            briefings.SOURCE,
            record.SOURCE,
        ):
            register(source)
        events.register()
        suggesting.register(selectors.topics_like)
        request_finished.connect(counting.tally.flush_when_due, dispatch_uid="search.counting")
        # Wagtail's own screens save these; nothing but the memory of the processes hangs on it.
        for signal in (post_save, post_delete):
            signal.connect(held.on_change, sender=SearchPromotion, dispatch_uid=f"chosen results {id(signal)}")
