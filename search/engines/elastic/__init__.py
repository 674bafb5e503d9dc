"""Elasticsearch as an engine, through the official client."""

from search.engines.elastic.engine import ElasticsearchEngine

__all__ = ["ElasticsearchEngine"]
