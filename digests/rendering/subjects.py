"""A subject line that says what is inside: “3 new on Empty shops, 1 comment on Ivy House”."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from digests.rendering.digest import Entry
    from digests.targets import TargetCard

PARTS = 3
TITLE = 50


def digest_subject(entries: Sequence["Entry"]) -> str:
    """New things are counted by the follow that brought most of them; comments and changes by what they are about.

    A single new thing is named rather than counted, and a single note is the subject itself.
    """
    first = entries[0]
    if len(entries) == 1 and not first.told and not first.change and len(first.noted) == 1:
        return f"{first.notes[0]['words']}: {_short(first.title)}"
    if len(entries) == 1 and not first.told and not first.noted:
        entry = first
        return (_("New: %(title)s") if entry.is_new else _("Updated: %(title)s")) % {"title": entry.title}
    new = [entry for entry in entries if entry.is_new]
    parts = [partial(_new_thing, new[0])] if len(new) == 1 else _new_by_follow(new)
    parts += [partial(_comments, entry) for entry in entries if entry.told]
    noted = [(entry, entry.adoptions) for entry in entries if entry.noted]
    parts += [partial(_adoptions, entry) for entry, adoptions in noted if adoptions]
    parts += [partial(_noted, entry) for entry, adoptions in noted if not adoptions]
    parts += [partial(_changed, entry) for entry in entries if entry.change and not entry.is_new]
    words = [part() for part in parts[:PARTS]]
    if len(parts) > PARTS:
        rest = len(parts) - PARTS
        words.append(ngettext("%(n)d more", "%(n)d more", rest) % {"n": rest})
    return ", ".join(words)


def _new_by_follow(entries: Sequence["Entry"]) -> list[Callable[[], str]]:
    left = list(entries)
    parts: list[Callable[[], str]] = []
    while left:
        count: dict[tuple[str, int], int] = {}
        cards: dict[tuple[str, int], TargetCard] = {}
        for entry in left:
            for card in entry.because:
                cards[card.kind, card.pk] = card
                count[card.kind, card.pk] = count.get((card.kind, card.pk), 0) + 1
        best = max(count, key=lambda key: count[key])
        parts.append(partial(_new_things, cards[best], count[best]))
        card = cards[best]
        left = [entry for entry in left if card not in entry.because]
    return parts


def _new_things(card: "TargetCard", n: int) -> str:
    words = (
        ngettext("%(n)d new from %(name)s", "%(n)d new from %(name)s", n)
        if card.kind in {"organisation", "place"}
        else ngettext("%(n)d new on %(name)s", "%(n)d new on %(name)s", n)
    )
    return words % {"n": n, "name": _short(card.title)}


def _new_thing(entry: "Entry") -> str:
    return _("New: %(title)s") % {"title": _short(entry.title)}


def _comments(entry: "Entry") -> str:
    n = len(entry.told)
    return ngettext("%(n)d comment on %(title)s", "%(n)d comments on %(title)s", n) % {
        "n": n,
        "title": _short(entry.title),
    }


def _adoptions(entry: "Entry") -> str:
    n = entry.adoptions
    return ngettext("%(n)d adoption of %(title)s", "%(n)d adoptions of %(title)s", n) % {
        "n": n,
        "title": _short(entry.title),
    }


def _noted(entry: "Entry") -> str:
    return _("News of %(title)s") % {"title": _short(entry.title)}


def _changed(entry: "Entry") -> str:
    return _("Updated: %(title)s") % {"title": _short(entry.title)}


def _short(title: str) -> str:
    return title if len(title) <= TITLE and title.isascii() else Truncator(title).chars(TITLE)
