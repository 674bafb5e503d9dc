"""Who may read what people search for."""

from typing import Any

from members.permissions import is_moderator


def can_read_search_report(user: Any) -> bool:
    """Moderators and administrators. It names no people and no organisation's own, so it has no queryset twin."""
    return is_moderator(user)
