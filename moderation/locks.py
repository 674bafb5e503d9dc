"""What the editor of the CMS says above a page that is with a reviewer, and in its status panel."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail.locks import WorkflowLock
from wagtail.models import TaskState

UNSIGNED = _lazy(
    "Your organisation signs pages off first, but nobody but you could have done it, so that step is skipped. A second "
    "approver or lead would change that."
)


class ReviewLock(WorkflowLock):
    """Frozen for everybody while somebody may be reading it; how far it has come is said where it is noticed."""

    def get_message(self, user: Any) -> Any:
        step = self.object.current_workflow_task_state
        if step is None:
            return None
        return format_html_join(" ", "{}", ((sentence,) for sentence in progress(step)))

    def get_locked_by(self, user: Any) -> str:
        return _("With a reviewer")

    def get_description(self, user: Any) -> str:
        return _("Nobody changes the text while it is being read. Withdraw it from review to go on writing.")


def progress(step: TaskState) -> list[str]:
    """Where a page stands, in sentences: with whom, its place or its reader, how long it takes, and by when."""
    from members.models import Organisation
    from members.selectors import organisation_of, page_ids_of
    from moderation.waits import usual_times, waits_of

    organisation = organisation_of(step.workflow_state.content_object)
    own = page_ids_of(Organisation.objects.filter(pk=organisation.pk)) if organisation else []
    wait = waits_of([step], own_pages=own)[step.pk]
    takes = usual_times(own_pages=own)["organisation" if wait.organisation_step else "network"]
    if wait.organisation_step:
        where = _("This is with whoever signs off for your organisation (%(takes)s).")
    else:
        where = _("This is with the network’s moderators (%(takes)s).")
    if wait.unsigned:
        where = f"{UNSIGNED} {where}"
    if wait.claim:
        now = _("Being reviewed by %(person)s since %(time)s.") % {
            "person": wait.claim.by.display_name,
            "time": timezone.localtime(wait.claim.since).strftime("%H:%M"),
        }
    elif wait.place == 1:
        now = _("It is the next page to be looked at.")
    else:
        now = _("It is number %(place)s among the pages that wait.") % {"place": wait.place}
    due = _("To be decided by %(day)s.") % {"day": date_format(timezone.localtime(wait.due), "l j F")}
    return [where % {"takes": takes}, now, due, _("Nobody changes it meanwhile; withdraw it from review to go on.")]
