"""What waits in the queue because a person asked for a second look: appeals, and bans that need a second moderator."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moderation.models import Appeal, Sanction
from moderation.permissions import appeals_decidable_by, secondable_by
from moderation.queue.sources import Entry, Row, Severity, Source, register

APPEALS, BANS = "appeal", "ban"


def appeal_entries(user: Any) -> list[Entry]:
    """Never those against what the person decided, nor about themselves."""
    return _appeals(appeals_decidable_by(user))


def _appeals(appeals: Any) -> list[Entry]:
    found = appeals.values_list("pk", "created_at")
    return [Entry(kind=APPEALS, pk=pk, since=since, severity=Severity.CLOCK) for pk, since in found]


def appeal_rows(pks: list[int]) -> dict[int, Row]:
    appeals = Appeal.objects.filter(pk__in=pks).select_related("decision", "by")
    return {
        one.pk: Row(
            _("Appeal"),
            _("Appeal against: %(decision)s") % {"decision": one.decision},
            one.by.display_name if one.by else "",
            one.decision.subject_title,
            one.by_id,
        )
        for one in appeals
    }


def ban_entries(user: Any) -> list[Entry]:
    """Until its end, or it lapses."""
    return _bans(secondable_by(user))


def _bans(sanctions: Any) -> list[Entry]:
    found = sanctions.values_list("pk", "starts_at", "ends_at")
    return [Entry(kind=BANS, pk=pk, since=since, due=due, severity=Severity.CLOCK) for pk, since, due in found]


def ban_rows(pks: list[int]) -> dict[int, Row]:
    bans = Sanction.objects.filter(pk__in=pks).select_related("person", "proposed_by")
    rows = {}
    for one in bans:
        by = one.proposed_by.display_name if one.proposed_by else ""
        title = _("%(moderator)s proposes to ban %(person)s") % {"moderator": by, "person": one.person.display_name}
        rows[one.pk] = Row(_("Ban to agree to"), title, one.person.display_name, "", one.person_id)
    return rows


def register_sources() -> None:
    register(
        Source(
            name=APPEALS,
            label=gettext_lazy("Appeals"),
            entries=appeal_entries,
            waiting=lambda: _appeals(Appeal.objects.waiting()),
            rows=appeal_rows,
            url=lambda pk: reverse("moderation_appeal", args=[pk]),
        )
    )
    register(
        Source(
            name=BANS,
            label=gettext_lazy("Bans to agree to"),
            entries=ban_entries,
            waiting=lambda: _bans(Sanction.objects.waiting_for_a_second()),
            rows=ban_rows,
            url=lambda pk: reverse("moderation_ban", args=[pk]),
        )
    )
