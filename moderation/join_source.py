"""Requests to join an organisation that has no lead, in the queue of the network's moderators.

Here because `members` stands below this package and knows nothing of a queue.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import JoinRequest
from moderation.permissions import can_moderate
from moderation.queue import Entry, Row, Source, register

NAME = "join"


def requests_for(user: Any) -> Any:
    """What this person may answer as a moderator; where there is a lead, it is the lead's."""
    if not can_moderate(user):
        return JoinRequest.objects.none()
    return JoinRequest.objects.answerable_by(user).without_lead()


def _entries(user: Any) -> list[Entry]:
    return _lines(requests_for(user))


def _lines(requests: Any) -> list[Entry]:
    return [Entry(kind=NAME, pk=pk, since=since) for pk, since in requests.values_list("pk", "created_at")]


def _rows(pks: list[int]) -> dict[int, Row]:
    found = JoinRequest.objects.filter(pk__in=pks).select_related("person", "organisation")
    return {
        one.pk: Row(
            _("Request to join"),
            one.organisation.name,
            one.person.display_name,
            one.organisation.name,
            one.person_id,
        )
        for one in found
    }


def register_source() -> None:
    register(
        Source(
            name=NAME,
            label=gettext_lazy("Requests to join"),
            entries=_entries,
            waiting=lambda: _lines(JoinRequest.objects.waiting().without_lead()),
            rows=_rows,
            url=lambda pk: reverse("moderation_join", args=[pk]),
        )
    )
