"""Who may moderate. Predicates about rows have their queryset twins, named beside them."""

from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.models import Page, TaskState

from accounts.models import User
from members.models import Membership, Organisation, Role
from members.permissions import can_approve_for, can_write_for, is_moderator
from members.roles import MODERATORS
from members.selectors import organisation_of
from moderation.locked_cases import (
    about_locked,
    can_handle_locked,
    can_open,
    decision_closed,
    decisions_open_to,
    locked_at,
    numbers_locked,
    page_types,
    touches_locked,
    untouched_by_locked,
)
from moderation.models import (
    APPEALABLE,
    Appeal,
    Contribution,
    Decision,
    DecisionAction,
    Report,
    ReviewTask,
    Sanction,
    Step,
)
from moderation.models.appeals import WINDOW
from moderation.models.tasks import writers_of
from moderation.registry import kinds
from moderation.standing import may_contribute

UNDO_WINDOW = timedelta(hours=24)
# What was published has been told to its followers within minutes; later it is hidden, with a reason.
PUBLICATION_WINDOW = timedelta(minutes=30)
ABOUT_PEOPLE = frozenset({DecisionAction.WARN, DecisionAction.LIMIT, DecisionAction.SUSPEND})
UNDOABLE = ABOUT_PEOPLE | {
    DecisionAction.APPROVE,
    DecisionAction.ASK_FOR_CHANGES,
    DecisionAction.DECLINE,
    DecisionAction.HIDE,
    DecisionAction.RESTORE,
}
UNDOABLE_PAGES = UNDOABLE - ABOUT_PEOPLE - {DecisionAction.RESTORE}
TAKEN_AWAY = (DecisionAction.UNDO, DecisionAction.OVERTURN)


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
    """Moderators, except about their own and about what a locked case is about. Twin: `decidable_by`."""
    return can_moderate(user) and contribution.author_id != user.pk and can_open(user, contribution)


