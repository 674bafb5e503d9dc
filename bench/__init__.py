"""Measurements: `make bench`, or `python -m bench import pages`. What each figure means is in docs/performance.md."""
