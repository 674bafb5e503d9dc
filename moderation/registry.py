"""What moderation judges. Packages above register their contributions in `AppConfig.ready`; moderation imports none.

register(Kind(name="comment", model=Comment, title=…, body=…, url=…, place=…, targets=…, data=…, visible_to=…))
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from moderation.models import Contribution

Target = tuple[str, int]


def _nothing(contribution: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How moderation shows and publishes one kind of contribution.

    `name` starts its event kinds (`comment.published`) and stands in addresses (`/report/comment/7/`).
    `title` is one line, `text` what the policy reads, `html` the clean text as readers see it, `place` where it
    stands (words) at `url`; `around` is what it answers (objects of the same kind, oldest first).
    `targets` and `data` go into its events. `visible_to(user, contribution)` says who may know it exists.
    `built_upon` says whether others have gone on from it (answered it), so that publishing it is not taken back.
    `evidence` is what belongs to it beside its own columns, its earlier versions and its files, as JSON can hold it:
    kept when a locked case is opened about it.
    `versions` are what it said before its author changed it, the latest first: until when, its title (or nothing), and
    its clean text.
    `select` names the relations that these functions follow, so that lists load them at once.
    """

    name: str
    model: type[Contribution]
    label: Any
    title: Callable[[Any], str]
    text: Callable[[Any], str]
    html: Callable[[Any], str]
    url: Callable[[Any], str]
    place: Callable[[Any], str]
    visible_to: Callable[[Any, Any], bool]
    targets: Callable[[Any], Sequence[Target]]
    data: Callable[[Any], dict[str, Any]] = _nothing
    around: Callable[[Any], Sequence[Any]] = field(default=lambda contribution: ())
    evidence: Callable[[Any], dict[str, Any]] = _nothing
    versions: Callable[[Any], Sequence[tuple[datetime, str, str]]] = field(default=lambda contribution: ())
    select: tuple[str, ...] = ()
    built_upon: Callable[[Any], bool] = field(default=lambda contribution: False)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    existing = _kinds.get(kind.name)
    if existing and existing.model is not kind.model:
        raise ValueError(f"Two kinds of contribution are called {kind.name!r}.")
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    return list(_kinds.values())


def kind_named(name: str) -> Kind | None:
    return _kinds.get(name)


def kind_of(contribution: models.Model) -> Kind:
    """The kind of a contribution. Raises `LookupError` for a model that nobody registered."""
    for kind in _kinds.values():
        if isinstance(contribution, kind.model):
            return kind
    raise LookupError(f"{type(contribution).__name__} is not registered with moderation.")