def decidable_by(user: Any, contributions: Any) -> Any:
    """The queryset twin of `can_decide`."""
    if not can_moderate(user):
        return contributions.none()
    others = contributions.exclude(author=user)
    if can_handle_locked(user):
        return others
    return others.exclude(pk__in=numbers_locked(contributions.model))


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
    or lead, whoever reads the address, unless they have an account that was closed or
    suspended, or whose membership has ended.
    """
    if person is None:
        return vouched
    if not may_contribute(person):
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


def can_handle_report(user: Any, report: Report) -> bool:
    """See a case and work on it: moderators. Locked ones, whatever else is reported about the same thing, and
    complaints about them, only who is named for them. Twin: `reports_handled_by`.
    """
    return can_moderate(user) and (can_handle_locked(user) or not touches_locked(report))


def reports_handled_by(user: Any, reports: Any) -> Any:
    """The queryset twin of `can_handle_report`."""
    if not can_moderate(user):
        return reports.none()
    return reports if can_handle_locked(user) else untouched_by_locked(reports)


# --- People, their sanctions and their appeals -----------------------------------------------------


def can_sanction(user: Any, person: Any) -> bool:
    """Moderators, about anybody but themselves and those who moderate: an administrator takes that role away first.

    Twin: `sanctionable_by`.
    """
    return can_moderate(user) and person.pk != user.pk and not _moderates(person)


def _moderates(person: Any) -> bool:
    """Whatever their account allows today: an inactive moderator’s is still not their colleagues’ to decide."""
    return bool(person.is_superuser) or person.groups.filter(name=MODERATORS).exists()


def sanctionable_by(user: Any) -> QuerySet[User]:
    """The queryset twin of `can_sanction`."""
    if not can_moderate(user):
        return User.objects.none()
    moderators = User.objects.filter(Q(is_superuser=True) | Q(groups__name=MODERATORS))
    return User.objects.exclude(pk=user.pk).exclude(pk__in=moderators.values("pk"))


def can_second(user: Any, sanction: Sanction, *, whatever_its_state: bool = False) -> bool:
    """Agree to a ban: a moderator, neither who proposed it nor whom it is about. Twin: `secondable_by`."""
    waits = whatever_its_state or sanction.waits_for_a_second
    return can_moderate(user) and waits and user.pk not in {sanction.proposed_by_id, sanction.person_id}


def secondable_by(user: Any) -> QuerySet[Sanction]:
    """The queryset twin of `can_second`."""
    if not can_moderate(user):
        return Sanction.objects.none()
    return Sanction.objects.waiting_for_a_second().exclude(proposed_by=user).exclude(person=user)


def can_lift(user: Any, sanction: Sanction, *, whatever_its_state: bool = False) -> bool:
    """End a sanction early, or refuse a ban; also who made it. Nobody their own. Twin: `liftable_by`."""
    return can_moderate(user) and sanction.person_id != user.pk and (whatever_its_state or sanction.is_in_force)


def liftable_by(user: Any) -> QuerySet[Sanction]:
    """The queryset twin of `can_lift`."""
    return Sanction.objects.in_force().exclude(person=user) if can_moderate(user) else Sanction.objects.none()


def can_undo(user: Any, decision: Decision, *, whatever_its_age: bool = False) -> bool:
    """Take a decision back: any moderator, nobody one about themselves; whoever signed a page off, that; about what a
    locked case is about, only who is named for such. Twin: `undoable_by`.

    Whether something was built on it meanwhile, the service asks.
    """
    young = whatever_its_age or decision.decided_at > timezone.now() - window_of(decision)
    if not young or not _can_be_undone(decision) or decision_closed(user, decision):
        return False
    if not can_moderate(user):
        return _signed_off(user, decision)
    about_own = decision.action == DecisionAction.DISMISS_REPORT and _wrote_reported(user, decision)
    return decision.author_id != user.pk and not about_own


def window_of(decision: Decision) -> timedelta:
    """How long after it a decision can be taken back: a day; what published a page, half an hour."""
    published = (
        decision.action == DecisionAction.APPROVE
        and decision.step == Step.NETWORK
        and decision.content_type_id in _page_type_ids()
    )
    return PUBLICATION_WINDOW if published else UNDO_WINDOW


def _can_be_undone(decision: Decision) -> bool:
    if decision.action in ABOUT_PEOPLE or decision.action == DecisionAction.DISMISS_REPORT:
        return True
    if decision.content_type_id in _page_type_ids():
        return decision.action in UNDOABLE_PAGES
    return decision.action in UNDOABLE and decision.content_type_id in contribution_type_ids()


def _signed_off(user: Any, decision: Decision) -> bool:
    """Their own decision at the organisation's step, while they may still decide there."""
    own = user.is_authenticated and decision.moderator_id == user.pk and decision.author_id != user.pk
    if not own or decision.step != Step.ORGANISATION or decision.subject is None:
        return False
    organisation = organisation_of(decision.subject)
    return organisation is not None and can_approve_for(user, organisation)


def _wrote_reported(user: Any, decision: Decision) -> bool:
    """Whether the dismissed report was about something of theirs."""
    from moderation.subjects import author_of

    report = Report.objects.filter(pk=decision.object_id).first()
    subject = report.subject if report else None
    return subject is not None and author_of(subject) == user.pk


def undoable_by(user: Any) -> QuerySet[Decision]:
    """The queryset twin of `can_undo`."""
    now, pages = timezone.now(), _page_type_ids()
    publications = Q(content_type__in=pages, action=DecisionAction.APPROVE, step=Step.NETWORK)
    about = (
        Q(action__in=ABOUT_PEOPLE)
        | Q(action=DecisionAction.DISMISS_REPORT)
        | Q(content_type__in=pages, action__in=UNDOABLE_PAGES)
        | Q(content_type__in=contribution_type_ids(), action__in=UNDOABLE)
    )
    young = decisions_open_to(user, Decision.objects.filter(about, decided_at__gt=now - UNDO_WINDOW)).exclude(
        publications, decided_at__lte=now - PUBLICATION_WINDOW
    )
    if not can_moderate(user):
        signed = young.filter(moderator=user, step=Step.ORGANISATION) if user.is_authenticated else young.none()
        return young.filter(pk__in=[one.pk for one in signed if _signed_off(user, one)])
    own = _about_reported_of(user, young.filter(action=DecisionAction.DISMISS_REPORT))
    return young.exclude(Q(author=user.pk) & Q(author__isnull=False)).exclude(pk__in=own.values("pk"))


