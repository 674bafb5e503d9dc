"""Topics for an ask, from whoever can tell them from its words. Search registers; without it nothing is suggested."""

from collections.abc import Callable, Sequence

Suggest = Callable[[str], Sequence[str]]

_suggest: list[Suggest] = []


def register(suggest: Suggest) -> None:
    """`suggest` gives slugs of topics for a text, the best first; called from `AppConfig.ready`."""
    _suggest[:] = [suggest]


def topics_for(text: str) -> Sequence[str]:
    return _suggest[0](text) if _suggest else ()
