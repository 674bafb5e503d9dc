"""Who may follow, and who may be mailed."""

from typing import Any

from digests import targets
from members.permissions import is_administrator, is_member, is_operator


def can_follow(user: Any, kind: str, pk: int) -> bool:
    """Anybody signed in may follow what everybody may know of; its text is asked for again at every mail.

    Twin: `digests.targets.load`, which leaves out what is not there for readers.
    """
    return bool(user.is_authenticated and user.is_active) and targets.load_one(kind, pk) is not None


def can_look_after_mail(user: Any) -> bool:
    """See runs and mails, have mail tried again, and look up why somebody got none.

    People of the network's operations and administrators; moderators decide about what is said, not about who follows
    what. Every look at one person's mail is a row of `StaffDeed`. It is all mail or none, so it has no queryset twin.
    """
    return is_operator(user)


def can_read_deeds(user: Any) -> bool:
    """Who looked at whose mail is for administrators; the others see what they did themselves."""
    return is_administrator(user)


def can_preview_as(user: Any, person: Any, *, private: bool) -> bool:
    """See a mail as this person would get it: oneself, or somebody who may read no more than one may oneself.

    A mail of a private kind (a decision, something to approve) is about one person's own affairs. It is asked of one
    person at a time, so it has no queryset twin.
    """
    if not can_look_after_mail(user):
        return False
    if is_administrator(user) or user.pk == person.pk:
        return True
    return not private and (is_member(user) or not is_member(person))
