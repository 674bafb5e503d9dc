"""Documents: what can be found. Each kind of thing registers a `Source`; later kinds register theirs here too."""

from search.documents.base import (
    Point,
    SearchDocument,
    Source,
    Term,
    document_key,
    parse_key,
    register,
    sources,
)

__all__ = ["Point", "SearchDocument", "Source", "Term", "document_key", "parse_key", "register", "sources"]
