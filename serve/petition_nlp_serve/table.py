"""Tables from the page: Excel and CSV in, Excel out. The page itself sends the rows to be analysed."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

from petition_nlp.corpus import guess_columns
from petition_nlp.errors import InputError
from petition_nlp.io import BadRow, open_rows, write_xlsx
from petition_nlp_serve.body import has_surrogates
from petition_nlp_serve.fault import Fault

KINDS = {
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNPACKED = 256 * 1024 * 1024  # bytes a workbook may unpack to
MAX_COLUMNS = 500


def read_table(data: bytes, kind: str, max_rows: int) -> dict[str, Any]:
    """Rows of an uploaded file, all cells as text.

    Returns:
        ``columns``, ``rows`` (lists as long as columns), ``text_column`` and ``id_column`` (names or None), and
        ``bad_rows`` ({row, reason}).

    Raises:
        Fault: 422 the file cannot be read, 413 it holds too much.
    """
    if not data:
        return {"columns": [], "rows": [], "text_column": None, "id_column": None, "bad_rows": []}
    if kind == "xlsx":
        _check_zip(data)
    descriptor, name = tempfile.mkstemp(suffix=f".{kind}")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        return _rows(Path(name), kind, max_rows)
    except InputError as error:
        # The message names the temporary file, which tells the client nothing.
        raise Fault(422, "unreadable_table", str(error).replace(name, "the file")[:300]) from None
    finally:
        Path(name).unlink(missing_ok=True)


def _rows(path: Path, kind: str, max_rows: int) -> dict[str, Any]:
    columns: dict[str, None] = {}
    fields: list[dict[str, str]] = []
    bad: list[dict[str, Any]] = []
    seen = 0
    for row in islice(open_rows(path, kind), max_rows + 1):
        seen += 1
        if isinstance(row, BadRow):
            bad.append({"row": row.number, "reason": row.reason})
            continue
        columns.update(dict.fromkeys(str(c) for c in row.fields))
        fields.append({str(k): _cell(v) for k, v in row.fields.items()})
    if seen > max_rows:
        raise Fault(413, "too_many_rows", f"more than {max_rows} rows; split the file or use 'petition-nlp tag'")
    if len(columns) > MAX_COLUMNS:
        raise Fault(413, "too_many_columns", f"{len(columns)} columns; at most {MAX_COLUMNS}")
    guessed = guess_columns(columns)
    names = list(columns)
    return {
        "columns": names,
        "rows": [[f.get(c, "") for c in names] for f in fields],
        "text_column": guessed.get("text"),
        "id_column": guessed.get("id"),
        "bad_rows": bad,
    }


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)  # Excel knows no whole numbers; 工单号 20240001.0 is not what was typed
    return str(value).encode("utf-8", "replace").decode()


def _check_zip(data: bytes) -> None:
    """Refuse a workbook that would unpack to more than memory should hold."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Fault(422, "unreadable_table", "not a readable Excel workbook (.xlsx); save it again") from None
    if size > _UNPACKED:
        raise Fault(413, "table_too_large", "the workbook unpacks to too much; split it")


def check_table(body: dict[str, Any], max_rows: int) -> tuple[list[str], list[list[Any]]]:
    """Check ``{"columns": […], "rows": [[…]]}``.

    Raises:
        Fault: 422 or 413.
    """
    if set(body) != {"columns", "rows"}:
        raise Fault(422, "invalid_request", 'give "columns" and "rows", nothing else')
    columns, rows = body["columns"], body["rows"]
    ok = isinstance(columns, list) and 0 < len(columns) <= MAX_COLUMNS
    if not ok or not all(isinstance(c, str) and c and not has_surrogates(c) for c in columns):
        raise Fault(422, "invalid_request", f'"columns" should be 1 to {MAX_COLUMNS} names')
    if len(set(columns)) != len(columns):
        raise Fault(422, "invalid_request", '"columns" should not repeat a name')
    if not isinstance(rows, list) or not all(isinstance(r, list) and len(r) <= MAX_COLUMNS for r in rows):
        raise Fault(422, "invalid_request", f'"rows" should be lists of at most {MAX_COLUMNS} cells')
    if len(rows) > max_rows:
        raise Fault(413, "too_many_rows", f"{len(rows)} rows; at most {max_rows}")
    for row in rows:
        if not all(isinstance(c, str) for c in row):
            raise Fault(422, "invalid_request", "a cell should be text")
    return columns, rows


def write_table(columns: list[str], rows: list[list[Any]]) -> bytes:
    """An Excel workbook. Cells that a spreadsheet would run as a formula are made harmless."""
    descriptor, name = tempfile.mkstemp(suffix=".xlsx")
    os.close(descriptor)
    try:
        write_xlsx(Path(name), columns, (dict(zip(columns, row, strict=False)) for row in rows))
        return Path(name).read_bytes()
    finally:
        Path(name).unlink(missing_ok=True)
