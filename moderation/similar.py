"""What was decided about things like this one: the same rule should meet the same answer.

A cheap and honest likeness, each with its reason in words: the same person, the same site linked to, the same blocked
word, much the same words. It looks at the latest decisions of the same kind only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from moderation.locked_cases import locked_at
from moderation.models import Contribution, Decision
from moderation.policy import find_words
from moderation.queue.loading import shorten
from moderation.registry import kind_of
from moderation.selectors import rules_in_force

LOOKED_AT, SHOWN = 200, 5
MUCH_THE_SAME = 0.4
LEAST_WORDS = 4

_HOST = re.compile(r"(?:https?://|www\.)([a-z0-9.-]+\.[a-z]{2,})", re.I)
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """An earlier decision, what it was about, and why it is shown."""

    decision: Decision
    text: str
    because: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Marks:
    hosts: frozenset[str]
    blocked: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, text: str, blocked: Iterable[str]) -> "_Marks":
        return cls(
            hosts=frozenset(host.casefold().removeprefix("www.") for host in _HOST.findall(text)),
            blocked=frozenset(find_words(text, blocked)),
            words=frozenset(_WORD.findall(text.casefold())),
        )

    def shared_with(self, other: "_Marks") -> list[str]:
        """In words, the strongest first."""
        said = [_("links to %(site)s too") % {"site": host} for host in sorted(self.hosts & other.hosts)[:1]]
        said += [_("has “%(word)s” too") % {"word": word} for word in sorted(self.blocked & other.blocked)[:1]]
        together = self.words | other.words
        enough = min(len(self.words), len(other.words)) >= LEAST_WORDS
        if enough and len(self.words & other.words) / len(together) >= MUCH_THE_SAME:
            said.append(_("says much the same"))
        return said


def similar_decisions(contribution: Contribution) -> list[Likeness]:
    """Earlier decisions about things of the same kind that this one is like, the most alike first.

    Nothing is said of what a locked case is about.
    """
    kind = kind_of(contribution)
    latest = list(
        Decision.objects.filter(content_type=ContentType.objects.get_for_model(kind.model))
        .filter(~locked_at("content_type", "object_id"))
        .exclude(object_id=contribution.pk)
        .select_related("moderator")[:LOOKED_AT]
    )
    last: dict[int, Decision] = {}
    for one in latest:
        last.setdefault(one.object_id, one)
    things = kind.model._default_manager.select_related(*kind.select).in_bulk(list(last))
    blocked = rules_in_force().blocked_words
    here = _Marks.of(kind.text(contribution), blocked)
    found = []
    for pk, decision in last.items():
        if pk not in things:
            continue
        text = kind.text(things[pk])
        because = here.shared_with(_Marks.of(text, blocked))
        if contribution.author_id and decision.author_id == contribution.author_id:
            because.append(_("the same person"))
        if because:
            found.append(Likeness(decision=decision, text=shorten(text, 160), because=tuple(because)))
    return sorted(found, key=lambda one: -len(one.because))[:SHOWN]


def decisions_about_pages_by(author: Any, *, besides: Any) -> list[Likeness]:
    """What was decided about other pages of the same author."""
    if author is None:
        return []
    about = ContentType.objects.get_for_model(besides)
    rows = Decision.objects.filter(author=author.pk, content_type=about).exclude(object_id=besides.pk)
    return [
        Likeness(decision=one, text=one.subject_title, because=(_("the same author"),))
        for one in rows.select_related("moderator")[:SHOWN]
    ]
