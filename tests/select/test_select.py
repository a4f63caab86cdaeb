from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import petition_nlp
from helpers.tiny import tiny_texts
from petition_nlp import PetitionNLP
from petition_nlp.calibrate import HeadCalibration
from petition_nlp.corpus import read_labeled
from petition_nlp.corpus.duplicates import find_duplicates
from petition_nlp.errors import InputError
from petition_nlp.select import STRATEGIES, choose, project, rarity, read_pool, select, uncertainty, write_selection
from petition_nlp.taxonomy import default_taxonomy, parse_taxonomy
from petition_nlp.text import normalize
from petition_nlp.train import TrainingConfig, save_trained, train_linear


def calibration(kind: str, labels: int, threshold: float = 0.5) -> HeadCalibration:
    names = tuple(map(str, range(labels)))
    return HeadCalibration(kind, names, np.zeros((1, labels)), np.zeros(labels), thresholds=np.full(labels, threshold))


def test_uncertainty_is_the_chance_of_error() -> None:
    single = uncertainty(calibration("single", 3), np.array([[1.0, 0, 0], [0.5, 0.3, 0.2]]))
    assert single == pytest.approx([0.0, 0.5])
    multi = uncertainty(calibration("multi", 2), np.array([[0.9, 0.2], [0.5, 0.5], [1.0, 0.0]]))
    assert multi == pytest.approx([1 - 0.9 * 0.8, 0.75, 0.0])
    at_threshold = uncertainty(calibration("multi", 1, 0.2), np.array([[0.2], [0.5], [0.05]]))
    assert at_threshold == pytest.approx([0.8, 0.5, 0.05])  # given at 0.2, it is wrong four times in five


def test_rarity_weighs_the_rare_label_most() -> None:
    p = np.vstack([np.tile([0.98, 0.01, 0.01], (90, 1)), np.tile([0.01, 0.98, 0.01], (9, 1)), [[0.01, 0.01, 0.98]]])
    weight = rarity(calibration("single", 3), p)
    assert weight[0] < weight[95] < weight[99] <= 1
    none = np.array([[0.01, 0.01]] * 98 + [[0.9, 0.01], [0.01, 0.9]])
    assert rarity(calibration("multi", 2), none)[98] > 2 * rarity(calibration("multi", 2), none)[0]


def test_choose_takes_the_best_far_from_the_known() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
    score = np.array([1.0, 0.9, 0.5, 0.1])
    assert choose(score, None, None, 2) == [0, 1]
    assert choose(score, vectors, None, 2) == [0, 2]
    assert choose(score, vectors, vectors[:1], 1) == [2]
    assert choose(score, vectors, None, 2, allowed=lambda i: i != 0) == [1, 2]
    assert sorted(choose(score, vectors, None, 9)) == [0, 1, 2, 3]
    assert choose(score, vectors, None, 9, allowed=lambda i: False) == []


def test_projection_keeps_the_cosine(nlp: PetitionNLP) -> None:
    texts = [normalize(t.text).text for t in tiny_texts(1)]
    vectors = project(nlp.engine.featurize, texts)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    size = len(nlp.engine.space)
    dense = np.zeros((len(texts), size))
    for i, text in enumerate(texts):
        rows, values = nlp.engine.featurize(text)
        dense[i, rows] = values
    dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    assert np.abs(vectors @ vectors.T - dense @ dense.T).mean() < 0.05


def test_unsure_and_unseen_texts_come_before_clear_ones(nlp: PetitionNLP) -> None:
    clear = [t.text for t in tiny_texts()[:40]]
    odd = ["水库大坝渗水还把低保户的承包地淹了，村里账目也不公开，请问找谁", "窗台上的花开了"]
    rows = [s.row for s in select(nlp, clear + odd, 3)]
    assert 40 in rows
    assert select(nlp, clear + odd, 5) == select(nlp, clear + odd, 5)
    assert len(select(nlp, clear + odd, 5, heads=["domains"], strategy=STRATEGIES["uncertainty"])) == 5


