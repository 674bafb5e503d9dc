"""A council's Word file as the start of a case study: what it says, part by part, before anything is saved.

`safety` opens the file without trusting it, `reading` cuts it at its headings, `headings` knows whose headings mean
which of our fields, `composing` says what the fields would hold, and `service` keeps it for its author and makes the
draft.
"""

from casestudies.word.composing import Composed, compose
from casestudies.word.errors import UnreadableFile
from casestudies.word.reading import Section, Understood, understand
from casestudies.word.service import keep, start_from_word

__all__ = [
    "Composed",
    "Section",
    "Understood",
    "UnreadableFile",
    "compose",
    "keep",
    "start_from_word",
    "understand",
]
