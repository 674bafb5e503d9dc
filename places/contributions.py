"""What moderation needs to know about the records of places."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from moderation import registry
from places.models import RecordEntry
from places.permissions import can_read_entry
from places.photos import evidence_of

KIND = "record"


def targets(entry: RecordEntry) -> list[registry.Target]:
    """Followers of the place, of its councils, and of the topic (with the one above it) and programme that it names."""
    about = entry.entry
    found: list[registry.Target] = [("place", entry.place_id)]
    found += [("organisation", pk) for pk in entry.place.organisations.values_list("pk", flat=True)]
    if about.topic is not None:
        found += [("topic", pk) for pk in (about.topic.pk, about.topic.parent_id) if pk]
    if about.programme_id:
        found.append(("programme", about.programme_id))
    # The search shows a reply with its entry.
    return [*found, (KIND, about.pk)]


def data(entry: RecordEntry) -> dict[str, Any]:
    return {"title": entry.title, "place": entry.place.name, "side": entry.side, "answers_id": entry.answers_id}


def standing_at(entry: RecordEntry) -> str:
    if entry.is_reply:
        return _("Reply in the record of %(place)s") % {"place": entry.place.name}
    return _("Record of %(place)s") % {"place": entry.place.name}


def text(entry: RecordEntry) -> str:
    """Everything that its author wrote freely, and where a link leads."""
    alt = entry.picture.alt if entry.picture else ""
    return "\n\n".join(part for part in (entry.words, entry.lesson, alt, entry.source_url) if part)


def html(entry: RecordEntry) -> str:
    """As readers see it, with its photo."""
    return render_to_string("places/record/_body.html", {"entry": entry})


def _around(entry: RecordEntry) -> Sequence[RecordEntry]:
    return [entry.answers] if entry.answers is not None else []


def _evidence(entry: RecordEntry) -> dict[str, Any]:
    """Earlier versions, and the photo itself: its author may change the one and take away the other."""
    versions = entry.versions.values("words", "when", "lesson", "source_url", "replaced_at")
    photo = entry.picture
    return {"versions": list(versions), "files": [evidence_of(photo)] if photo is not None else []}


def register() -> None:
    registry.register(
        registry.Kind(
            name=KIND,
            model=RecordEntry,
            label=RecordEntry._meta.verbose_name,
            title=standing_at,
            text=text,
            html=html,
            url=RecordEntry.get_absolute_url,
            place=standing_at,
            visible_to=can_read_entry,
            targets=targets,
            data=data,
            around=_around,
            evidence=_evidence,
            built_upon=lambda entry: entry.replies.exclude(author=entry.author_id).exists(),
            select=("author", "place", "organisation", "topic", "programme", "photo", "answers__author"),
        )
    )
