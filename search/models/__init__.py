"""What search keeps in the database."""

from search.models.counts import SearchCount
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
from search.models.synonyms import SynonymGroup, SynonymLanguage

__all__ = [
    "DocumentFacet",
    "DocumentPoint",
    "FacetValue",
    "IndexedDocument",
    "Rebuild",
    "RemovedDocument",
    "SavedSearch",
    "SearchCount",
    "SpelledWord",
    "SynonymGroup",
    "SynonymLanguage",
]
