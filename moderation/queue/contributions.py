"""What people contributed and the policy held; one source for each registered kind."""

from functools import partial
from typing import Any

from django.urls import reverse

from moderation.permissions import decidable_by
from moderation.queue.loading import shorten
from moderation.queue.sources import Entry, Row, Source
from moderation.registry import Kind, kinds


def sources_of_contributions() -> list[Source]:
    return [
        Source(
            name=kind.name,
            label=kind.model._meta.verbose_name_plural,
            one=kind.label,
            entries=partial(_entries, kind),
            waiting=partial(_waiting, kind),
            rows=partial(_rows, kind),
            url=partial(_url, kind.name),
            bulk=True,
        )
        for kind in kinds()
    ]


def held_by(user: Any, person: int) -> list[Entry]:
    """Everything of one person that waits and this moderator may decide, the oldest first."""
    found = [entry for kind in kinds() for entry in _entries(kind, user, author=person)]
    return sorted(found, key=lambda entry: entry.order)


def _entries(kind: Kind, user: Any, **only: Any) -> list[Entry]:
    return _lines(kind, decidable_by(user, kind.model._default_manager.held().filter(**only)))


def _waiting(kind: Kind) -> list[Entry]:
    return _lines(kind, kind.model._default_manager.held())


def _lines(kind: Kind, held: Any) -> list[Entry]:
    return [Entry(kind=kind.name, pk=pk, since=since) for pk, since in held.values_list("pk", "state_changed_at")]


def _rows(kind: Kind, pks: list[int]) -> dict[int, Row]:
    found = kind.model._default_manager.filter(pk__in=pks).select_related(*kind.select)
    return {
        one.pk: Row(
            str(kind.label).capitalize(),
            shorten(kind.text(one) or kind.title(one)),
            one.author.display_name if one.author else "",
            kind.place(one),
            one.author_id,
        )
        for one in found
    }


def _url(name: str, pk: int) -> str:
    return reverse("moderation_contribution", args=[name, pk])
