"""Open data: whole tables of what is public, as CSV and JSON, streamed."""

from api.exports.archive import write_archive
from api.exports.columns import Dataset
from api.exports.datasets import DATASETS
from api.exports.measures import measure_rows
from api.exports.writing import FORMATS, csv_lines, json_lines

__all__ = ["DATASETS", "FORMATS", "Dataset", "csv_lines", "json_lines", "measure_rows", "write_archive"]
