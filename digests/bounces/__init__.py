"""Reading what mail servers and providers say about our mail. Nothing here knows the database."""

from digests.bounces.reading import Report, read_report
from digests.bounces.verdicts import Kind

__all__ = ["Kind", "Report", "read_report"]
