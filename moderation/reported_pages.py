"""What a reported page said and showed to whoever reported it: the version that was published then."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from modelcluster.models import get_all_child_relations
from wagtail.images import get_image_model
from wagtail.models import Page, PageLogEntry, Revision

from moderation.comparison import Row, describe
from moderation.models import Report


@dataclass(frozen=True, kw_only=True)
class Photo:
    """`words` say what it shows, as its author wrote them."""

    image: Any
    words: str


@dataclass(frozen=True, kw_only=True)
class Stood:
    """`since` is when readers first saw it so (None where nobody knows); `changed`: they see something else now."""

    rows: list[Row]
    photos: list[Photo]
    since: datetime | None
    changed: bool


def as_reported(report: Report, page: Page) -> Stood:
    """Field by field, with its pictures. What stands there today, where the version of that time was deleted."""
    published = PageLogEntry.objects.filter(
        page=page.pk, action="wagtail.publish", timestamp__lte=report.created_at, revision__isnull=False
    )
    entry = published.order_by("-timestamp").first()
    number = report.hid_revision or (entry.revision_id if entry else page.live_revision_id)
    revision = Revision.page_revisions.filter(pk=number, object_id=str(page.pk)).first() if number else None
    shown: Any = revision.as_object() if revision else page.specific
    return Stood(
        rows=describe(submitted=shown),
        photos=list(_photos(shown)),
        since=entry.timestamp if entry and entry.revision_id == number else None,
        changed=bool(page.live and revision and page.live_revision_id != revision.pk),
    )


def _photos(page: Any) -> Iterator[Photo]:
    """The page's own pictures and those of its rows; without those that are gone from the library."""
    rows = [page]
    for relation in get_all_child_relations(type(page)):
        rows += getattr(page, relation.get_accessor_name()).all()
    for row in rows:
        for field in row._meta.get_fields():
            if isinstance(field, models.ForeignKey) and field.related_model is get_image_model():
                with suppress(ObjectDoesNotExist):
                    if image := getattr(row, field.name):
                        yield Photo(image=image, words=getattr(row, "alternative_text", "") or image.title)