def _about_reported_of(user: Any, dismissals: QuerySet[Decision]) -> QuerySet[Decision]:
    """The queryset twin of `_wrote_reported`: a condition for each kind of thing, and no query for each dismissal."""
    own = Q(pk__in=[])
    reports = Report.objects.filter(pk__in=dismissals.values("object_id"))
    for number in set(reports.exclude(content_type=None).values_list("content_type", flat=True)):
        model: Any = ContentType.objects.get_for_id(number).model_class()
        if model is not None:
            writer = "owner" if issubclass(model, Page) else "author"
            theirs = model._default_manager.filter(**{writer: user.pk})
            own |= Q(content_type=number, object_id__in=theirs.values("pk"))
    return dismissals.filter(object_id__in=reports.filter(own).values("pk"))


def _page_type_ids() -> set[int]:
    return {one.pk for one in page_types()}


def contribution_type_ids() -> set[int]:
    """The content types of everything that people contribute."""
    types = ContentType.objects.get_for_models(*[kind.model for kind in kinds()])
    return {one.pk for one in types.values()}


def can_appeal(user: Any, decision: Decision, *, whatever_its_age: bool = False) -> bool:
    """Whose work or account it was about, within thirty days, unless it was taken back; once, which the database holds.

    The account may be switched off: who was banned appeals by a signed link. Twin: `appealable_by`.
    """
    if not user.is_authenticated or decision.author_id != user.pk or decision.action not in APPEALABLE:
        return False
    if whatever_its_age:
        return True
    stands = not decision.answered_by.filter(action__in=TAKEN_AWAY).exists()
    in_time = decision.decided_at > timezone.now() - WINDOW
    return in_time and stands and not Appeal.objects.filter(decision=decision).exists()


def appealable_by(user: Any) -> QuerySet[Decision]:
    """The queryset twin of `can_appeal`."""
    if not user.is_authenticated:
        return Decision.objects.none()
    taken_away = Decision.objects.filter(action__in=TAKEN_AWAY, answers__isnull=False)
    recent = Decision.objects.filter(author=user.pk, action__in=APPEALABLE, decided_at__gt=timezone.now() - WINDOW)
    return recent.filter(appeal=None).exclude(pk__in=taken_away.values("answers"))


def can_decide_appeal(user: Any, appeal: Appeal, *, whatever_its_state: bool = False) -> bool:
    """A moderator who had no part in the decision, and whom it is not about; of what a locked case is about, one who is
    named for such cases. Twin: `appeals_decidable_by`.
    """
    if not can_see_appeal(user, appeal) or not (whatever_its_state or appeal.is_open):
        return False
    decision = appeal.decision
    part = {appeal.by_id, decision.author_id, appeal.first_decided_by_id, decision.moderator_id}
    bans = Sanction.objects.filter(Q(decision=decision) | Q(seconding=decision))
    for pair in bans.values_list("proposed_by", "seconded_by"):
        part |= set(pair)
    return user.pk not in part


def can_see_appeal(user: Any, appeal: Appeal) -> bool:
    """Read an appeal with what it is about: moderators, as they may open that."""
    return can_moderate(user) and (can_handle_locked(user) or not about_locked(appeal.decision))


def appeals_decidable_by(user: Any) -> QuerySet[Appeal]:
    """The queryset twin of `can_decide_appeal`."""
    if not can_moderate(user):
        return Appeal.objects.none()
    had_part = Sanction.objects.filter(Q(proposed_by=user) | Q(seconded_by=user))
    own = Q(by=user) | Q(decision__author=user.pk) | Q(first_decided_by=user) | Q(decision__moderator=user)
    banned = Q(decision__in=had_part.values("decision"))
    seconded = Q(decision__in=had_part.exclude(seconding=None).values("seconding"))
    mine = Appeal.objects.filter(own | banned | seconded)
    others = Appeal.objects.waiting().exclude(pk__in=mine.values("pk"))
    if can_handle_locked(user):
        return others
    return others.filter(~locked_at("decision__content_type", "decision__object_id"))
