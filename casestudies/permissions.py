"""Who may read and change a case study."""

from typing import Any

from casestudies.choices import Audience
from members.permissions import is_member
from moderation.models import ContributionState


def can_read(user: Any, page: Any) -> bool:
    """Whether the person may read the whole text of a published case study.

    Twin: `CaseStudyPage.objects.visible_to(user)`.
    """
    return bool(page.live) and (page.audience == Audience.PUBLIC or is_member(user))


def can_see_contact(user: Any, page: Any) -> bool:
    """The named contact is for signed-in people who may read the rest."""
    return bool(user.is_authenticated) and can_read(user, page)


def can_read_adoption(user: Any, adoption: Any) -> bool:
    """As public as the case study that was adopted. Twin: `Adoption.objects.visible_to(user)`."""
    return adoption.state == ContributionState.PUBLISHED and can_read(user, adoption.case_study)
