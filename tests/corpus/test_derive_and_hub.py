from __future__ import annotations

import json
from pathlib import Path

import pytest

from petition_nlp.corpus import LabeledText, derive_taxonomy, from_dataset, read_labeled, to_dataset
from petition_nlp.errors import InputError
from petition_nlp.taxonomy import parse_taxonomy


def csv(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    return path


def test_single_labels_with_signs_an_id_may_not_hold(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "留言,一级标签", "路坏了,交通、运输", "没水,供水", "没电,供水", "空,")
    taxonomy = derive_taxonomy([path], columns={"text": "留言"})
    head = taxonomy.heads["domains"]
    assert (head.kind, head.ids, head.title) == ("single", ("供水", "交通_运输"), "一级标签")
    assert parse_taxonomy(taxonomy.source) == taxonomy
    found = list(read_labeled(path, taxonomy, columns={"text": "留言"}))
    assert [t.labels.get("domains") for t in found] == [["交通_运输"], ["供水"], ["供水"], None]


def test_several_labels_in_a_cell(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "内容,标签", "一,供水", "二,供水|供电", "三,供电")
    taxonomy = derive_taxonomy([path])
    assert (taxonomy.heads["domains"].kind, set(taxonomy.heads["domains"].ids)) == ("multi", {"供水", "供电"})
    assert [t.labels["domains"] for t in read_labeled(path, taxonomy)] == [["供水"], ["供水", "供电"], ["供电"]]


def test_lists_in_jsonl(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"text": "一", "label": ["a", "b"]}, {"text": "二", "label": ["b"]}]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    assert derive_taxonomy([path]).heads["domains"].ids == ("b", "a")


def test_what_is_no_label_column(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no label column among 内容, 备注; name it with --label-field"):
        derive_taxonomy([csv(tmp_path / "a.csv", "内容,备注", "一,x")])
    with pytest.raises(InputError, match="holds 1 different labels"):
        derive_taxonomy([csv(tmp_path / "b.csv", "内容,类别", "一,x")])
    with pytest.raises(InputError, match="300 different values"):
        derive_taxonomy([csv(tmp_path / "c.csv", "内容,类别", *(f"{i},{i}" for i in range(300)))])


def test_dataset_round_trip() -> None:
    pytest.importorskip("datasets")
    items = [
        LabeledText("1", "低保被停", {"domains": ["low_income", "land"], "severity": ["grave"]}, [("PROGRAM", 0, 2)]),
        LabeledText("2", "路坏了", {"domains": [], "doc_type": ["petition"]}, []),
        LabeledText("3", "三", {}),
    ]
    dataset = to_dataset(items)
    assert dataset.num_rows == 3
    assert list(from_dataset(dataset)) == items


def test_local_files_as_load_dataset_gives_them(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    path = csv(tmp_path / "a.csv", "诉求内容,类别", "水压低,供水", "没电,供电")
    loaded = datasets.load_dataset("csv", data_files={"train": str(path)}, cache_dir=str(tmp_path / "cache"))
    taxonomy = derive_taxonomy([path])
    assert [t.labels["domains"] for t in from_dataset(loaded, taxonomy)] == [["供水"], ["供电"]]
    with pytest.raises(InputError, match="no column '没有' for domains"):
        list(from_dataset(loaded, taxonomy, columns={"domains": "没有"}))
    with pytest.raises(InputError, match="got list"):
        list(from_dataset([1], taxonomy))


def test_class_numbers_become_names() -> None:
    datasets = pytest.importorskip("datasets")
    taxonomy = parse_taxonomy("format: 1\nid: x\nversion: '1'\nheads: {domains: {kind: single, labels: [甲, 乙]}}\n")
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["甲", "乙"])})
    data = datasets.Dataset.from_dict({"text": ["一", "二", "三"], "label": [1, 0, -1]}, features=features)
    assert [t.labels.get("domains") for t in from_dataset(data, taxonomy)] == [["乙"], ["甲"], None]
