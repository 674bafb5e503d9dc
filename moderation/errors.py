"""What can be wrong with a request to moderate. The message is for the person who asked."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from moderation.models import Decision


class ModerationError(Exception):
    """Its message is shown as it is."""


class NotAllowed(ModerationError):
    """The person may not do this."""


class OwnWork(NotAllowed):
    """Nobody decides about what they wrote themselves."""

    def __init__(self) -> None:
        super().__init__(_("You wrote this yourself, so somebody else decides about it."))


class IllegalMove(ModerationError):
    """The thing is not in a state from which this can be done."""


class AlreadyDecided(IllegalMove):
    """Somebody was faster. `decision` is theirs, where the log has one."""

    def __init__(self, decision: "Decision | None" = None) -> None:
        self.decision = decision
        if decision and decision.moderator:
            message = _("This was already decided by %(person)s: %(decision)s.") % {
                "person": decision.moderator.display_name,
                "decision": decision.done,
            }
        else:
            message = str(_("This no longer waits for a decision."))
        super().__init__(message)


class TooLate(IllegalMove):
    """The time in which it could be done is over, or something was built on it."""


class ReasonNeeded(ModerationError):
    """A refusal without a reason and words teaches the author nothing."""


class LinkOver(ModerationError):
    """A link to sign off that no longer works. Its message says plainly why; `used` if it has done its work."""

    def __init__(self, message: str, *, used: bool = False) -> None:
        self.used = used
        super().__init__(message)
