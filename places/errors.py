"""What can be wrong with an entry of a record. The message is for the person who wrote it."""


class RecordError(Exception):
    """Its message is shown as it is; `field` is the field of the form that it is about, if it is about one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(RecordError):
    """The person may not do this."""


class TooLate(RecordError):
    """The time for it is over."""
