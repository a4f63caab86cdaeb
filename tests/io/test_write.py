from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from petition_nlp.io import Row, escape_cell, open_rows, write_csv, write_parquet, write_xlsx
from petition_nlp.io.write import EXCEL_CELL_LIMIT

ROWS = [
    {"id": "1", "text": "=HYPERLINK(1)", "severity": 3, "needs_review": True},
    {"id": "2", "text": "普通\x00文字", "severity": None, "needs_review": False},
]
COLUMNS = ["id", "text", "severity", "needs_review"]


@given(st.text())
def test_no_cell_starts_like_a_formula(text: str) -> None:
    assert not str(escape_cell(text)).startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_xlsx_opens_and_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_xlsx(path, COLUMNS, [*ROWS, {"text": "字" * 40_000}]) == 1
    sheet = load_workbook(path).active
    assert sheet["B2"].value == "'=HYPERLINK(1)"
    assert sheet["B2"].data_type == "s"
    assert sheet["B3"].value == "普通�文字"
    assert sheet["C2"].value == 3
    assert len(sheet["B4"].value) == EXCEL_CELL_LIMIT
    assert sheet["B4"].value.endswith("characters]")


def test_csv_has_a_bom_and_survives_a_lone_surrogate(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, COLUMNS, [*ROWS, {"id": "3", "text": "\ud800"}])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = [r for r in open_rows(path) if isinstance(r, Row)]
    assert rows[0].fields["text"] == "'=HYPERLINK(1)"
    assert rows[2].fields["text"] == "\\ud800"


def test_parquet_round_trip(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "a.parquet"
    write_parquet(path, COLUMNS, ROWS, chunk=1)
    rows = [r.fields for r in open_rows(path) if isinstance(r, Row)]
    assert rows[0]["severity"] == 3
    assert rows[1]["severity"] is None
    assert rows[0]["needs_review"] is True
