"""Reads rows from files one at a time, so that memory does not grow with the file.

A row that cannot be read becomes a :class:`BadRow` with its number and the reason; the reader goes on.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any, BinaryIO

from petition_nlp.errors import InputError, importable
from petition_nlp.io.encoding import decodes, detect_encoding, sniff

FORMATS = ("jsonl", "csv", "xlsx", "parquet", "txt")
_SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".txt": "txt",
}
# csv refuses fields above 128 KiB by default; a scanned letter with attachments pasted in may be longer.
csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Row:
    """One record. ``number`` counts data rows from 1; ``where`` names file and line for messages."""

    number: int
    fields: dict[str, Any]
    where: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A record that could not be read, and why (never with its text)."""

    number: int
    reason: str
    where: str


RowSource = Iterator[Row | BadRow]


def guess_format(path: str | Path) -> str:
    """Format by suffix; a folder is ``txt``; ``-`` is ``jsonl``.

    Raises:
        InputError: the suffix tells nothing.
    """
    if str(path) == "-":
        return "jsonl"
    path = Path(path)
    if path.is_dir():
        return "txt"
    suffix = path.suffix.lower()
    if suffix == ".xls":
        raise InputError(f"{path}: the old .xls format is not read; save it as .xlsx or .csv")
    if suffix not in _SUFFIXES:
        raise InputError(f"{path}: cannot tell the format by the name; give --format {'|'.join(FORMATS)}")
    return _SUFFIXES[suffix]


def open_rows(path: str | Path, format: str | None = None) -> RowSource:
    """Iterate over the rows of a file, a folder of .txt files, or standard input (``-``).

    Raises:
        InputError: the file is missing, empty, not of its format, or the format is unknown. Raised at the call,
            not at the first row, wherever it can be known then.
    """
    name = str(path)
    if name != "-":
        path = Path(path)
        if not path.exists():
            raise InputError(f"{path}: no such file or folder")
        if not path.is_dir() and path.stat().st_size == 0:
            raise InputError(f"{path}: the file is empty (0 bytes)")
    format = format or guess_format(path)
    if format not in FORMATS:
        raise InputError(f"unknown format {format!r}; use {', '.join(FORMATS)}")
    if name == "-":
        return _stdin(format)
    path = Path(path)
    if path.is_dir():
        if format != "txt":
            raise InputError(f"{path}: is a folder; a folder is read as .txt files, one text a file")
        return _folder(path)
    if format == "jsonl":
        return _jsonl(path.open("rb"), detect_encoding(path), name)
    if format == "csv":
        return _csv(path.open("r", encoding=detect_encoding(path), newline="", errors="replace"), name)
    if format == "txt":
        return iter([_text_file(path, 1, path.name)])
    if format == "xlsx":
        return _xlsx(path)
    return _parquet(path)


def _stdin(format: str) -> RowSource:
    raw = sys.stdin.buffer
    head = raw.peek(1 << 16) if isinstance(raw, io.BufferedReader) else b""
    encoding = sniff(head) or ("utf-8" if decodes(head, "utf-8", final=False) else "gb18030")
    if format == "jsonl":
        return _jsonl(raw, encoding, "<stdin>")
    if format == "csv":
        return _csv(io.TextIOWrapper(raw, encoding=encoding, newline="", errors="replace"), "<stdin>")
    if format == "txt":
        return iter([Row(1, {"id": "-", "text": raw.read().decode(encoding, "replace")}, "<stdin>")])
    raise InputError(f"{format} cannot be read from standard input; give a file")


def _jsonl(stream: BinaryIO, encoding: str, name: str) -> RowSource:
    if encoding == "utf-16":
        lines: Iterator[str | bytes] = iter(io.TextIOWrapper(stream, encoding="utf-16"))
    else:
        lines = iter(stream)
    number = 0
    with stream:
        for line_number, line in enumerate(lines, 1):
            where = f"{name}:{line_number}"
            if not line.strip():
                continue
            number += 1
            try:
                text = line if isinstance(line, str) else line.decode(encoding)
            except UnicodeDecodeError as error:
                yield BadRow(number, f"not valid {encoding} at byte {error.start} of the line", where)
                continue
            try:
                value = json.loads(text)
            except (ValueError, RecursionError) as error:
                reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
                yield BadRow(number, f"not valid JSON: {reason}", where)
                continue
            if not isinstance(value, dict):
                yield BadRow(number, f"expected a JSON object, got {type(value).__name__}", where)
                continue
            yield Row(number, value, where)


