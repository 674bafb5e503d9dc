"""The shape of a card in a list, whether it comes from a page, a search hit or a follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Card:
    """What `{% card %}` shows; everything but the title and the address may be left out.

    `summary_html` is trusted markup (search highlights, already cleaned) and wins over `summary`. `why` says why it is
    in this list (“Like Stockport: similar size”), `distance` how far off it is (“12 km away”). `outcome` and `stage`
    are the codes that `outcome_tag` and `stage_tag` know. `kind` names the type of thing where a list mixes several.
    """

    title: str
    url: str
    kind: str = ""
    council: str = ""
    council_url: str = ""
    place: str = ""
    distance: str = ""
    date: date | str | None = None
    outcome: str = ""
    stage: str = ""
    summary: str = ""
    summary_html: str = ""
    evidence: int | None = None
    adoptions: int = 0
    badges: Sequence[str] = ()
    members_only: bool = False
    why: str = ""
