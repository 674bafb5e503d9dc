from django.apps import AppConfig
from django.core.signals import request_finished


class CaseStudiesConfig(AppConfig):
    name = "casestudies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from casestudies import contributions, events, reads, retention_rules  # noqa: F401 - registers its rules
        from casestudies import holdings as _holdings  # noqa: F401 - they register themselves

        events.connect()
        contributions.register()
        request_finished.connect(reads.tally.flush_when_due, dispatch_uid="casestudies.reads")
