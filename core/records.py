"""The provider's records: which are missing or due, reminding those who administer the network, and the export."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Min, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from core import post
from core.models import ProviderRecord, RecordKind
from core.models.records import NEEDED

REMIND_BEFORE = timedelta(days=30)
# What the Online Safety Act (sections 9 and 35) gives a service three months for.
MUST_BE_MADE = (RecordKind.ILLEGAL_CONTENT, RecordKind.CHILDREN_ACCESS)
TIME_TO_MAKE = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one kind of record that the law asks for stands: the one in force, if any."""

    kind: RecordKind
    record: ProviderRecord | None


def standings() -> list[Standing]:
    newest = {record.kind: record for record in ProviderRecord.objects.order_by("dated", "pk")}
    return [Standing(kind=kind, record=newest.get(kind)) for kind in NEEDED]


def remind(*, today: date | None = None) -> int:
    """Write to every administrator a month before a review and on the day: once each, however often this runs.

    Of what was never made they hear a month before it must be, on that day, and again each month until it is there.
    Returns how many letters were handed over.
    """
    today = today or timezone.localdate()
    administrators = list(get_user_model().objects.filter(is_superuser=True, is_active=True).order_by("pk"))
    handed = _remind_of_what_was_never_made(administrators, today)
    for record in _in_force().filter(next_review__lte=today + REMIND_BEFORE):
        when = "record_due" if record.next_review <= today else "record_due_soon"
        facts = {
            "title": record.title,
            "day": record.next_review.isoformat(),
            "url": settings.BASE_URL + edit_path(record),
        }
        for person in administrators:
            key = f"{when}:{record.pk}:{record.next_review:%Y%m%d}:{person.pk}"
            post.send(name=when, key=key, person=person, facts=facts)
            handed += 1
    return handed


def _remind_of_what_was_never_made(administrators: list[Any], today: date) -> int:
    """Three months are counted from the first account: nobody can have posted anything before it."""
    began = get_user_model().objects.aggregate(first=Min("date_joined"))["first"]
    if not began:
        return 0
    due = timezone.localdate(began) + TIME_TO_MAKE
    made = set(ProviderRecord.objects.values_list("kind", flat=True))
    month = (today - due) // REMIND_BEFORE
    if month < -1:
        return 0
    handed = 0
    for kind in (kind for kind in MUST_BE_MADE if kind not in made):
        facts = {
            "title": str(kind.label),
            "day": due.isoformat(),
            "url": settings.BASE_URL + reverse("wagtailsnippets_core_providerrecord:add"),
        }
        for person in administrators:
            post.send(
                name="record_missing", key=f"record_missing:{kind}:{month}:{person.pk}", person=person, facts=facts
            )
            handed += 1
    return handed


def _in_force() -> QuerySet[ProviderRecord]:
    """The newest of each kind that is kept up; a release checklist is done once."""
    kept_up = ProviderRecord.objects.exclude(kind=RecordKind.RELEASE)
    newest = {record.kind: record.pk for record in kept_up.order_by("dated", "pk")}
    others = kept_up.filter(kind=RecordKind.OTHER).values_list("pk", flat=True)
    return kept_up.filter(pk__in=[*newest.values(), *others])


def edit_path(record: ProviderRecord) -> str:
    return reverse("wagtailsnippets_core_providerrecord:edit", args=[record.pk])


def write_export(out: BinaryIO) -> None:
    """A zip with a folder for each record: its text as a page, every version as JSON, and the attachments."""
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for record in ProviderRecord.objects.prefetch_related("attachments"):
            folder = f"{record.dated:%Y-%m-%d}-{record.kind}-{record.pk}-{slugify(record.title)[:40]}"
            archive.writestr(f"{folder}/record.html", render_to_string("core/cms/record.html", {"record": record}))
            versions = json.dumps(list(_versions(record)), ensure_ascii=False, indent=1)
            archive.writestr(f"{folder}/versions.json", versions)
            for attachment in record.attachments.all():
                name = attachment.file.name.rpartition("/")[2]
                with attachment.file.open("rb") as file:
                    archive.writestr(f"{folder}/{name}", file.read())


def _versions(record: ProviderRecord) -> Iterator[dict[str, Any]]:
    for revision in record.revisions.order_by("created_at").select_related("user"):
        content = {
            name: revision.content.get(name) for name in ("kind", "title", "dated", "author", "next_review", "body")
        }
        who = revision.user.get_full_name() if revision.user else ""
        yield {"saved_at": revision.created_at.isoformat(), "saved_by": who, **content}
