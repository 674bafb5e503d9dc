"""What has happened to the people of an organisation, in words, from the event log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from core.models import Event
from members.models import Invitation, JoinRequest, Membership, Organisation, Role

SENTENCES = {
    "membership.started": gettext_lazy("%(who)s joined as %(role)s"),
    "membership.role_changed": gettext_lazy("%(who)s: role changed from %(from)s to %(to)s"),
    "membership.dated": gettext_lazy("%(who)s: last day set"),
    "membership.ended": gettext_lazy("%(who)s no longer belongs"),
    "invitation.sent": gettext_lazy("%(who)s invited as %(role)s"),
    "invitation.resent": gettext_lazy("%(who)s invited again"),
    "invitation.withdrawn": gettext_lazy("Invitation of %(who)s withdrawn"),
    "invitation.declined": gettext_lazy("%(who)s declined the invitation"),
    "invitation.accepted": gettext_lazy("%(who)s accepted the invitation"),
    "join_request.made": gettext_lazy("%(who)s asked to join"),
    "join_request.approved": gettext_lazy("Request of %(who)s approved"),
    "join_request.declined": gettext_lazy("Request of %(who)s declined"),
    "join_request.withdrawn": gettext_lazy("%(who)s withdrew the request"),
    "email_domain.added": gettext_lazy("Email domain %(domain)s added"),
    "email_domain.verified": gettext_lazy("Email domain %(domain)s verified"),
    "email_domain.removed": gettext_lazy("Email domain %(domain)s removed"),
    "pages.handed_over": gettext_lazy("What %(who)s wrote was handed over (%(n)s)"),
    "organisation.changed": gettext_lazy("Facts of the organisation changed"),
    "organisation.left": gettext_lazy("The organisation left the network"),
    "organisation.returned": gettext_lazy("The organisation came back to the network"),
}
# By which row of which table an event's subject has a name.
NAMED_BY: dict[str, Any] = {
    "membership": (Membership, "person"),
    "invitation": (Invitation, "accepted_by"),
    "join_request": (JoinRequest, "person"),
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line: when, what, and who did it (empty: it happened by itself)."""

    at: datetime
    what: str
    by: str


def of(organisation: Organisation) -> "QuerySet[Event]":
    """The latest first."""
    about = Event.objects.filter(targets__kind="organisation", targets__object_id=organisation.pk, kind__in=SENTENCES)
    return about.select_related("actor").order_by("-pk")


def in_words(events: Sequence[Event]) -> list[Change]:
    """One query for each kind of thing that the events are about."""
    names = _names(events)
    return [
        Change(at=one.occurred_at, what=_what(one, names), by=one.actor.display_name if one.actor else "")
        for one in events
    ]


def _what(event: Event, names: dict[tuple[str, int], str]) -> str:
    data: dict[str, Any] = event.data
    pages = len(data.get("pages", []))
    words = str(SENTENCES[event.kind]) % {
        "who": names.get((event.subject_kind, event.subject_id), _("Somebody whose account is gone")),
        "role": _role(data.get("role", "")),
        "from": _role(data.get("from", "")),
        "to": _role(data.get("to", "")) if event.kind == "membership.role_changed" else "",
        "domain": data.get("domain", ""),
        "n": ngettext("%(n)s page", "%(n)s pages", pages) % {"n": pages},
    }
    if event.kind == "membership.dated":
        until = data.get("until")
        day = (
            date_format(localtime(datetime.fromisoformat(until) - timedelta(microseconds=1)), "j F Y")
            if until
            else _("none")
        )
        words += f": {day}"
    if event.kind == "organisation.changed" and "signs_off" in data:
        return _("Signing off first switched on") if data["signs_off"] else _("Signing off first switched off")
    return words


def _role(value: str) -> str:
    return str(Role(value).label) if value in Role.values else str(Role.MEMBER.label)


def _names(events: Sequence[Event]) -> dict[tuple[str, int], str]:
    names: dict[tuple[str, int], str] = {}
    for kind, (model, person) in NAMED_BY.items():
        wanted = {one.subject_id for one in events if one.subject_kind == kind}
        for row in model.objects.filter(pk__in=wanted).select_related(person) if wanted else ():
            who = getattr(row, person)
            names[kind, row.pk] = who.display_name if who else row.address
    people = {one.subject_id for one in events if one.subject_kind == "person"}
    names |= {("person", one.pk): one.display_name for one in User.objects.filter(pk__in=people)} if people else {}
    return names
