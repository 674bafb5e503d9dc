"""A card as HTML, and the marks that stand on it.

In Python and not in a template, because a page of results has twenty of them: as forty template nodes each they took
a third of the processor time of the page. The marks have templates, since pages show them by themselves too; there are
few different ones, so each is rendered once in each language.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, pgettext_lazy

from core.cards import Card
from core.dates import readable

OUTCOMES = {
    "worked": gettext_lazy("Worked"),
    "partly-worked": gettext_lazy("Partly worked"),
    "did-not-work": gettext_lazy("Did not work"),
    "too-early": gettext_lazy("Too early to say"),
}
OUTCOME_ALIASES = {"partly": "partly-worked", "too-early-to-say": "too-early", "failed": "did-not-work"}

STAGES = {
    "idea": pgettext_lazy("stage", "Idea"),
    "trial": pgettext_lazy("stage", "Trial"),
    "running": pgettext_lazy("stage", "Running"),
    "scaled": pgettext_lazy("stage", "Scaled up"),
    "ended": pgettext_lazy("stage", "Ended"),
}
# More than there are in two languages: whatever else somebody hands in does not fill the memory. `typed` below, because
# a text and the same text marked as safe are equal and yet are not escaped alike.
KEPT = 128
DOT = " · "


def card_html(card: Card | Mapping[str, Any], level: int = 3, *, plain: bool = False) -> SafeString:
    """A card below a heading of `level - 1`; `plain` in a list with rules instead of boxes."""
    if isinstance(card, Mapping):
        card = Card(**card)
    summary = card.summary_html or conditional_escape(card.summary or "")
    why = conditional_escape(card.why or "")
    return SafeString(
        f'<article class="cl-card{" cl-card--plain" if plain else ""}">\n{_kind(card)}'
        f'<h{level} class="cl-card__title"><a class="cl-card__link" href="{conditional_escape(card.url)}">'
        f"{conditional_escape(card.title)}</a></h{level}>\n{_paragraph('meta', _meta(card))}"
        f"{_paragraph('text', summary)}{_paragraph('why', why)}{_foot(card)}</article>\n"
    )


def _paragraph(name: str, html: str) -> str:
    return f'<p class="cl-card__{name}">{html}</p>\n' if html else ""


def _kind(card: Card) -> str:
    if not card.kind:
        return ""
    members_only = f"{DOT}{gettext('Members only')}" if card.members_only else ""
    return _paragraph("kind", f"{conditional_escape(card.kind)}{members_only}")


def _meta(card: Card) -> str:
    """Whose, where, when and how far off, as far as it is known."""
    council: str = conditional_escape(card.council or "")
    if council and card.council_url:
        council = f'<a href="{conditional_escape(card.council_url)}">{council}</a>'
    parts: list[str] = [council, conditional_escape(card.place or ""), conditional_escape(readable(card.date))]
    if card.distance:
        parts.append(f'<strong class="cl-card__distance">{conditional_escape(card.distance)}</strong>')
    return DOT.join(part for part in parts if part)


def _foot(card: Card) -> str:
    rated = card.evidence is not None
    if not (card.outcome or card.stage or rated or card.adoptions or card.badges):
        return ""
    adopted = ""
    if card.adoptions:
        text = ngettext("Adopted by %(n)s other place", "Adopted by %(n)s other places", card.adoptions)
        adopted = f"{DOT if rated else ''}{text % {'n': card.adoptions}}"
    badges = "".join(f'<span class="govuk-tag">{conditional_escape(badge)}</span>\n' for badge in card.badges)
    return (
        f'<div class="cl-card__foot">\n{outcome_html(card.outcome)}{stage_html(card.stage)}'
        f'<span class="cl-card__facts">{evidence_html(card.evidence)}{adopted}</span>\n{badges}</div>\n'
    )


def outcome_html(value: str | None) -> SafeString:
    """The outcome by shape, word and colour. Accepts the code with spaces, hyphens or underscores."""
    return _outcome(str(value), get_language()) if value else SafeString()


@lru_cache(maxsize=KEPT, typed=True)
def _outcome(value: str, _language: str | None) -> SafeString:
    code = value.strip().lower().replace("_", "-").replace(" ", "-")
    code = OUTCOME_ALIASES.get(code, code)
    facts = {"code": code if code in OUTCOMES else "", "text": OUTCOMES.get(code, value)}
    return render_to_string("components/outcome_tag.html", facts)


def stage_html(value: str | None) -> SafeString:
    """How far it has got: idea, trial, running, scaled up, ended."""
    return _stage(str(value), get_language()) if value else SafeString()


@lru_cache(maxsize=KEPT, typed=True)
def _stage(value: str, _language: str | None) -> SafeString:
    return render_to_string("components/stage_tag.html", {"text": STAGES.get(value.lower(), value)})


def evidence_html(value: int | str | None) -> SafeString:
    """How sure we are, 0 to 5, as words with five small steps beside them."""
    if value in (None, ""):
        return SafeString()
    try:
        rating = min(5, max(0, int(value or 0)))
    except ValueError:
        rating = 0
    return _evidence(rating, get_language())


@lru_cache(maxsize=KEPT)
def _evidence(rating: int, _language: str | None) -> SafeString:
    """Five bars, as many of them full as the rating says."""
    look = SafeString('fill="none" stroke="currentColor"'), SafeString('fill="currentColor"')
    bars = ((1 + 9 * n, look[n < rating]) for n in range(5))
    steps = format_html_join("", '<rect x="{}" y="1" width="7" height="10" rx="1.5" {}/>', bars)
    return render_to_string("components/evidence.html", {"rating": rating, "steps": steps})
