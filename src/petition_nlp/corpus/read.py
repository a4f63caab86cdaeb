"""Reads labelled data, telling its format by content: the labelled format as JSONL or JSON, tables (CSV, XLSX,
Parquet), Label Studio's and doccano's exports. Errors name file and row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from petition_nlp.corpus.columns import check_mapping, guess_columns, record_fields
from petition_nlp.corpus.doccano import doccano_fields, looks_like_doccano
from petition_nlp.corpus.labelstudio import is_minimal, is_task, minimal_fields, task_fields
from petition_nlp.corpus.schema import LabeledText, parse_labeled
from petition_nlp.errors import DataError
from petition_nlp.io import BadRow, Row, RowSource, detect_encoding, guess_format, open_rows
from petition_nlp.taxonomy import Taxonomy, default_taxonomy

_PEEKED = 50  # records of a JSONL file that tell whether doccano wrote it


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file.

    Attributes:
        kind: ``labelstudio``, ``doccano`` or ``table`` (which the labelled JSONL format is, too).
        rows: its records as they stand in the file.
        ragged: each record names its fields itself.
    """

    kind: str
    rows: RowSource
    ragged: bool = False


def open_source(path: str | Path, format: str | None = None) -> Source:
    """Open a labelled file and tell what wrote it.

    Args:
        format: of the file where its name does not tell: jsonl, csv, xlsx, parquet.

    Raises:
        InputError: the file cannot be read, or is of no known format.
    """
    if str(path) == "-" or (format or guess_format(path)) != "jsonl":
        return Source("table", open_rows(path, format))
    whole = _whole_json(Path(path)) if Path(path).is_file() else None
    rows = open_rows(path, format) if whole is None else _numbered(whole, str(path))
    first = list(islice(rows, _PEEKED))
    records = [row.fields for row in first if isinstance(row, Row)]
    rows = _chained(first, rows)
    if records and all(is_task(r) for r in records):
        return Source("labelstudio", rows)
    if records and all(is_minimal(r) for r in records):
        return Source("table", (_minimal(row) for row in rows), ragged=True)
    return Source("doccano" if any(looks_like_doccano(r) for r in records) else "table", rows, ragged=True)


def _whole_json(path: Path) -> list[Any] | None:
    """The records of a file that is one JSON value; None where it is one value a line."""
    encoding = detect_encoding(path)
    with path.open("r", encoding=encoding, errors="replace") as stream:
        line = next((text for text in stream if text.strip()), "").strip()
        if not line.startswith(("[", "{")):
            return None
        try:
            value = json.loads(line)
            if isinstance(value, dict) or next((True for text in stream if text.strip()), False):
                return None
            return value if isinstance(value, list) else None
        except ValueError:
            stream.seek(0)
            try:
                value = json.load(stream)
            except (ValueError, RecursionError):
                return None  # read line by line, so that the line at fault is named
    return value if isinstance(value, list) else [value]


def _numbered(records: list[Any], name: str) -> RowSource:
    for number, record in enumerate(records, 1):
        where = f"{name}:[{number - 1}]"
        if isinstance(record, dict):
            yield Row(number, record, where)
        else:
            yield BadRow(number, f"expected a JSON object, got {type(record).__name__}", where)


def _chained(first: list[Row | BadRow], rest: RowSource) -> RowSource:
    yield from first
    yield from rest


def _minimal(row: Row | BadRow) -> Row | BadRow:
    if isinstance(row, BadRow):
        return row
    try:
        return Row(row.number, minimal_fields(row.fields), row.where)
    except DataError as error:
        return BadRow(row.number, str(error).lstrip(": "), row.where)


def open_labeled(
    path: str | Path,
    taxonomy: Taxonomy | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    empty_is_none: bool = False,
    predictions: bool = False,
    on_columns: Callable[[dict[str, str]], None] | None = None,
) -> Iterator[tuple[str, LabeledText | DataError]]:
    """Iterate over the labelled texts of a file with the place of each (file and row); a bad row gives its error.

    Args:
        columns: field name -> column name; guessed from :data:`COLUMN_NAMES` where not given. Of annotation tools also
            head -> control and entity type -> what the project calls it.
        format: jsonl, csv, xlsx or parquet where the file's name does not tell.
        empty_is_none: a record of an annotation tool without labels of a head means *none of the labels*; otherwise
            *not labelled*, as nobody may have looked.
        predictions: read what a model predicted in Label Studio where nobody has annotated.
        on_columns: told which columns of a table are read as which fields.

    Raises:
        InputError: the file cannot be read.
    """
    taxonomy = taxonomy or default_taxonomy()
    source = open_source(path, format)
    columns = dict(columns or {})
    mapping: dict[str, str] | None = None
    keys: Iterable[str] = ()
    told = False
    for row in source.rows:
        try:
            if isinstance(row, BadRow):
                raise DataError(row.reason, where=row.where)
            fields: dict[str, Any] | None
            if source.kind == "labelstudio":
                if not is_task(row.fields):
                    raise DataError("is no task of Label Studio (it has no data)", where=row.where)
                fields = task_fields(
                    row.fields,
                    taxonomy,
                    columns=columns,
                    where=row.where,
                    empty_is_none=empty_is_none,
                    predictions=predictions,
                )
            elif source.kind == "doccano" and not {"label", "labels"} & set(columns.values()):
                fields = doccano_fields(
                    row.fields, taxonomy, columns=columns, where=row.where, empty_is_none=empty_is_none
                )
            else:
                if mapping is None or (source.ragged and row.fields.keys() != keys):
                    keys = row.fields.keys()
                    mapping = {**guess_columns(row.fields), **columns}
                    check_mapping(mapping, row.fields, row.where, strict=not source.ragged)
                    if on_columns and not told:
                        on_columns(mapping)
                        told = True
                fields = record_fields(row.fields, mapping, taxonomy, row.where)
            if fields is not None:
                yield row.where, parse_labeled(fields, taxonomy, where=row.where, default_id=str(row.number))
        except DataError as error:
            yield row.where, error


def read_labeled(
    path: str | Path,
    taxonomy: Taxonomy | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    skip_bad: list[DataError] | None = None,
    **options: Any,
) -> Iterator[LabeledText]:
    """Iterate over the labelled texts of a file.

    Args:
        columns: field name -> column name; guessed from :data:`COLUMN_NAMES` where not given.
        skip_bad: when a list is given, bad rows are appended to it as errors and skipped; otherwise the first raises.
        options: the others of :func:`open_labeled`.

    Raises:
        DataError: a row breaks the format; the message names file and row.
        InputError: the file cannot be read.
    """
    for _, item in open_labeled(path, taxonomy, columns=columns, format=format, **options):
        if isinstance(item, LabeledText):
            yield item
        elif skip_bad is None:
            raise item
        else:
            skip_bad.append(item)


def write_labeled(path: str | Path, texts: Iterable[LabeledText], taxonomy: Taxonomy | None = None) -> int:
    """Write labelled JSONL (UTF-8). Returns how many."""
    taxonomy = taxonomy or default_taxonomy()
    count = 0
    with Path(path).open("w", encoding="utf-8") as stream:
        for item in texts:
            stream.write(json.dumps(item.to_dict(taxonomy), ensure_ascii=False) + "\n")
            count += 1
    return count
