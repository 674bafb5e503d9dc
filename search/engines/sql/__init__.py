"""The database's own full-text search as an engine: the embedded default, and the reserve of Elasticsearch."""

from search.engines.sql.engine import DatabaseEngine

__all__ = ["DatabaseEngine"]
