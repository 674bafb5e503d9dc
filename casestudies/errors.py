"""What can be wrong with the record of an adoption. The message is for the person who recorded it.

What is wrong with one answer is a `ValidationError` that names its field, as forms understand it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casestudies.models import Adoption


class AdoptionError(Exception):
    """Its message is shown as it is."""


class NotAllowed(AdoptionError):
    """The person may not do this."""


class AlreadyRecorded(AdoptionError):
    """The organisation has recorded it for this place. `adoption` is that record."""

    def __init__(self, message: str, adoption: "Adoption | None" = None) -> None:
        super().__init__(message)
        self.adoption = adoption


class CannotMerge(Exception):
    """Why two indicators cannot become one, in words for whoever tries."""
