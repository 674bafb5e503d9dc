"""Bringing case studies in from files: read, validate every row, then write each in a transaction of its own."""

from casestudies.importing.known import Known
from casestudies.importing.readers import FileProblem, RawRow, read_rows
from casestudies.importing.schema import CaseStudyRow
from casestudies.importing.service import ImportReport, Rejection, import_case_studies, validate

__all__ = [
    "CaseStudyRow",
    "FileProblem",
    "ImportReport",
    "Known",
    "RawRow",
    "Rejection",
    "import_case_studies",
    "read_rows",
    "validate",
]
