"""Who may do what to records of places and to opportunities. Each predicate about rows names its queryset twin."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from members.models import WRITERS, Membership, Organisation, OrganisationKind
from members.permissions import can_write_for, is_administrator, is_editor
from members.selectors import organisation_of
from moderation.locked_cases import can_open
from moderation.models import OWN_ONLY, ContributionState
from moderation.permissions import can_moderate
from moderation.standing import may_contribute
from places.models import Place, RecordEntry, Side

EDIT_WINDOW = timedelta(minutes=15)


def can_add_entry(user: Any, place: Place) -> bool:
    """Any signed-in person; their name is asked for with the first thing they write."""
    return may_contribute(user)


def roles_of(user: Any) -> dict[int, str]:
    """Organisation → role of the person's active memberships; read once for each object of a person, which lives as
    long as a request.
    """
    if not user.is_authenticated or not user.is_active:
        return {}
    held: dict[int, str] | None = getattr(user, "_roles_in_places", None)
    if held is None:
        held = dict(Membership.objects.active().filter(person=user).values_list("organisation", "role"))
        user._roles_in_places = held
    return held


def councils_spoken_for(user: Any, place: Place) -> list[Organisation]:
    """The councils of the place that the person belongs to. Whoever belongs to one writes as that council: what an
    officer says about their own council's work does not stand among the residents' words.
    """
    own = roles_of(user)
    if not own:
        return []
    served = [one for one in place.organisations.all() if one.pk in own and one.kind != OrganisationKind.NETWORK]
    return sorted(served, key=lambda one: one.short_name)


def sides_of(user: Any, place: Place) -> list[Side]:
    """For whom the person may write here: their council, the network's editors (from public sources), or themselves."""
    if councils_spoken_for(user, place):
        return [Side.COUNCIL]
    return [Side.EDITORS, Side.RESIDENT] if is_editor(user) else [Side.RESIDENT]


def speaks_with_authority(user: Any, entry: RecordEntry) -> bool:
    """Whether what somebody writes for a council is the council's word: its authors and leads. A moderator looks at
    what its other people write.
    """
    return roles_of(user).get(entry.organisation_id or 0) in WRITERS or is_administrator(user)


def can_read_entry(user: Any, entry: RecordEntry) -> bool:
    """Whether the person may know what it says. Twin: `entries_visible_to`."""
    if entry.state == ContributionState.PUBLISHED:
        return True
    if can_moderate(user):
        return can_open(user, entry)
    return bool(user.is_authenticated) and entry.author_id == user.pk and entry.state in OWN_ONLY


def entries_visible_to(user: Any) -> Any:
    """The queryset twin of `can_read_entry`, but for locked cases, which are looked at one by one."""
    return RecordEntry.objects.all() if can_moderate(user) else RecordEntry.objects.shown_to(user)


def reply_side(user: Any, entry: RecordEntry) -> Side | None:
    """The side for which the person may reply to an entry: not that of the entry; None for who may not.

    What the editors wrote from public sources may be answered by both.
    """
    if not may_contribute(user) or entry.is_reply or entry.state != ContributionState.PUBLISHED:
        return None
    side = Side.COUNCIL if councils_spoken_for(user, entry.place) else Side.RESIDENT
    return side if side != entry.side and entry.author_id != user.pk else None


def can_reply(user: Any, entry: RecordEntry) -> bool:
    """Once for each side; the one that waits for a moderator counts."""
    side = reply_side(user, entry)
    return side is not None and not entry.replies.exclude(state=ContributionState.REMOVED).filter(side=side).exists()


def can_edit_entry(user: Any, entry: RecordEntry) -> bool:
    """Its author: for a quarter of an hour after writing, and whenever a moderator asked for changes.

    For a council, only while the author still belongs to it.
    """
    if not may_contribute(user) or entry.author_id != user.pk or not _still_on_side(user, entry):
        return False
    if entry.state == ContributionState.DRAFT:
        return True
    recent = timezone.now() - entry.created_at <= EDIT_WINDOW
    return recent and entry.state in {ContributionState.PUBLISHED, ContributionState.HELD}


def can_withdraw_entry(user: Any, entry: RecordEntry) -> bool:
    """Its author; and a council's, whoever writes for that council, since it is the council's word. An administrator
    who does not belong to it hides it, as a moderator, and the decision is logged.
    """
    if not may_contribute(user) or entry.is_gone:
        return False
    if entry.side == Side.COUNCIL:
        writes = roles_of(user).get(entry.organisation_id or 0) in WRITERS
        return writes or (entry.author_id == user.pk and _still_on_side(user, entry))
    return entry.author_id == user.pk


def can_see_versions(user: Any, entry: RecordEntry) -> bool:
    return can_moderate(user) and can_open(user, entry)


def _still_on_side(user: Any, entry: RecordEntry) -> bool:
    if entry.side != Side.COUNCIL:
        return True
    return entry.organisation_id in roles_of(user)


def can_read_opportunity(user: Any, page: Any) -> bool:
    """Whatever is published. Twin: `OpportunityPage.objects.listed()`."""
    return bool(page.live)


def can_withdraw_opportunity(user: Any, page: Any) -> bool:
    """Call a published window off, or take that back: the authors and leads of the organisation below whose page it
    stands now, and the network's editors. Writing and publishing are Wagtail's permissions of that page.

    Twin: `OpportunityPage.objects.withdrawable_by(user)`.
    """
    if not page.live or not user.is_authenticated or not user.is_active:
        return False
    organisation = organisation_of(page)
    return is_editor(user) or (organisation is not None and can_write_for(user, organisation))
