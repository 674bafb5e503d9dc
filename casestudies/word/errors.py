"""What can be wrong with a file, said to whom it may concern."""


class UnreadableFile(Exception):
    """The file is not taken; the message, translated, says why and what to do."""
