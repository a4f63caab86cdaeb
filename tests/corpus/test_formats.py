"""Labels in and out of annotation tools and tables; the samples have the forms that the tools export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from petition_nlp.corpus import (
    LabeledText,
    label_studio_config,
    open_labeled,
    read_labeled,
    write_doccano,
    write_labeled,
    write_labelstudio,
    write_table,
)
from petition_nlp.errors import DataError
from petition_nlp.taxonomy import default_taxonomy, parse_taxonomy

TEXT = "2021年3月，东岭村支书韩某把低保名额给了他弟弟。😀现金3000元没有入账。"
OWN = parse_taxonomy(
    "format: 1\nid: own\nversion: '1'\nheads:\n  domains: {kind: multi, labels: [{id: water, name: 供水}, 道路]}\n"
)


def items() -> list[LabeledText]:
    start = TEXT.index("3000元")
    return [
        LabeledText(
            "a1",
            TEXT,
            {
                "doc_type": ["petition"],
                "domains": ["low_income", "village_asset"],
                "petition_type": ["accusation"],
                "severity": ["grave"],
                "misconduct": ["favoritism"],
            },
            [("DATE", 0, 7), ("PLACE", 8, 11), ("POSITION", 11, 13), ("PERSON", 13, 15), ("MONEY", start, start + 5)],
            {"来源": "热线"},
        ),
        LabeledText("a2", "路灯坏了，\n请修一下", {"domains": [], "severity": ["ordinary"], "misconduct": []}, []),
        LabeledText("a3", "=不是公式，是正文", {"doc_type": ["petition"]}),
    ]


def task(result: list[dict[str, Any]], text: str = TEXT, **more: Any) -> dict[str, Any]:
    """A task as Label Studio 1.x exports it."""
    annotation = {
        "id": 31,
        "completed_by": 1,
        "result": result,
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2024-05-06T02:11:31.510Z",
        "updated_at": "2024-05-06T02:12:08.101Z",
        "lead_time": 36.2,
    }
    return {
        "id": 12,
        "annotations": [annotation],
        "file_upload": "upload.json",
        "drafts": [],
        "predictions": [],
        "data": {"text": text, "街道": "东岭"},
        "meta": {},
        "project": 3,
        **more,
    }


def choices(name: str, *labels: str) -> dict[str, Any]:
    return {
        "value": {"choices": list(labels)},
        "id": "q1",
        "from_name": name,
        "to_name": "text",
        "type": "choices",
        "origin": "manual",
    }


def span(start: int, end: int, text: str, label: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text, "labels": [label]}
    return {"value": value, "id": "q2", "from_name": "label", "to_name": "text", "type": "labels", "origin": "manual"}


def save(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2), encoding="utf-8")
    return path


def test_label_studio_export(tmp_path: Path) -> None:
    at = TEXT.index("3000元")
    results = [
        choices("领域", "低保救助"),
        choices("severity", "严重"),
        span(13, 15, "韩某", "人名"),
        span(at, at + 5, "3000元", "MONEY"),
    ]
    path = save(tmp_path / "project-3.json", [task(results), task([], annotations=[])])
    (item,) = read_labeled(path)
    assert item.labels == {"domains": ["low_income"], "severity": ["grave"]}
    assert item.entities == [("PERSON", 13, 15), ("MONEY", at, at + 5)]
    assert item.id == "12"
    assert item.meta["街道"] == "东岭"
    assert item.meta["label_studio"]["from_name"] == {"domains": "领域", "severity": "severity", "entities": "label"}


def test_label_studio_offsets_in_utf16_units(tmp_path: Path) -> None:
    at = TEXT.index("3000元")
    (item,) = read_labeled(save(tmp_path / "a.json", [task([span(at + 1, at + 6, "3000元", "MONEY")])]))
    assert item.entities == [("MONEY", at, at + 5)]
    path = save(tmp_path / "b.json", [task([span(2, 4, "3000元", "MONEY")])])
    with pytest.raises(DataError, match=r"b.json:\[0\]: the span 2..4 does not hold the text that was marked"):
        list(read_labeled(path))


def test_label_studio_old_and_cancelled_annotations(tmp_path: Path) -> None:
    old = task([choices("domains", "land")])
    old["completions"] = old.pop("annotations")
    late = task([choices("domains", "land")])
    late["annotations"].append(
        {**late["annotations"][0], "result": [choices("domains", "project")], "updated_at": "2025"}
    )
    cancelled = task([choices("domains", "land")])
    cancelled["annotations"][0]["was_cancelled"] = True
    found = list(read_labeled(save(tmp_path / "a.json", [old, late, cancelled])))
    assert [t.labels["domains"] for t in found] == [["land"], ["project"]]


def test_label_studio_controls_by_option_and_none(tmp_path: Path) -> None:
    path = save(tmp_path / "a.json", [task([choices("q7", "低保救助"), span(13, 15, "韩某", "当事人")])])
    (item,) = read_labeled(path, columns={"domains": "q7", "PERSON": "当事人"})
    assert item.labels == {"domains": ["low_income"]}
    assert item.entities == [("PERSON", 13, 15)]
    with pytest.raises(DataError, match="unknown entity type '当事人'"):
        list(read_labeled(path))
    empty = save(tmp_path / "b.json", [task([choices("severity", "2")])])
    assert next(iter(read_labeled(empty))).entities is None
    (item,) = read_labeled(empty, empty_is_none=True)
    assert (item.labels["domains"], item.entities) == ([], [])


def test_label_studio_rating_and_comment(tmp_path: Path) -> None:
    results = [
        {"value": {"rating": 3}, "from_name": "severity", "to_name": "text", "type": "rating"},
        {"value": {"text": ["再看看"]}, "from_name": "comment", "to_name": "text", "type": "textarea"},
    ]
    (item,) = read_labeled(save(tmp_path / "a.json", [task(results)]))
    assert item.labels == {"severity": ["grave"]}
    assert item.meta["comment"] == ["再看看"]


def test_label_studio_json_min(tmp_path: Path) -> None:
    row = {
        "text": TEXT,
        "id": 5,
        "domains": {"choices": ["低保救助", "村集体“三资”"]},
        "severity": "严重",
        "label": [{"start": 13, "end": 15, "text": "韩某", "labels": ["PERSON"]}],
        "annotator": 1,
        "annotation_id": 7,
        "lead_time": 3.5,
    }
    (item,) = read_labeled(save(tmp_path / "a.json", [row]))
    assert item.labels == {"domains": ["low_income", "village_asset"], "severity": ["grave"]}
    assert item.entities == [("PERSON", 13, 15)]


def test_label_studio_predictions_are_no_labels(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    assert write_labelstudio(path, items()) == 3
    assert list(read_labeled(path)) == []
    tasks = json.loads(path.read_text(encoding="utf-8"))
    assert {"data", "predictions"} == set(tasks[0])
    result = tasks[0]["predictions"][0]["result"]
    assert result[-1]["value"]["text"] == "3000元"
    assert all({"from_name", "to_name", "type", "value"} <= set(r) for r in result)


def test_label_studio_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    write_labelstudio(path, items())
    back = list(read_labeled(path, predictions=True))
    for item in back:
        del item.meta["label_studio"]
    assert back == items()


def test_label_studio_keeps_the_projects_control_names(tmp_path: Path) -> None:
    (item,) = read_labeled(save(tmp_path / "a.json", [task([choices("领域", "低保救助")])]))
    write_labelstudio(tmp_path / "b.json", [item])
    (written,) = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    assert written["predictions"][0]["result"][0]["from_name"] == "领域"


def test_label_studio_config_names_all_labels() -> None:
    config = label_studio_config(default_taxonomy())
    assert '<Choice value="低保救助"/>' in config
    assert '<Label value="人名"/>' in config
    assert 'choice="single"' in config


def lines(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    return path


def test_doccano_classification_spans_and_relations_in_one_file(tmp_path: Path) -> None:
    relations = {
        "id": 3,
        "text": TEXT,
        "entities": [
            {"id": 8, "label": "PERSON", "start_offset": 13, "end_offset": 15},
            {"id": 9, "label": "地点", "start_offset": 8, "end_offset": 11},
        ],
        "relations": [{"id": 1, "from_id": 8, "to_id": 9, "type": "任职"}],
        "Comments": [],
    }
    path = lines(
        tmp_path / "all.jsonl",
        {"id": 1, "text": TEXT, "label": ["低保救助", "严重"], "Comments": []},
        {"id": 2, "text": TEXT, "label": [[13, 15, "人名"]]},
        relations,
        {"id": 4, "text": TEXT, "cats": ["land"], "entities": [[0, 7, "DATE"]]},
    )
    a, b, c, d = read_labeled(path)
    assert a.labels == {"domains": ["low_income"], "severity": ["grave"]}
    assert a.entities is None
    assert b.entities == [("PERSON", 13, 15)]
    assert c.entities == [("PLACE", 8, 11), ("PERSON", 13, 15)]
    assert c.meta["relations"][0]["type"] == "任职"
    assert (d.labels, d.entities) == ({"domains": ["land"]}, [("DATE", 0, 7)])


@pytest.mark.parametrize("kind", ["both", "labels", "spans"])
def test_doccano_round_trip(tmp_path: Path, kind: str) -> None:
    write_doccano(tmp_path / "a.jsonl", items(), kind=kind)
    for back, item in zip(read_labeled(tmp_path / "a.jsonl"), items(), strict=True):
        assert back.labels == (item.labels if kind != "spans" else {})
        assert back.entities == (item.entities if kind != "labels" else None)
        assert (back.id, back.text, back.meta) == (item.id, item.text, item.meta)


def test_doccano_unknown_and_ambiguous_labels(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", {"text": TEXT, "cats": ["水利"]})
    with pytest.raises(DataError, match="unknown label '水利'"):
        list(read_labeled(path))
    same = parse_taxonomy(
        "format: 1\nid: x\nversion: '1'\nheads:\n  domains: {kind: multi, labels: [高, 低]}\n  severity: {kind: ordinal, labels: [低, 高]}\n"
    )
    path = lines(tmp_path / "b.jsonl", {"text": TEXT, "cats": ["高"]})
    with pytest.raises(DataError, match="several heads have the label '高'"):
        list(read_labeled(path, same))
    write_doccano(tmp_path / "c.jsonl", [LabeledText("1", "文", {"domains": ["高"], "severity": ["低"]})], same)
    (item,) = read_labeled(tmp_path / "c.jsonl", same)
    assert item.labels == {"domains": ["高"], "severity": ["低"]}


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_table_round_trip(tmp_path: Path, name: str) -> None:
    assert write_table(tmp_path / name, items()) == (3, 0)
    back = list(read_labeled(tmp_path / name))
    for item in back:
        item.meta = {k: v for k, v in item.meta.items() if v not in (None, "")}
    assert back == items()


def test_table_says_which_columns_it_reads(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["工单编号", "诉求内容", "一级分类", "备注"])
    book.active.append(["G1", "水压太低", "供水|道路", "x"])
    book.save(tmp_path / "a.xlsx")
    shown: list[dict[str, str]] = []
    (_, item), *_ = open_labeled(tmp_path / "a.xlsx", OWN, on_columns=shown.append)
    assert isinstance(item, LabeledText)
    assert item.labels == {"domains": ["water", "道路"]}
    assert shown == [{"id": "工单编号", "text": "诉求内容", "domains": "一级分类"}]
    with pytest.raises(DataError, match="no column '分类2' for domains; the columns are 工单编号"):
        list(read_labeled(tmp_path / "a.xlsx", OWN, columns={"domains": "分类2"}))


def test_json_array_and_jsonl_with_other_keys_in_later_rows(tmp_path: Path) -> None:
    path = save(tmp_path / "a.json", [{"text": "一"}, {"text": "二", "类别": "land"}, "三"])
    found = [x for _, x in open_labeled(path)]
    assert isinstance(found[1], LabeledText)
    assert found[1].labels == {"domains": ["land"]}
    assert isinstance(found[2], DataError)
    assert "a.json:[2]" in str(found[2])


def test_labelled_jsonl_is_not_taken_for_doccano(tmp_path: Path) -> None:
    write_labeled(tmp_path / "a.jsonl", items())
    assert list(read_labeled(tmp_path / "a.jsonl")) == items()


def test_a_list_of_labels_of_one_head_by_option(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", {"text": "水压太低", "label": ["供水", "道路"]})
    (item,) = read_labeled(path, OWN, columns={"domains": "label"})
    assert item.labels == {"domains": ["water", "道路"]}
