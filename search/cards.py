"""Results as the card component shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.cards import Card
from core.dates import display
from core.paths import site_path
from places.models import Side
from places.opportunities import times
from search.documents import sources
from search.engines.base import Hit
from search.nearness import away
from search.text import mark_html


def card(hit: Hit, *, with_kind: bool = True, why: str = "") -> Card:
    """Everything on it was stored with the document; nothing is asked of the database. `why` says why it is here.

    What is for members only says so, and so what kind of thing it is, on every list.
    """
    facts = hit.card
    source = sources().get(hit.kind)
    members_only = hit.audience == "members"
    return Card(
        title=mark_html(hit.title),
        url=local(hit.url),
        kind=str(source.label_one) if source and (with_kind or members_only) else "",
        council=facts.get("council", ""),
        council_url=local(facts["council_url"]) if facts.get("council_url") else "",
        place=facts.get("place", ""),
        distance=away(hit.distance_km),
        date=_years(facts.get("started", ""), facts.get("ended", "")),
        outcome=facts.get("outcome", ""),
        stage=facts.get("stage", ""),
        summary_html=_text(hit),
        members_only=members_only,
        evidence=facts.get("evidence"),
        adoptions=facts.get("adoptions", 0),
        badges=_badges(facts),
        why=why,
    )


def _badges(facts: Mapping[str, Any]) -> list[str]:
    """What else a reader should know before opening it."""
    badges = [_("Not confirmed for two years")] if facts.get("stale") else []
    if side := facts.get("side"):
        badges.append(str(Side(side).label))
    if facts.get("closes"):
        badges.append(when(facts))
    if facts.get("settled"):
        badges.append(_("An answer helped"))
    elif "answers" in facts:
        answers = facts["answers"]
        badges.append(ngettext("%(n)d answer", "%(n)d answers", answers) % {"n": answers})
    return badges


def when(facts: Mapping[str, Any]) -> str:
    """Of an opportunity, as the clock stands now: the document does not change while time passes. Else nothing."""
    opens, closes, state = _window(facts)
    return times.in_words(state, opens=opens, closes=closes) if opens and closes else ""


def closes_soon(facts: Mapping[str, Any]) -> bool:
    return _window(facts)[2] == times.State.CLOSING


def _window(facts: Mapping[str, Any]) -> tuple[datetime | None, datetime | None, times.State | None]:
    opens, closes = (parse_datetime(facts.get(name) or "") for name in ("opens", "closes"))
    gone = bool(facts.get("withdrawn"))
    return opens, closes, times.state_at(timezone.now(), opens=opens, closes=closes, withdrawn=gone)


def local(path: str) -> str:
    """A stored path in the reader's language."""
    return site_path(path.lstrip("/"))


def _years(started: str, ended: str) -> str:
    if started and ended and ended != started:
        return _("%(start)s to %(end)s") % {"start": display(started), "end": display(ended)}
    return display(started)


def _text(hit: Hit) -> SafeString:
    """The summary; where only the text below it matched, that sentence too."""
    summary = mark_html(hit.summary)
    if not hit.extract or "<mark>" in summary:
        return summary
    extract = mark_html(hit.extract.strip("… "))
    return SafeString(f'{summary} <span class="cl-extract">… {extract} …</span>')
