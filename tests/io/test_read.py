from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from petition_nlp.errors import InputError
from petition_nlp.io import BadRow, Row, detect_encoding, guess_format, open_rows

TEXT = "编号,内容\n1,反映低保被停\n2,征地补偿没给，请帮忙\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_csv_in_every_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))
    rows = list(open_rows(path))
    assert [r.fields for r in rows if isinstance(r, Row)] == [
        {"编号": "1", "内容": "反映低保被停"},
        {"编号": "2", "内容": "征地补偿没给，请帮忙"},
    ]


def test_encodings_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for encoding, expected in [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ]:
        path.write_bytes(TEXT.encode(encoding))
        assert detect_encoding(path) == expected
    path.write_bytes(bytes(range(128, 256)) * 100)
    with pytest.raises(InputError, match="neither UTF-8 nor GB18030"):
        detect_encoding(path)


def test_bad_rows_are_numbered_and_do_not_stop_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    deep = b'{"text": ' + b"[" * 100_000 + b"\n"
    path.write_bytes(b'{"text": "a"}\n[1]\n\n{"text": \n\xff\xfe\n' + deep + b'{"text": "b", "x": NaN}\n')
    rows = list(open_rows(path))
    assert [type(r).__name__ for r in rows] == ["Row", "BadRow", "BadRow", "BadRow", "BadRow", "Row"]
    assert [r.number for r in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[1].where.endswith("a.jsonl:2")
    assert isinstance(rows[3], BadRow)
    assert "utf-8" in rows[3].reason


def test_csv_rows_with_too_many_cells_and_quoted_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id;text\n1;"两\n行"\n2;a;b\n\n3;c\n', encoding="utf-8")
    rows = list(open_rows(path))
    assert isinstance(rows[0], Row)
    assert rows[0].fields["text"] == "两\n行"
    assert isinstance(rows[1], BadRow)
    assert "3 cells" in rows[1].reason
    assert rows[2].number == 3


def test_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = Workbook()
    book.active.append(["编号", "内容"])
    book.active.append([7, "工地噪音"])
    book.active.append([None, None])
    book.active.append([8, None])
    book.save(path)
    assert [r.fields for r in open_rows(path) if isinstance(r, Row)] == [
        {"编号": 7, "内容": "工地噪音"},
        {"编号": 8, "内容": None},
    ]


def test_folder_of_texts(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "b.txt").write_bytes("乙".encode("gbk"))
    (tmp_path / "a.txt").write_text("甲", encoding="utf-8")
    (tmp_path / "c.txt").write_bytes(b"")
    rows = [r for r in open_rows(tmp_path) if isinstance(r, Row)]
    assert [(r.fields["id"], r.fields["text"]) for r in rows] == [("a.txt", "甲"), ("c.txt", ""), ("d/b.txt", "乙")]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx", "a.parquet"])
def test_empty_and_corrupt_files_are_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    with pytest.raises(InputError, match=rf"{name}.*0 bytes"):
        open_rows(path)
    if name in ("a.xlsx", "a.parquet"):
        path.write_bytes(b"PK\x03\x04 this is no workbook")
        with pytest.raises(InputError, match=name):
            list(open_rows(path))


def test_truncated_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = Workbook()
    for i in range(200):
        book.active.append([f"{i}", "字" * 50])
    book.save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match=r"a\.xlsx"):
        list(open_rows(path))


def test_what_cannot_be_told(tmp_path: Path) -> None:
    for name, hint in [("a.docx", "--format"), ("a.xls", "xlsx")]:
        with pytest.raises(InputError, match=hint):
            guess_format(tmp_path / name)
    with pytest.raises(InputError, match="no such file"):
        open_rows(tmp_path / "gone.csv")
    with pytest.raises(InputError, match=r"no \.txt"):
        open_rows(tmp_path)
    path = tmp_path / "two.csv"
    path.write_text("a,a\n1,2\n")
    with pytest.raises(InputError, match="two columns"):
        list(open_rows(path))
