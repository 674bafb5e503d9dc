"""Places, the programmes that they take part in, and the opportunities that councils publish."""

from places.models.opportunities import OpportunityDocument, OpportunityPage, Window, WithdrawnReason
from places.models.places import PLACE_KINDS, Place
from places.models.programmes import (
    ProgrammeIndexPage,
    ProgrammePage,
    ProgrammePlace,
    ProgrammeSource,
    ProgrammeStep,
)
from places.models.record import RecordEntry, RecordPhoto, RecordVersion, Side

__all__ = [
    "PLACE_KINDS",
    "OpportunityDocument",
    "OpportunityPage",
    "Place",
    "ProgrammeIndexPage",
    "ProgrammePage",
    "ProgrammePlace",
    "ProgrammeSource",
    "ProgrammeStep",
    "RecordEntry",
    "RecordPhoto",
    "RecordVersion",
    "Side",
    "Window",
    "WithdrawnReason",
]
