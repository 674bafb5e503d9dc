from django.apps import AppConfig
from django.core.signals import request_finished
from django.utils.translation import gettext_lazy as _


class CaseStudiesConfig(AppConfig):
    name = "casestudies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from casestudies import contributions, events, place_lines, reads, retention_rules  # noqa: F401 - registers its rules
        from casestudies import holdings as _holdings  # noqa: F401 - they register themselves
        from members import people_pages

        events.connect()
        contributions.register()
        people_pages.register("council_trials", _("Briefings to try"))
        place_lines.connect()
        request_finished.connect(reads.tally.flush_when_due, dispatch_uid="casestudies.reads")
