"""Who may follow, and who may be mailed."""

from typing import Any

from digests import targets


def can_follow(user: Any, kind: str, pk: int) -> bool:
    """Anybody signed in may follow what everybody may know of; its text is asked for again at every mail.

    Twin: `digests.targets.load`, which leaves out what is not there for readers.
    """
    return bool(user.is_authenticated and user.is_active) and targets.load_one(kind, pk) is not None
