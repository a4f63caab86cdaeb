"""Tables in and out: jsonl, csv, xlsx, parquet, folders of .txt and standard streams."""

from petition_nlp.io.encoding import detect_encoding
from petition_nlp.io.read import FORMATS, BadRow, Row, RowSource, guess_format, open_rows
from petition_nlp.io.write import escape_cell, write_csv, write_parquet, write_xlsx

__all__ = [
    "FORMATS",
    "BadRow",
    "Row",
    "RowSource",
    "detect_encoding",
    "escape_cell",
    "guess_format",
    "open_rows",
    "write_csv",
    "write_parquet",
    "write_xlsx",
]
