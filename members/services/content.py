"""What somebody wrote stays with the organisation: its pages go to another of its authors."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core import events, post
from members.errors import MembersError, NotAllowed
from members.models import Membership, Organisation
from members.permissions import can_manage_people_of, can_write_for
from members.selectors import successors, written_by
from members.services.memberships import end_membership

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def hand_over(*, organisation: Organisation, person: "User", to: "User", by: "User", leaving: bool = False) -> int:
    """Make `to` the owner of all that `person` owns below the organisation's page, drafts too; how many pages it is.

    Who wrote which version stays as it was. Both are told; `leaving`: the one who goes is told of that instead.
    Raises `NotAllowed`, and `MembersError` if `to` may not write for it.
    """
    if by.pk != person.pk and not can_manage_people_of(by, organisation):
        raise NotAllowed(_("Only the council’s lead or an administrator may hand over what others wrote."))
    if by.pk == person.pk and not can_write_for(by, organisation):
        raise NotAllowed(_("You write for this organisation no more: its lead hands over what you wrote."))
    if to not in successors(organisation, besides=person):
        raise MembersError(_("Choose another author or lead of the same organisation."))
    pages = list(written_by(person, organisation).values_list("pk", flat=True))
    if not pages:
        return 0
    written_by(person, organisation).update(owner=to)
    event = events.record(
        kind="pages.handed_over",
        subject=("person", person.pk),
        by=by,
        targets=[("organisation", organisation.pk)],
        data={"to": to.pk, "pages": pages},
    )
    facts = {"organisation": organisation.name, "who": person.display_name, "pages": str(len(pages))}
    post.send(name="pages_handed_over", key=f"handed-over:{event.pk}", person=to, facts=facts)
    if not leaving and person != by:
        facts = {"organisation": organisation.name, "to": to.display_name, "pages": str(len(pages))}
        post.send(name="pages_taken_over", key=f"taken-over:{event.pk}", person=person, facts=facts)
    return len(pages)


@transaction.atomic
def let_go(*, membership: Membership, to: "User | None", by: "User") -> int:
    """Hand over and end, or neither; how many pages it is. Raises as `hand_over` and `end_membership`."""
    handed = 0
    if to is not None:
        of, who = membership.organisation, membership.person
        handed = hand_over(organisation=of, person=who, to=to, by=by, leaving=True)
    end_membership(membership=membership, by=by)
    return handed
