"""One thing in a digest: what is said of it, and how."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from django.utils import translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digests import stories, tokens
from digests.rendering.desk import Desk
from digests.rendering.forms import form
from digests.rendering.letters import inlined
from digests.targets import Target, TargetCard
from digests.templatetags.mail_text import flat, wrap

VOICES = 3
NOTES = 5
REASONS = 3


@dataclass(frozen=True, kw_only=True)
class Piece:
    """An entry without its title in the text part and without its reasons: the same for all who are told the same.

    The styles of the HTML are in it already.
    """

    html: str
    text: str


@dataclass(kw_only=True)
class Entry:
    """One case study or programme in one digest, with what happened to it. `news_at` is the latest of it.

    `noted` has the latest note about each thing beside it, each adoption once. `organisation` is whose it is, and
    `evidence` its rating. `events` are what all of this was told by. `number` is its place in the mail, and `piece` how
    it looks there.
    """

    root: Target
    title: str
    path: str
    byline: str
    summary: str
    outcome: str
    news_at: datetime
    organisation: int = 0
    evidence: int = 0
    number: int = 0
    change: str = ""
    is_new: bool = False
    told: list[stories.Story] = field(default_factory=list)
    noted: dict[Target, stories.Story] = field(default_factory=dict)
    because: list[TargetCard] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    piece: "Piece | None" = None

    @property
    def url(self) -> str:
        return tokens.absolute(self.path)

    @property
    def notes(self) -> list[dict[str, str]]:
        return [
            {"words": story.note, "url": tokens.absolute(story.note_url) if story.note_url else ""}
            for story in list(self.noted.values())[:NOTES]
        ]

    @property
    def more_notes(self) -> int:
        return max(len(self.noted) - NOTES, 0)

    @property
    def adoptions(self) -> int:
        return sum(kind == "adoption" for kind, _pk in self.noted)

    @cached_property
    def reason(self) -> str:
        return reason(self.because)

    @property
    def facts(self) -> str:
        """Whose it is, and whether it worked."""
        return " · ".join(word for word in (self.byline, self.outcome) if word)

    @property
    def voices(self) -> list[stories.Story]:
        return self.told[:VOICES]

    @property
    def more_voices(self) -> int:
        return max(len(self.told) - VOICES, 0)


def reason(because: Iterable[TargetCard]) -> str:
    """“Because you follow Empty shops and Stockport”, at most three of them by name."""
    names = [card.called for card in because]
    if len(names) > REASONS:
        more = len(names) - REASONS + 1
        names = [*names[: REASONS - 1], ngettext("%(n)d more", "%(n)d more", more) % {"n": more}]
    return _("Because you follow %(names)s") % {"names": get_text_list(names, _("and"))}


def dress(entries: Iterable[Entry], *, desk: Desk, below_heading: bool) -> None:
    """Give each entry its piece: one that the desk has, made for an earlier reader, or a new one."""
    language = translation.get_language()
    for entry in entries:
        key = ("piece", language, below_heading, *entry.events)
        entry.piece = desk.make(key, partial(_piece, entry, below_heading))


def _piece(entry: Entry, below_heading: bool) -> Piece:
    values = _values(entry)
    html = form("emails/digest/entry.html", _BLANKS, inline=inlined, fixed={"below_heading": below_heading})
    return Piece(html=html.fill(values), text=form("emails/digest/entry.txt", _BLANKS).fill(values))


_BLANKS = ("title", "url", "words", "between", "facts", "who", "words_text", "who_text")


def _values(entry: Entry) -> dict[str, Any]:
    """What stands in the blanks of both parts. Of what may come several times or not at all, a list."""
    url, facts, notes, voices = entry.url, entry.facts, entry.notes, entry.voices
    more_notes, more_voices = entry.more_notes, entry.more_voices
    return {
        "title": entry.title,
        "url": url,
        "change": [{"words": entry.change, "between": " · " if facts else ""}] if entry.change else [],
        "facts": facts,
        "summary": [{"words": entry.summary, "words_text": wrap(flat(entry.summary))}]
        if entry.change and entry.summary
        else [],
        "notes": [{"note": [_note(**note) for note in notes]}] if notes else [],
        "more_notes": [{"url": url, "words": _more_notes(more_notes)}] if more_notes else [],
        "voice": [_voice(story) for story in voices],
        "more_voices": [{"url": url, "words": _more_voices(more_voices)}] if more_voices else [],
    }


def _more_notes(n: int) -> str:
    return ngettext("and %(n)s more place", "and %(n)s more places", n) % {"n": n}


def _more_voices(n: int) -> str:
    return ngettext("and %(n)s more comment", "and %(n)s more comments", n) % {"n": n}


def _note(*, words: str, url: str) -> dict[str, Any]:
    """Its text stands behind a dash, and its other lines below its first word."""
    told = {"words": words, "url": url}
    return {
        "words_text": wrap(flat(words), "  ")[2:],
        "link": [told] if url else [],
        "plain": [] if url else [told],
    }


def _voice(story: stories.Story) -> dict[str, str]:
    who = f"{story.voice}, {story.where}" if story.where else story.voice
    return {"who": who, "who_text": flat(who), "words": story.words, "words_text": wrap(flat(story.words), "  ")}
