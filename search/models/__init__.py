"""What search keeps in the database."""

from search.models.documents import DocumentFacet, FacetValue, IndexedDocument, RemovedDocument
from search.models.saved import SavedSearch

__all__ = ["DocumentFacet", "FacetValue", "IndexedDocument", "RemovedDocument", "SavedSearch"]
