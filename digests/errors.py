"""What can be wrong with a wish to follow. The messages are for the person who asked."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DigestsError(Exception):
    message: str | Promise = _("That did not work.")

    def __str__(self) -> str:
        return str(self.message)


class NothingToFollow(DigestsError):
    """There is no such thing, or the person may not know of it."""

    message = _("There is nothing here to follow.")


class CannotFollowSearch(DigestsError):
    """What is asked would bring everything, or nothing ever; or there are enough already."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class AskedTooOften(DigestsError):
    """So many mails to confirm have gone to this address that another would be a nuisance."""

    message = _(
        "We have sent this address as many emails to confirm a follow as we send in a day. "
        "Look for them, also among the spam, or try again tomorrow."
    )


class NotYet(DigestsError):
    """A report about a mail that a worker is still sending: it was faster than our own record."""