def test_no_near_duplicate_of_what_is_labelled_or_chosen(nlp: PetitionNLP) -> None:
    base = "我是东河村三组村民，去年修路占了我家两亩多承包地，说好每亩补偿三万元，到现在一分钱也没有给，找了镇里好几次都说再等等。"
    copies = [f"{base}电话1380000{i:04d}" for i in range(60)]
    others = [t.text for t in tiny_texts(1)]
    labelled = [base.replace("两亩", "三亩")]
    pool = copies + others
    chosen = select(nlp, pool, 50, labelled=labelled)
    assert chosen
    texts = [pool[s.row] for s in chosen]
    assert not set(texts) & set(copies)
    found = find_duplicates(labelled + texts)
    assert found.groups == []
    assert found.pairs == []
    assert sum(pool[s.row] in copies for s in select(nlp, pool, 50)) == 1
    twice = select(nlp, others + others, len(others))
    assert len({s.row % len(others) for s in twice}) == len(twice)
    assert select(nlp, others, 10, labelled=others) == []


@pytest.mark.parametrize("name", ["next.xlsx", "next.csv", "next.jsonl", "next.parquet"])
def test_suggestions_are_read_back(nlp: PetitionNLP, tmp_path: Path, name: str) -> None:
    pool = [t.text for t in tiny_texts(1)] + ["欠我3.2万元，请帮忙解决。"]
    chosen = select(nlp, pool, 30)
    for item in chosen:
        item.meta = {"来源": "热线", "领域": "旧标签", "编号": "x"}
    assert write_selection(nlp, chosen, tmp_path / name) == 0
    back = list(read_labeled(tmp_path / name))
    assert [t.id for t in back] == [s.id for s in chosen]
    for item, s in zip(back, chosen, strict=True):
        assert item.text == pool[s.row]
        d = s.document
        assert item.labels["doc_type"] == [d.doc_type.id]
        assert item.labels["domains"] == [x.id for x in d.domains]
        assert item.labels["misconduct"] == [x.id for x in d.misconduct]
        assert item.labels.get("severity") == ([d.severity.id] if d.severity else None)
        assert item.labels.get("petition_type") == ([d.petition_type.id] if d.petition_type else None)
        assert item.meta["来源"] == "热线"
        assert "领域" not in item.meta
        assert float(item.meta["select_score"]) > 0
        assert item.meta["select_reason"] in nlp.heads
        if name.endswith("jsonl"):
            assert item.entities == sorted(((e.type, e.start, e.end) for e in d.entities), key=lambda e: e[1])
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_names_that_cannot_be_read_back_stand_as_ids(tmp_path: Path) -> None:
    source = (
        default_taxonomy()
        .source.replace("{zh: 土地征迁, en", "{zh: 土地、征迁, en")
        .replace("{zh: 工程项目, en", "{zh: land, en")
    )
    trained = train_linear(tiny_texts(), parse_taxonomy(source), TrainingConfig.from_dict({"folds": 3, "c": [5.0]}))
    own = petition_nlp.load(save_trained(trained, tmp_path / "b", name="own", version="1", card=""))
    chosen = select(own, [t.text for t in tiny_texts(1)], 40)
    write_selection(own, chosen, tmp_path / "next.xlsx")
    back = list(read_labeled(tmp_path / "next.xlsx", own.taxonomy))
    assert [t.labels["domains"] for t in back] == [[x.id for x in s.document.domains] for s in chosen]
    assert {"land", "project"} <= {x for t in back for x in t.labels["domains"]}


def test_bad_requests(nlp: PetitionNLP, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="n=0"):
        select(nlp, ["村里的账"], 0)
    with pytest.raises(InputError, match="head 'topic': the bundle has doc_type"):
        select(nlp, ["村里的账"], 1, heads=["topic"])
    with pytest.raises(InputError, match="cannot write txt"):
        write_selection(nlp, [], tmp_path / "a.txt")
    with pytest.raises(InputError, match="cannot be written"):
        write_selection(nlp, select(nlp, ["村里的账没有公开"], 1), tmp_path / "none" / "a.csv")


def test_pools(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("工单号,诉求内容,来源\n7,路灯坏了,热线\n8,,热线\n", encoding="gbk")
    assert read_pool(path) == [("7", "路灯坏了", {"来源": "热线"})]
    assert read_pool(path, text_field="来源", id_field="诉求内容")[0][:2] == ("路灯坏了", "热线")
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="--text-field"):
        read_pool(path)
    path.write_text("text\n \n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no text"):
        read_pool(path)
