"""The letters of this room: that somebody replied, and that a record has a new entry to which a council may reply."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import events, post
from core.models import Event
from members.models import Membership, OrganisationKind, Role
from moderation.models import ContributionState
from places.models import RecordEntry, Side

PLACE = {"place": "Bredbury", "url": "/places/bredbury/"}
WORTH = timedelta(days=14)


@post.words("record_reply", sample=PLACE | {"side": "council", "words": "Two more shops have tenants since July."})
def _reply(facts: post.Facts) -> post.Words:
    lead = (
        _("The council has replied to what you wrote in the record of %(place)s.")
        if facts["side"] == Side.COUNCIL
        else _("A resident has replied to what you wrote in the record of %(place)s.")
    )
    return post.Words(
        subject=_("A reply in the record of %(place)s") % facts,
        lead=lead % facts,
        quote=facts["words"],
        url=f"{settings.BASE_URL}{facts['url']}",
        action=_("See it where it stands"),
        lines=[_("Each side may reply once, beneath the entry.")],
        why=_("You get this because you wrote the entry. It is one letter for each reply."),
    )


@post.words("record_entry", sample=PLACE | {"words": "Three of the empty shops have new tenants."})
def _entry(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("A resident has added to the record of %(place)s") % facts,
        lead=_("Somebody who lives or works in %(place)s wrote down what they saw.") % facts,
        quote=facts["words"],
        url=f"{settings.BASE_URL}{facts['url']}",
        action=_("See it, and reply for your council"),
        lines=[_("Your council may reply once to each entry; the reply stands beneath it.")],
        why=_("You get this because you lead your council’s people here. At most one a day for each place."),
    )


def send_letters(batch: Sequence[Event]) -> None:
    """To whom an entry or a reply concerns at once. What a moderator shows again has been told."""
    numbers = {event.subject_id for event in batch if not event.data.get("restored")}
    related = ("place", "author", "answers__author", "answers__place")
    found = RecordEntry.objects.published().filter(pk__in=numbers).select_related(*related)
    for entry in found.prefetch_related("place__organisations").order_by("pk"):
        if entry.answers is not None:
            _tell_of_reply(entry, entry.answers)
        elif entry.side == Side.RESIDENT:
            _tell_councils(entry)


def _tell_of_reply(reply: RecordEntry, entry: RecordEntry) -> None:
    if entry.state == ContributionState.PUBLISHED and entry.author is not None and entry.author.is_active:
        facts = {"place": entry.place.name, "url": reply.get_absolute_url(), "side": reply.side, "words": reply.words}
        _send("record_reply", f"record-reply:{reply.pk}", entry.author, facts)


def _tell_councils(entry: RecordEntry) -> None:
    facts = {"place": entry.place.name, "url": entry.get_absolute_url(), "words": entry.words}
    day = timezone.localdate().isoformat()
    for person in _leads(entry):
        _send("record_entry", f"record-entry:{entry.place_id}:{person.pk}:{day}", person, facts)


def _leads(entry: RecordEntry) -> Iterable[User]:
    councils = [one.pk for one in entry.place.organisations.all() if one.kind != OrganisationKind.NETWORK]
    held = Membership.objects.active().filter(organisation__in=councils, role=Role.LEAD, person__is_active=True)
    people = {one.person_id: one.person for one in held.exclude(person=entry.author_id).select_related("person")}
    return people.values()


def _send(name: str, key: str, person: User, facts: dict[str, str]) -> None:
    post.send(name=name, key=key, person=person, facts=facts, worthless_after=timezone.now() + WORTH)


def connect() -> None:
    events.consumer("letters about records", kinds={"record.published"})(send_letters)