def _csv(stream: IO[str], name: str) -> RowSource:
    with stream:
        head = stream.readline()
        if not head.strip():
            raise InputError(f"{name}: line 1 should name the columns and is empty")
        delimiter = max(",\t;|", key=head.count) if any(c in head for c in ",\t;|") else ","
        columns = [c.strip() for c in next(csv.reader([head], delimiter=delimiter))]
        _check_columns(columns, name)
        reader = csv.reader(stream, delimiter=delimiter)
        number = 0
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                number += 1
                yield BadRow(number, f"not valid CSV: {error}", f"{name}:{reader.line_num + 1}")
                continue
            if not cells or all(not c.strip() for c in cells):
                continue
            number += 1
            where = f"{name}:{reader.line_num + 1}"
            if any("�" in c for c in cells):
                yield BadRow(number, "holds bytes that are not valid in the file's encoding", where)
            elif len(cells) > len(columns) and any(c.strip() for c in cells[len(columns) :]):
                yield BadRow(number, f"has {len(cells)} cells, the header names {len(columns)} columns", where)
            else:
                yield Row(number, dict(zip(columns, cells, strict=False)), where)


def _xlsx(path: Path) -> RowSource:
    from openpyxl import load_workbook  # slow to import, and only this format needs it

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheet = book[book.sheetnames[0]]
        # Some exporters write a wrong sheet dimension, which would hide rows.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        header = next(rows, None)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError, TypeError, SyntaxError) as error:
        raise InputError(
            f"{path}: not a readable Excel workbook (.xlsx): {error}; open it in Excel and save it again"
        ) from error
    if header is None or all(c is None for c in header):
        raise InputError(f"{path}: row 1 of the first sheet should name the columns and is empty")
    columns = ["" if c is None else str(c).strip() for c in header]
    _check_columns([c for c in columns if c], str(path))
    return _xlsx_rows(book, rows, columns, path)


def _xlsx_rows(book: Any, rows: Iterator[tuple[Any, ...]], columns: list[str], path: Path) -> RowSource:
    try:
        number = 0
        for sheet_row, cells in enumerate(rows, 2):
            if all(c is None or c == "" for c in cells):
                continue
            number += 1
            # Rows of a read-only sheet end at their last filled cell.
            fields = {k: v for k, v in zip_longest(columns, cells[: len(columns)]) if k}
            yield Row(number, fields, f"{path}:{sheet_row}")
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise InputError(f"{path}: damaged after row {number + 1}: {error}") from error
    finally:
        book.close()


def _parquet(path: Path) -> RowSource:
    parquet = importable("pyarrow.parquet", "parquet")
    arrow = importable("pyarrow", "parquet")
    try:
        file = parquet.ParquetFile(path)
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"{path}: not a readable Parquet file: {error}") from error
    return _parquet_rows(file, path)


def _parquet_rows(file: Any, path: Path) -> RowSource:
    number = 0
    with file:
        for batch in file.iter_batches(batch_size=1024):
            for fields in batch.to_pylist():
                number += 1
                yield Row(number, fields, f"{path}:row {number}")


def _folder(path: Path) -> RowSource:
    files = sorted(p for p in path.rglob("*.txt") if p.is_file())
    if not files:
        raise InputError(f"{path}: the folder holds no .txt file")
    return (_text_file(p, i, p.relative_to(path).as_posix()) for i, p in enumerate(files, 1))


def _text_file(path: Path, number: int, ident: str) -> Row | BadRow:
    try:
        text = path.read_text(encoding=detect_encoding(path)) if path.stat().st_size else ""
    except (InputError, UnicodeDecodeError, OSError) as error:
        return BadRow(number, f"cannot be read: {error}", str(path))
    return Row(number, {"id": ident, "text": text}, str(path))


def _check_columns(columns: list[str], name: str) -> None:
    seen: set[str] = set()
    for column in columns:
        if column and column in seen:
            raise InputError(f"{name}: two columns are named {column!r}; rename one")
        seen.add(column)
