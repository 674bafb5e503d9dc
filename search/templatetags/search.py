"""What pages of the packages below show of search."""

from typing import Any

from django import template

from core.cards import Card
from search import selectors
from search.cards import card

register = template.Library()


@register.simple_tag
def similar_to(page: Any, size: int = 4) -> list[Card]:
    """Cards of case studies like this one: `{% similar_to page as cards %}`."""
    return [card(hit, with_kind=False) for hit in selectors.similar_to(page, size=size)]
