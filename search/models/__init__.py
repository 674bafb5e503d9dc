"""What search keeps in the database."""

from search.models.documents import DocumentFacet, FacetValue, IndexedDocument, RemovedDocument

__all__ = ["DocumentFacet", "FacetValue", "IndexedDocument", "RemovedDocument"]
