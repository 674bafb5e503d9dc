"""A subject line that says what is inside: “3 new on Empty shops, 1 comment on Ivy House”."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from digests.rendering.digest import Entry
    from digests.targets import TargetCard

PARTS = 3
TITLE = 50
# Where another part would make it longer than this it is counted with the rest, which is seen where lists show a line.
LENGTH = 120


class Part(NamedTuple):
    """What is said of so many things; the words are found when they are wanted."""

    words: Callable[[], str]
    things: int


def digest_subject(entries: Sequence["Entry"]) -> str:
    """New things are counted by the follow that brought most of them; comments and changes by what they are about.

    A single new thing is named rather than counted, and a single note is the subject itself. Each thing is named once,
    with the first that can be said of it, and what there is no room for is counted.
    """
    first = entries[0]
    if len(entries) == 1 and not first.told and not first.change and len(first.noted) == 1:
        return f"{first.notes[0]['words']}: {_short(first.title)}"
    if len(entries) == 1 and not first.told and not first.noted:
        entry = first
        return (_("New: %(title)s") if entry.is_new else _("Updated: %(title)s")) % {"title": entry.title}
    said: list[str] = []
    rest = len(entries)
    for part in islice(_parts(entries), PARTS):
        words = part.words()
        if said and len(", ".join([*said, words])) > LENGTH:
            break
        said.append(words)
        rest -= part.things
    if rest:
        said.append(ngettext("%(n)d more", "%(n)d more", rest) % {"n": rest})
    return ", ".join(said)


def _parts(entries: Sequence["Entry"]) -> Iterator[Part]:
    new = [entry for entry in entries if entry.is_new]
    if len(new) == 1:
        yield Part(partial(_new_thing, new[0]), 1)
    else:
        yield from _new_by_follow(new)
    others = [entry for entry in entries if not entry.is_new]
    silent = [entry for entry in others if not entry.told]
    yield from (Part(partial(_comments, entry), 1) for entry in others if entry.told)
    yield from (Part(partial(_adoptions, entry), 1) for entry in silent if entry.adoptions)
    yield from (Part(partial(_noted, entry), 1) for entry in silent if entry.noted and not entry.adoptions)
    yield from (Part(partial(_changed, entry), 1) for entry in silent if not entry.noted)


def _new_by_follow(entries: Sequence["Entry"]) -> Iterator[Part]:
    left = list(entries)
    while left:
        count: dict[tuple[str, int], int] = {}
        cards: dict[tuple[str, int], TargetCard] = {}
        for entry in left:
            for card in entry.because:
                cards[card.kind, card.pk] = card
                count[card.kind, card.pk] = count.get((card.kind, card.pk), 0) + 1
        best = max(count, key=lambda key: count[key])
        card = cards[best]
        yield Part(partial(_new_things, card, count[best]), count[best])
        left = [entry for entry in left if card not in entry.because]


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
    """Whole words, as long as there are any."""
    if len(title) <= TITLE and title.isascii():
        return title
    cut = Truncator(title).chars(TITLE)
    whole, space, _rest = cut.rpartition(" ")
    return f"{whole.rstrip(' ,:;–')}…" if space and cut != title else cut
