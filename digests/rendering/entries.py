"""One thing in a digest: what is said of it, and how."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial

from django.template.loader import render_to_string
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digests import stories, tokens
from digests.rendering.desk import Desk
from digests.rendering.letters import inlined
from digests.targets import Target, TargetCard

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
    url: str
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
        """“You follow Empty shops and Stockport”, at most three of them by name."""
        names = [card.called for card in self.because]
        if len(names) > REASONS:
            more = len(names) - REASONS + 1
            names = [*names[: REASONS - 1], ngettext("%(n)d more", "%(n)d more", more) % {"n": more}]
        return _("Because you follow %(names)s") % {"names": get_text_list(names, _("and"))}

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


def dress(entries: Iterable[Entry], *, desk: Desk, below_heading: bool) -> None:
    """Give each entry its piece: one that the desk has, made for an earlier reader, or a new one."""
    for entry in entries:
        entry.piece = desk.make(("piece", below_heading, *entry.events), partial(_piece, entry, below_heading))


def _piece(entry: Entry, below_heading: bool) -> Piece:
    context = {"entry": entry, "below_heading": below_heading}
    return Piece(
        html=inlined(render_to_string("emails/digest/entry.html", context)),
        text=render_to_string("emails/digest/entry.txt", context),
    )
