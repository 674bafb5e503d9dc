"""What can be wrong with a request to change organisations and their people."""


class MembersError(Exception):
    """Its message is for the person who asked; views show it, commands print it."""


class NotAllowed(MembersError):
    """The person may not do this."""
