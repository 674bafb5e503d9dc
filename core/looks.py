"""Writing down that somebody of the staff saw somebody else’s personal data. Rows are added, never changed."""

from typing import Any

from core.models import LookedAt, StaffLook


def note(*, by: Any, what: LookedAt, person: Any = None, people: int = 1) -> None:
    """One look, at one person or (`person=None`) at a list of so many. What is one's own is not written down."""
    if person is not None and person.pk == by.pk:
        return
    StaffLook.objects.create(by=by.pk, person=person.pk if person is not None else None, what=what, people=people)
