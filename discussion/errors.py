"""What can be wrong with a comment. The message is for the person who wrote it."""


class DiscussionError(Exception):
    """Its message is shown as it is."""


class NotAllowed(DiscussionError):
    """The person may not do this."""


class BadText(DiscussionError):
    """Nothing to read, or too much."""


class TooLate(DiscussionError):
    """The time for it is over."""


class BadField(DiscussionError):
    """What one field of a form says is wrong; `field` is its name."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class AlreadySettled(DiscussionError):
    """Another answer was accepted meanwhile."""
