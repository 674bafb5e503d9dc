"""Mending what is known of an organisation, one at a time; many come from a file (`import_councils`)."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from members.errors import MembersError, NotAllowed
from members.models import Organisation
from members.permissions import can_switch_sign_off

if TYPE_CHECKING:
    from accounts.models import User

# What makes it comparable, what its page says of it in numbers, and whether its own approver signs off first. Name,
# address and kind stay with onboarding.
EDITABLE = (
    "tier",
    "nation",
    "region",
    "website",
    "population",
    "area_km2",
    "density",
    "rural_urban",
    "deprivation_score",
    "deprivation_decile",
    "emissions_label",
    "requires_approval",
)


@transaction.atomic
def change_facts(*, organisation: Organisation, facts: dict[str, Any], by: "User | None") -> Organisation:
    """Write some of the `EDITABLE` facts; whoever works with them hears of it once this is committed.

    Raises `ValidationError` for a value that the field refuses. Without a change nothing is written.
    """
    if odd := set(facts) - set(EDITABLE):
        raise MembersError(f"No fact of an organisation: {', '.join(sorted(odd))}.")
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    changed = sorted(name for name, value in facts.items() if getattr(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, facts[name])
    row.full_clean(exclude=["authors", "approvers", "collection"])
    row.save(update_fields=changed)
    data: dict[str, Any] = {"name": row.name, "facts": changed}
    if "requires_approval" in changed:
        data["signs_off"] = row.requires_approval
    events.record(kind="organisation.changed", subject=("organisation", row.pk), by=by, data=data)
    return row


def switch_sign_off(*, organisation: Organisation, on: bool, by: "User") -> Organisation:
    """Whether the organisation's own approver signs off before the network's moderators see a page. Switched off, what
    waits there goes on to them.

    Raises `NotAllowed` for who is no lead of it.
    """
    if not can_switch_sign_off(by, organisation):
        raise NotAllowed(_("Only a lead of this organisation, or an administrator, switches this."))
    return change_facts(organisation=organisation, facts={"requires_approval": on}, by=by)
