"""Pages for those who look after an organisation's people that a higher room adds to the menu of this one.

A room registers the name of its address and a word for it when it starts (`AppConfig.ready`). The address takes the
organisation's slug, and its view asks `members.views.access.for_leads`.
"""

from django.utils.functional import Promise

_pages: dict[str, str | Promise] = {}


def register(name: str, text: str | Promise) -> None:
    _pages[name] = text


def registered() -> list[tuple[str, str | Promise]]:
    return list(_pages.items())
