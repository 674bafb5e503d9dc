"""What its authors should say again: case studies due for confirmation, adoptions due for a nudge, and who is asked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import User
from casestudies.choices import WrittenBy
from casestudies.confirming import ASK_AGAIN_AFTER, NUDGED_STATUSES, NUDGES, nudge_due
from casestudies.models import Adoption, CaseStudyPage
from core.dates import months_ago
from members.models import Membership, Role
from members.roles import EDITORS
from members.selectors import members_among, organisation_pages_above
from moderation.models import OWN_ONLY, ContributionState

_WRITERS = (Role.AUTHOR, Role.LEAD)
OPEN_STATES = (*OWN_ONLY, ContributionState.PUBLISHED)


def case_studies_to_ask_about(today: date) -> Any:
    """Due for confirmation, and not asked about in the last half-year."""
    lately = months_ago(today, ASK_AGAIN_AFTER)
    return CaseStudyPage.objects.due_for_confirmation(today).filter(
        Q(standing__asked_on=None) | Q(standing__asked_on__lte=lately)
    )


def adoptions_to_ask_about(today: date) -> Iterable[tuple[Adoption, int]]:
    """Published adoptions of published case studies that are due for a nudge, each with its months."""
    found = going_adoptions().filter(nudged_months__lt=NUDGES[-1], created_at__date__lte=months_ago(today, NUDGES[0]))
    for adoption in found.order_by("pk").iterator(chunk_size=2000):
        months = nudge_due(
            started=adoption.started,
            recorded=timezone.localdate(adoption.created_at),
            told=told_on(adoption),
            nudged=adoption.nudged_months,
            today=today,
        )
        if months:
            yield adoption, months


def adoptions_due_for(person: User, today: date) -> list[Adoption]:
    """Those that the person may answer for, and of which nobody has said anything for three months; oldest first."""
    theirs = going_adoptions().filter(pk__in=Adoption.objects.editable_by(person).values("pk"))
    return sorted(
        (one for one in theirs if told_on(one) <= months_ago(today, NUDGES[0])), key=lambda one: (told_on(one), one.pk)
    )


def going_adoptions() -> Any:
    """Published ones of published case studies that have not stopped, with what `told_on` reads."""
    return with_last_change().filter(
        state=ContributionState.PUBLISHED, case_study__live=True, status__in=NUDGED_STATUSES
    )


def with_last_change() -> Any:
    return Adoption.objects.annotate(last_change=Max("changes__at"))


def told_on(adoption: Any) -> date:
    """When somebody last said how it goes: recorded, changed or confirmed it."""
    moments = [adoption.created_at, *filter(None, [adoption.last_change])]
    return max([timezone.localdate(moment) for moment in moments] + [day for day in [adoption.confirmed_on] if day])


def responsible_for_case_studies(pages: Sequence[CaseStudyPage]) -> dict[int, list[int]]:
    """Page id → the people to ask, in three queries for all: its author, or the organisation's leads if that person
    no longer writes for it; for an account by the network's editors, the editors.
    """
    organisations = _organisations_of(pages)
    roles = _writers_of(organisations.values())
    editors = _editors() if any(page.written_by == WrittenBy.EDITORS for page in pages) else []
    people: dict[int, list[int]] = {}
    for page in pages:
        if page.written_by == WrittenBy.EDITORS:
            people[page.pk] = [page.owner_id] if page.owner_id in editors else editors
        else:
            people[page.pk] = _author_or_leads(page.owner_id, roles[organisations.get(page.pk)])
    return people


def responsible_for_adoptions(adoptions: Sequence[Adoption]) -> dict[int, list[int]]:
    """Adoption id → the people to ask: who recorded it, or the adopting organisation's leads.

    Until the organisation has confirmed it, a practitioner's own record is theirs to answer for, and the editors'
    theirs.
    """
    roles = _writers_of({adoption.organisation_id for adoption in adoptions})
    editors = _editors() if any(one.written_by == WrittenBy.EDITORS for one in adoptions) else []
    active = set(
        User.objects.filter(pk__in={one.author_id for one in adoptions}, is_active=True).values_list("pk", flat=True)
    )
    people: dict[int, list[int]] = {}
    for one in adoptions:
        if not one.verified and one.written_by == WrittenBy.EDITORS:
            people[one.pk] = [one.author_id] if one.author_id in editors else editors
        elif not one.verified and one.author_id in active:
            people[one.pk] = [one.author_id]
        else:
            people[one.pk] = _author_or_leads(one.author_id, roles[one.organisation_id])
    return people


def originators(pages: Sequence[CaseStudyPage]) -> dict[int, list[int]]:
    """Page id → who is told that somebody else tries it: its author, or the leads of the organisation whose page it is.

    An account by the network's editors is told to that organisation's leads too; where nobody has joined, to the
    editors.
    """
    people = responsible_for_case_studies(pages)
    by_editors = [page for page in pages if page.written_by == WrittenBy.EDITORS]
    if by_editors:
        organisations = _organisations_of(by_editors)
        roles = _writers_of(organisations.values())
        for page in by_editors:
            leads = _author_or_leads(None, roles[organisations.get(page.pk)])
            people[page.pk] = leads or people[page.pk]
    return people


def may_confirm(people: Iterable[int], pages: Sequence[CaseStudyPage]) -> set[tuple[int, int]]:
    """(person id, page id) for whoever may confirm which. Twin of `permissions.can_confirm`, for many at once."""
    wanted = set(people)
    organisations = _organisations_of(pages)
    roles = _writers_of(organisations.values(), people=wanted)
    editors, administrators = _keepers(wanted)
    allowed = set()
    for page in pages:
        if not page.live:
            continue
        by_editors = page.written_by == WrittenBy.EDITORS
        writers = editors if by_editors else set(roles[organisations.get(page.pk)])
        allowed |= {(person, page.pk) for person in writers | administrators}
    return allowed


def may_answer_for(people: Iterable[int], adoptions: Sequence[Adoption]) -> set[tuple[int, int]]:
    """(person id, adoption id) for whoever may say how which one goes. Twin of `permissions.can_edit_adoption`.

    The adoptions come with their `case_study`.
    """
    wanted = set(people)
    active = set(User.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))
    roles = _writers_of({one.organisation_id for one in adoptions}, people=wanted)
    editors, administrators = _keepers(wanted)
    insiders = members_among(wanted)
    allowed = set()
    for one in adoptions:
        theirs = set(roles[one.organisation_id]) | administrators
        if not one.verified:
            theirs |= {person for person in active if person == one.author_id}
        if not one.verified and one.written_by == WrittenBy.EDITORS:
            theirs |= editors
        readers = insiders if one.case_study.is_members_only else active
        if one.case_study.live and one.state in OPEN_STATES:
            allowed |= {(person, one.pk) for person in theirs & readers}
    return allowed


def _organisations_of(pages: Iterable[CaseStudyPage]) -> dict[int, int]:
    """Page id → the organisation that it stands under; one query."""
    each = list(pages)
    above = organisation_pages_above(each)
    return {page.pk: above[page.path].organisation_id for page in each if page.path in above}


def _keepers(people: Iterable[int]) -> tuple[set[int], set[int]]:
    """Who among them are the network's editors (its administrators included), and who its administrators."""
    active = User.objects.filter(pk__in=list(people), is_active=True)
    administrators = set(active.filter(is_superuser=True).values_list("pk", flat=True))
    return set(active.filter(groups__name=EDITORS).values_list("pk", flat=True)) | administrators, administrators


def _writers_of(
    organisations: Iterable[int], *, people: Collection[int] | None = None
) -> dict[int | None, dict[int, str]]:
    """Organisation id → person id → role, of those (among some people) who write for it now."""
    roles: dict[int | None, dict[int, str]] = defaultdict(dict)
    held = Membership.objects.active().filter(organisation__in=set(organisations), role__in=_WRITERS)
    if people is not None:
        held = held.filter(person__in=people)
    for organisation, person, role in held.order_by("pk").values_list("organisation", "person", "role"):
        roles[organisation][person] = role
    return roles


def _author_or_leads(author: int | None, roles: dict[int, str]) -> list[int]:
    if author in roles:
        return [author]
    return [person for person, role in roles.items() if role == Role.LEAD]


def _editors() -> list[int]:
    """The network's editors, or its administrators where it has none."""
    active = User.objects.filter(is_active=True).order_by("pk")
    return list(active.filter(groups__name=EDITORS).values_list("pk", flat=True)) or list(
        active.filter(is_superuser=True).values_list("pk", flat=True)
    )
