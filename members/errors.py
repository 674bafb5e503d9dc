"""What can be wrong with a request to change organisations and their people."""


class MembersError(Exception):
    """Its message is for the person who asked; views show it, commands print it."""


class NotAllowed(MembersError):
    """The person may not do this."""


class LastLead(MembersError):
    """It would leave an organisation without anybody who looks after its people."""


class DomainRefused(MembersError):
    """Nobody may join by this domain."""


class NotWaiting(MembersError):
    """Somebody else was faster, or its time is over."""


class TooMany(MembersError):
    """More than somebody may do in this time."""
