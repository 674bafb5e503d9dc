"""What search keeps in the database."""

from search.models.documents import (
    DocumentFacet,
    DocumentPoint,
    FacetValue,
    IndexedDocument,
    Rebuild,
    RemovedDocument,
    SpelledWord,
)
from search.models.saved import SavedSearch

__all__ = [
    "DocumentFacet",
    "DocumentPoint",
    "FacetValue",
    "IndexedDocument",
    "Rebuild",
    "RemovedDocument",
    "SavedSearch",
    "SpelledWord",
]
