"""What can be wrong with a trial link."""


class CannotGiveTrial(Exception):
    """The reason is in the words, for whoever tried."""
