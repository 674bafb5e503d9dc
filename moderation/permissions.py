"""Who may moderate. Predicates about rows have their queryset twins, named beside them."""

from collections.abc import Collection
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import TaskState, get_page_models

from members.models import Membership, Organisation, Role
from members.permissions import can_approve_for, can_write_for, is_moderator
from members.roles import LOCKED_CASES
from members.selectors import organisation_of
from moderation.models import Contribution, Report, ReportOutcome, ReviewTask, Step
from moderation.models.tasks import writers_of
from moderation.report_kinds import LOCKED


def can_moderate(user: Any) -> bool:
    """Work on contributions and reports, and read the log."""
    return is_moderator(user)


def can_see_queue(user: Any) -> bool:
    """A moderator, or somebody who signs off for an organisation (who finds only its pages there)."""
    return can_moderate(user) or (
        user.is_authenticated
        and user.is_active
        and Organisation.objects.with_role(user, Role.APPROVER, Role.LEAD).exists()
    )


def can_decide(user: Any, contribution: Contribution) -> bool:
    """Moderators, except about their own. Twin: `decidable_by`."""
    return can_moderate(user) and contribution.author_id != user.pk


def decidable_by(user: Any, contributions: Any) -> Any:
    """The queryset twin of `can_decide`."""
    return contributions.exclude(author=user) if can_moderate(user) else contributions.none()


def can_review(user: Any, task_state: TaskState) -> bool:
    """Whether this step of this page's review is the person's to decide. Twin: `reviewable_by`."""
    task = task_state.task.specific
    return isinstance(task, ReviewTask) and task.may_decide(user, task_state)


def reviewable_by(user: Any) -> Any:
    """The queryset twin of `can_review`: the steps in progress that the person may decide."""
    if not user.is_authenticated or not user.is_active:
        return TaskState.objects.none()
    return TaskState.objects.reviewable_by(user)


def can_ask_to_approve(user: Any, task_state: TaskState) -> bool:
    """Authors and leads of the page's organisation ask somebody to sign off while it is the organisation's turn."""
    task = task_state.task.specific
    if not isinstance(task, ReviewTask) or task.step != Step.ORGANISATION:
        return False
    organisation = organisation_of(task_state.workflow_state.content_object)
    return organisation is not None and user.is_active and can_write_for(user, organisation)


def can_sign_for(organisation: Organisation, person: Any, *, vouched: bool = True) -> bool:
    """Whether somebody may sign off by a link: the organisation's approvers and leads; and, `vouched` for by an author
    or lead, whoever reads the address, unless they have an account that was closed or whose membership has ended.
    """
    if person is None:
        return vouched
    if not person.is_active:
        return False
    if can_approve_for(person, organisation):
        return True
    known = Membership.objects.filter(person=person, organisation=organisation)
    return vouched and (Membership.objects.active().filter(pk__in=known).exists() or not known.exists())


def wrote(task_state: TaskState, *, email: str, person: Any) -> bool:
    """Whether the address, or the person, is of somebody who wrote what is reviewed."""
    from allauth.account.models import EmailAddress

    from accounts.models import User

    writers = writers_of(task_state)
    if person is not None and person.pk in writers:
        return True
    own = User.objects.filter(pk__in=writers, email__iexact=email).exists()
    return own or EmailAddress.objects.filter(user__in=writers, email__iexact=email).exists()


def can_handle_locked(user: Any) -> bool:
    """An administrator, or a moderator whom one has put into the group for locked cases."""
    return can_moderate(user) and (user.is_superuser or user.groups.filter(name=LOCKED_CASES).exists())


def can_handle_report(user: Any, report: Report) -> bool:
    """See a case and work on it: moderators; locked ones only who is named for them. Twin: `reports_handled_by`."""
    return can_moderate(user) and (report.kind not in LOCKED or can_handle_locked(user))


def reports_handled_by(user: Any, reports: Any) -> Any:
    """The queryset twin of `can_handle_report`."""
    if not can_moderate(user):
        return reports.none()
    return reports if can_handle_locked(user) else reports.exclude(kind__in=LOCKED)


def is_locked(subject: Any) -> bool:
    """Whether a locked case is about it that was not dismissed: then only who is named for such cases may see it."""
    return _locked(Report.objects.about(subject))


def are_locked(pages: Collection[int]) -> bool:
    """Whether one of the pages with these numbers is: of all that stands on them nothing is to be seen."""
    return bool(pages) and _locked(
        Report.objects.filter(object_id__in=pages, content_type__in=[one.pk for one in page_types()])
    )


def page_types() -> list[ContentType]:
    return list(ContentType.objects.get_for_models(*get_page_models()).values())


def _locked(reports: Any) -> bool:
    dismissed = [ReportOutcome.LEFT, ReportOutcome.MISUSED]
    return bool(reports.filter(kind__in=LOCKED).exclude(outcome__in=dismissed).exists())


def can_open(user: Any, subject: Any) -> bool:
    """Whether a moderator may see what a thing says, and decide about it otherwise than in its locked case."""
    return not is_locked(subject) or can_handle_locked(user)
