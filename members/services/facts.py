"""Mending what is known of an organisation, one at a time; many come from a file (`import_councils`)."""

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import events
from members.errors import MembersError
from members.models import Organisation

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
    events.record(
        kind="organisation.changed", subject=("organisation", row.pk), by=by, data={"name": row.name, "facts": changed}
    )
    return row
