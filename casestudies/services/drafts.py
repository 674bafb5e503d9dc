"""Starting a case study outside Wagtail’s editor."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.html import escape, linebreaks
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from casestudies.choices import Stage
from casestudies.models import CaseStudyPage, Need, Risk
from members.errors import NotAllowed
from members.models import Organisation
from members.permissions import can_write_for
from members.selectors import organisation_of

if TYPE_CHECKING:
    from accounts.models import User

TITLE_LENGTH = 255


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


# What another attempt would say again; what came of this one, and what proves it, is its own.
STRUCTURE = ("problem", "who_for", "approach", "advice", "programme", "audience", "contact_name", "contact_role",
    "contact_email")  # fmt: skip


@transaction.atomic
def start_from_case_study(*, source: CaseStudyPage, by: "User") -> CaseStudyPage:
    """A draft beside a published case study of one's own organisation, with its structure and none of its results.

    Taken over: the problem, for whom, what was done, the advice, needs and risks, topics, tags, programme and contact.
    Not: summary, outcome, dates, money, figures, results, what did not work, lessons, places, photos, documents,
    sources, and everything that was said of it since. Raises `NotAllowed`.
    """
    organisation = organisation_of(source)
    if organisation is None or not source.live or not can_write_for(by, organisation):
        raise NotAllowed("Only a published case study of one's own organisation is a start for another.")
    page = CaseStudyPage(
        title=Truncator(_("%(title)s: another start") % {"title": source.title}).chars(TITLE_LENGTH),
        owner=by,
        live=False,
        stage=Stage.IDEA,
        **{name: getattr(source, name) for name in STRUCTURE},
    )
    page.needs.set([Need(kind=row.kind, need=row.need, core=row.core) for row in source.needs.all()])
    page.risks.set([Risk(risk=row.risk, response=row.response) for row in source.risks.all()])
    page.topics = list(source.topics.all())
    organisation.page.add_child(instance=page)
    page.tags.add(*source.tags.names())
    page.save(clean=False)  # a draft without a summary: it waits for its author
    page.save_revision(user=by, log_action=True, clean=False)
    return page
