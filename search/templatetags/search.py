"""What pages of the packages below show of search."""

from dataclasses import replace
from typing import Any

from django import template

from core.cards import Card
from core.models import Topic
from search import related, selectors
from search.cards import card
from search.engines.base import Hit
from search.text import START, STOP

register = template.Library()


@register.simple_tag
def similar_to(page: Any, size: int = 4) -> list[Card]:
    """Cards of case studies like this one: `{% similar_to page as cards %}`."""
    return [card(hit, with_kind=False) for hit in selectors.similar_to(page, size=size)]


@register.simple_tag
def similar_to_ask(ask: Any, size: int = 4) -> list[Card]:
    """Cards of case studies like what somebody asks: `{% similar_to_ask ask as cards %}`."""
    return [card(hit, with_kind=False) for hit in selectors.similar_to_ask(ask, size=size)]


@register.simple_tag
def like_text(text: str) -> dict[str, list[Card]]:
    """What there is already on what somebody writes: `{% like_text text as found %}`, `found.case_studies`,
    `found.asks`.
    """
    kinds = (("case_studies", "case_study"), ("asks", "ask"))
    return {
        name: [card(_unmarked(hit), with_kind=False) for hit in selectors.similar_to_text(text, kind=kind)]
        for name, kind in kinds
    }


def _unmarked(hit: Hit) -> Hit:
    """Of a long text half the words of a summary would be marked."""
    return replace(hit, title=_plain(hit.title), summary=_plain(hit.summary), extract="")


def _plain(text: str) -> str:
    return text.replace(START, "").replace(STOP, "")


@register.inclusion_tag("search/_related.html")
def related_topics(topic: Topic) -> dict[str, Any]:
    """Topics that come up with this one more often than in general: `{% related_topics topic %}`."""
    return {"related": related.of_topic(topic)}
