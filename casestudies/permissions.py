"""Who may read and change a case study."""

from typing import Any

from casestudies.choices import Audience, WrittenBy
from members.permissions import can_write_for, is_editor, is_member
from members.selectors import organisation_of
from moderation.models import ContributionState


def can_read(user: Any, page: Any) -> bool:
    """Whether the person may read the whole text of a published case study.

    Twin: `CaseStudyPage.objects.visible_to(user)`.
    """
    return bool(page.live) and (page.audience == Audience.PUBLIC or is_member(user))


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
