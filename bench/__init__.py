"""Measurements: `make bench`, or `python -m bench imports pages`. What each figure means is in docs/performance.md.

A measurement is a module in `bench/measures/` with `SIZE`, the default number of things, and `measure(size)`, which
returns its figures. Each runs in a process of its own, over a copy of one freshly migrated SQLite database.
"""
