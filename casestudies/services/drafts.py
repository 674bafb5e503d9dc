"""Starting a case study outside Wagtail’s editor."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.html import escape, linebreaks

from casestudies.models import CaseStudyPage
from members.errors import NotAllowed
from members.models import Organisation
from members.permissions import can_write_for

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def start_case_study(
    *, organisation: Organisation, title: str, summary: str, problem: str = "", outcome: str = "", by: "User"
) -> CaseStudyPage:
    """A draft under the organisation's page, for the full form to finish; `problem` is plain text.

    Raises `NotAllowed`.
    """
    if not can_write_for(by, organisation):
        raise NotAllowed("Only authors of the organisation may write for it.")
    page = CaseStudyPage(
        title=title,
        summary=summary,
        problem=linebreaks(escape(problem)) if problem else "",
        outcome=outcome,
        owner=by,
        live=False,
    )
    organisation.page.add_child(instance=page)
    page.save_revision(user=by, log_action=True)
    return page
