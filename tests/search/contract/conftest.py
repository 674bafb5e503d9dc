"""What both engines promise. Each test here runs over the database and over a real Elasticsearch."""

import pytest


@pytest.fixture
def shops(filled):
    """An engine with `SHOPS`, which the module names as its DOCUMENTS. To read only."""
    return filled
