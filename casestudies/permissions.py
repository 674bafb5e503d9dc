"""Who may read a case study, and who may record, read and change that somebody else tried it."""

from typing import Any

from django.utils import timezone

from casestudies.choices import Audience, WrittenBy
from members.models import Role
from members.permissions import can_manage_people_of, can_write_for, has_role, is_editor, is_member
from members.selectors import organisation_of
from moderation.locked_cases import can_open
from moderation.models import OWN_ONLY, ContributionState
from moderation.permissions import can_moderate
from moderation.standing import may_contribute

SPEAKERS = (Role.AUTHOR, Role.LEAD)
# What may still be changed: not what a moderator hid, nor what is gone.
OPEN = (*OWN_ONLY, ContributionState.PUBLISHED)


def can_read(user: Any, page: Any) -> bool:
    """Whether the person may read the whole text of a published case study or briefing.

    Twins: `CaseStudyPage.objects.visible_to(user)`, `BriefingPage.objects.visible_to(user)`.
    """
    return bool(page.live) and (page.audience == Audience.PUBLIC or is_member(user))


def can_give_trial(user: Any, organisation: Any) -> bool:
    """Let somebody from outside try one briefing: a lead of an organisation that is in the network now.

    Whether a link still works is asked of the same facts again: `BriefingTrial.objects.open()`.
    """
    left = organisation.left_at is not None and organisation.left_at <= timezone.now()
    return not left and can_manage_people_of(user, organisation)


def can_see_contact(user: Any, page: Any) -> bool:
    """The named contact is for signed-in people who may read the rest."""
    return bool(user.is_authenticated) and can_read(user, page)


def can_confirm(user: Any, page: Any) -> bool:
    """Say of a published case study whether it is still true: the authors and leads of the organisation below whose
    page it stands now; of an account by the network's editors, the editors.

    Twin: `CaseStudyPage.objects.confirmable_by(user)`.
    """
    if not page.live or not user.is_authenticated or not user.is_active:
        return False
    if page.written_by == WrittenBy.EDITORS:
        return is_editor(user)
    organisation = organisation_of(page)
    return organisation is not None and can_write_for(user, organisation)


def can_read_adoption(user: Any, adoption: Any) -> bool:
    """As public as the case study that was adopted. Twin: `Adoption.objects.visible_to(user)`."""
    return adoption.state == ContributionState.PUBLISHED and can_read(user, adoption.case_study)


def can_use_as_start(user: Any, page: Any) -> bool:
    """Authors of the organisation whose published case study it is."""
    organisation = organisation_of(page)
    return bool(page.live) and organisation is not None and can_write_for(user, organisation)


def can_record_adoption(user: Any, page: Any) -> bool:
    """Any signed-in person who may read the case study; whose word it is decides whether it waits for a moderator.

    Twin: `CaseStudyPage.objects.adoptable_by(user)`.
    """
    return may_contribute(user) and can_read(user, page)


def can_record_for(user: Any, organisation: Any) -> bool:
    """Whether the person speaks for the organisation, so that what they record is verified: its authors and leads.

    Not the network's administrators, who may write for it all the same. Twin: `with_role(user, *SPEAKERS)`.
    """
    return has_role(user, organisation, *SPEAKERS)


def can_record_from_source(user: Any) -> bool:
    """The network's editors write up what a public source says of any organisation."""
    return is_editor(user)


def can_see_adoption(user: Any, adoption: Any) -> bool:
    """Whether the person may know that the record exists: everybody's, or one of those whose record it is, or a
    moderator, unless a locked case is about it or its case study. Twin: `Adoption.objects.known_to(user)`.
    """
    if can_read_adoption(user, adoption):
        return True
    if adoption.state in OWN_ONLY and _is_theirs(user, adoption) and can_read(user, adoption.case_study):
        return True
    return can_moderate(user) and can_open(user, adoption) and can_open(user, adoption.case_study)


def can_edit_adoption(user: Any, adoption: Any) -> bool:
    """The adopting organisation's authors and leads; until they vouch for it also who recorded it, and the network's
    editors for what editors wrote. Never the originating organisation as such: it may comment.

    Twin: `Adoption.objects.editable_by(user)`.
    """
    return can_withdraw_adoption(user, adoption) and can_read(user, adoption.case_study)


def can_withdraw_adoption(user: Any, adoption: Any) -> bool:
    """As for editing, and also after the person lost sight of the case study: what they said, they may take back.

    Twin: `Adoption.objects.withdrawable_by(user)`.
    """
    return adoption.state in OPEN and _is_theirs(user, adoption) and may_contribute(user)


def can_confirm_adoption(user: Any, adoption: Any) -> bool:
    """Vouch for it in the name of the adopting organisation. Twin: `Adoption.objects.confirmable_by(user)`."""
    return (
        adoption.state in OPEN
        and can_record_for(user, adoption.organisation)
        and may_contribute(user)
        and can_read(user, adoption.case_study)
    )


def _is_somebody(user: Any) -> bool:
    return bool(user.is_authenticated and user.is_active)


def _is_theirs(user: Any, adoption: Any) -> bool:
    """Whose record it is, in whatever state. Twin: `AdoptionQuerySet.of_person`.

    Once the organisation vouches for it, it is the organisation's: somebody who recorded it and left keeps no hand in.
    """
    if not _is_somebody(user):
        return False
    if can_write_for(user, adoption.organisation):
        return True
    by_editors = adoption.written_by == WrittenBy.EDITORS and is_editor(user)
    return not adoption.verified and (adoption.author_id == user.pk or by_editors)


def can_agree_indicators(user: Any) -> bool:
    """Agreeing and merging indicators changes what everybody's figures are compared with: the network's editors."""
    return bool(user.is_authenticated and user.has_perm("casestudies.change_indicator"))
