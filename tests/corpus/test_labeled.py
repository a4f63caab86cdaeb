from __future__ import annotations

import json
from pathlib import Path

import pytest

from petition_nlp.corpus import LabeledText, read_labeled, write_labeled
from petition_nlp.errors import DataError
from petition_nlp.taxonomy import default_taxonomy

TEXT = "村支书王德才把王德才的低保给了亲戚"


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return path


def test_missing_keys_are_unlabelled_and_empty_lists_mean_none(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": TEXT, "domains": []}, {"text": TEXT, "petition_type": None})
    first, second = read_labeled(path)
    assert first.labels == {"domains": []}
    assert first.entities is None
    assert second.labels == {}


def test_surfaces_mark_every_occurrence_but_not_inside_longer_ones(tmp_path: Path) -> None:
    row = {"text": TEXT, "entities": [["PERSON", "王德才"], ["POSITION", "村支书"], ["POSITION", 1, 3]]}
    (item,) = read_labeled(write(tmp_path / "a.jsonl", row))
    assert item.entities == [("POSITION", 0, 3), ("PERSON", 3, 6), ("PERSON", 7, 10)]


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"text": ""}, "'text'"),
        ({"text": ["a"]}, "'text'"),
        ({"text": "a", "domains": ["lend"]}, "'domains'.*lend"),
        ({"text": "a", "severity": 7}, "'severity'.*7"),
        ({"text": "a", "doc_type": ["petition", "reply"]}, "'doc_type'"),
        ({"text": "a", "entities": {"x": 1}}, "'entities'"),
        ({"text": "a", "entities": [["NAME", 0, 1]]}, r"entities\[0\].*NAME"),
        ({"text": "a", "entities": [["PERSON", 0, 9]]}, r"entities\[0\].*0\.\.9"),
        ({"text": "a", "entities": [["PERSON", True, 1]]}, r"entities\[0\]"),
        ({"text": "a", "entities": [["PERSON", "b"]]}, "does not stand"),
        ({"text": "ab", "entities": [["PERSON", 0, 2], ["ORG", 0, 2]]}, "both ORG and PERSON"),
    ],
)
def test_errors_name_file_row_and_field(tmp_path: Path, row: object, named: str) -> None:
    path = write(tmp_path / "bad.jsonl", {"text": "好"}, row)
    with pytest.raises(DataError, match=rf"bad\.jsonl:2.*{named}"):
        list(read_labeled(path))
    errors: list[DataError] = []
    assert len(list(read_labeled(path, skip_bad=errors))) == 1
    assert len(errors) == 1


def test_csv_by_guessed_columns_with_names_and_several_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        "工单号,诉求内容,领域,严重程度\nA1,补偿没给,土地征迁、低保救助,紧急\nA2,好,无,2\nA3,坏,,\n".encode("gbk")
    )
    a, b, c = read_labeled(path)
    assert a.id == "A1"
    assert a.labels == {"domains": ["land", "low_income"], "severity": ["urgent"]}
    assert b.labels == {"domains": [], "severity": ["serious"]}
    assert c.labels == {}


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n工地吵,project\n", encoding="utf-8")
    with pytest.raises(DataError, match="no text column among x, y"):
        list(read_labeled(path))
    (item,) = read_labeled(path, columns={"text": "x", "domains": "y"})
    assert item.labels == {"domains": ["project"]}


def test_round_trip(tmp_path: Path) -> None:
    item = LabeledText(
        "1",
        TEXT,
        {"doc_type": ["petition"], "domains": ["low_income"], "severity": ["grave"]},
        [("PERSON", 3, 6)],
        {"author": "x"},
    )
    path = tmp_path / "a.jsonl"
    assert write_labeled(path, [item]) == 1
    assert list(read_labeled(path, default_taxonomy())) == [item]
