"""Loading what the lines of the queue speak of, at a constant number of queries."""

from collections import defaultdict
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page

from members.models import OrganisationPage
from moderation.registry import kinds


def load_subjects(rows: Any) -> dict[tuple[int, int], Any]:
    """What reports or decisions are about, loaded with one query for each type."""
    numbers: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        numbers[row.content_type_id].add(row.object_id)
    by_model = {kind.model: kind for kind in kinds()}
    found: dict[tuple[int, int], Any] = {}
    for type_id, pks in numbers.items():
        model: Any = ContentType.objects.get_for_id(type_id).model_class()
        if model is None:
            continue
        kind = by_model.get(model)
        objects = model._default_manager.filter(pk__in=pks)
        for one in objects.select_related(*kind.select) if kind else objects:
            found[type_id, one.pk] = one
    return found


def organisations_of(pages: Any) -> dict[int, str]:
    """The short names of the organisations that pages stand under, by page, in one query."""
    paths = {page.pk: page.path for page in pages}
    steplen = Page.steplen
    above = {path[:end] for path in paths.values() for end in range(steplen, len(path) + 1, steplen)}
    found = OrganisationPage.objects.filter(path__in=above).select_related("organisation")
    names = {page.path: page.organisation.short_name for page in found}
    return {
        pk: next((name for path_above, name in names.items() if path.startswith(path_above)), "")
        for pk, path in paths.items()
    }


def shorten(text: str, length: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
