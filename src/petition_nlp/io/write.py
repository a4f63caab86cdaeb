"""Writes result tables. The records come as an iterator, so memory does not grow with their number (but in xlsx)."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from petition_nlp.errors import importable

# A cell that starts like this is run as a formula by spreadsheet programs (OWASP "CSV injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
EXCEL_CELL_LIMIT = 32_767
CUT_MARK = "…[cut: Excel cells hold 32767 characters]"


def escape_cell(value: Any) -> Any:
    """Make a cell harmless: text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    """UTF-8 with BOM, which Excel needs in order to read Chinese."""
    with path.open("w", encoding="utf-8-sig", newline="", errors="backslashreplace") as stream:
        writer = csv.writer(stream)
        writer.writerow([escape_cell(c) for c in columns])
        for row in rows:
            writer.writerow([escape_cell(row.get(c)) for c in columns])


def write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> int:
    """One sheet with a frozen header row.

    Returns:
        the number of cells longer than Excel allows; they end in a mark that says so.
    """
    from openpyxl import Workbook  # slow to import, and only this format needs it

    cut = 0
    book = Workbook(write_only=True)
    sheet = book.create_sheet("petition-nlp")
    sheet.freeze_panes = "A2"
    sheet.append([_excel(c)[0] for c in columns])
    for row in rows:
        cells = [_excel(row.get(c)) for c in columns]
        cut += sum(was_cut for _, was_cut in cells)
        sheet.append([value for value, _ in cells])
    book.save(path)
    return cut


def write_parquet(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]], *, chunk: int = 4096) -> None:
    """All columns as strings but numbers and booleans of the results, so that the schema never depends on the data."""
    arrow = importable("pyarrow", "parquet")
    parquet = importable("pyarrow.parquet", "parquet")
    kinds = {"severity": arrow.int8(), "needs_review": arrow.bool_()}
    schema = arrow.schema([(c, kinds.get(c, arrow.string())) for c in columns])
    with parquet.ParquetWriter(path, schema) as writer:
        buffer: list[dict[str, Any]] = []

        def flush() -> None:
            if buffer:
                writer.write_table(arrow.Table.from_pylist(buffer, schema=schema))
                buffer.clear()

        for row in rows:
            buffer.append({c: row.get(c) if c in kinds else _string(row.get(c)) for c in columns})
            if len(buffer) >= chunk:
                flush()
        flush()


def _excel(value: Any) -> tuple[Any, bool]:
    value = escape_cell(value)
    if isinstance(value, str):
        value = _NOT_IN_XML.sub("�", value)
        if len(value) > EXCEL_CELL_LIMIT:
            return value[: EXCEL_CELL_LIMIT - len(CUT_MARK)] + CUT_MARK, True
    return value, False


def _string(value: Any) -> str | None:
    if value is None:
        return None
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)
    return text.encode("utf-8", "replace").decode("utf-8")
