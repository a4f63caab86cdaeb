from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score

from helpers.tiny import tiny_texts
from petition_nlp import PetitionNLP
from petition_nlp.corpus import read_labeled
from petition_nlp.evaluate import (
    bootstrap,
    entity_figures,
    head_figures,
    head_table,
    quadratic_weighted_kappa,
)
from petition_nlp.taxonomy import default_taxonomy


def test_kappa_and_f1_agree_with_scikit_learn(nlp: PetitionNLP) -> None:
    rng = np.random.default_rng(0)
    gold, said = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    assert quadratic_weighted_kappa(gold, said, 4) == pytest.approx(cohen_kappa_score(gold, said, weights="quadratic"))
    texts = tiny_texts(1)
    documents = list(nlp.pipe([t.text for t in texts]))
    table, rows = head_table(texts, documents, default_taxonomy().heads["domains"])
    every = np.arange(len(rows))
    assert table.macro(every) == pytest.approx(f1_score(table.gold, table.said, average="macro"))
    assert table.micro(every) == pytest.approx(f1_score(table.gold, table.said, average="micro"))


def test_intervals_hold_the_value() -> None:
    hits = np.array([1.0] * 70 + [0.0] * 30)
    figure = bootstrap(lambda rows: float(hits[rows].mean()), 100)
    assert figure.low < figure.value == 0.7 < figure.high
    assert figure.low > 0.55
    assert figure.high < 0.85
    assert np.isnan(bootstrap(lambda rows: 0.0, 0).value)


def test_entity_figures_are_strict(nlp: PetitionNLP) -> None:
    texts = tiny_texts(1)[:2]
    texts[0].text = "欠我3.2万元"
    texts[0].entities = [("MONEY", 2, 7)]
    texts[1].text = "欠我5万元整"
    texts[1].entities = [("MONEY", 1, 5)]
    documents = [nlp(t.text) for t in texts]
    figures = entity_figures(texts, documents)
    assert figures["MONEY"].value == pytest.approx(0.5)
    assert entity_figures(list(tiny_texts(1)[:3]), documents + documents) == {}


def test_same_figures_as_the_shared_scorer(nlp: PetitionNLP, shared_data: Path, tmp_path: Path) -> None:
    gold = list(read_labeled(shared_data / "dev.jsonl"))[:80]
    documents = list(nlp.pipe([t.text for t in gold]))
    for name, rows in (
        ("g", [t.to_dict(default_taxonomy()) | {"misconduct": t.labels["misconduct"]} for t in gold]),
        ("p", [{**d.to_dict(), "id": t.id} for d, t in zip(documents, gold, strict=True)]),
    ):
        for row in rows:
            row.setdefault("petition_type", None)
            row.setdefault("severity", None)
        (tmp_path / name).write_text("".join(json.dumps(r) + "\n" for r in rows))
    scorer = shared_data.parent / "annotation" / "score.py"
    done = subprocess.run(
        [sys.executable, scorer, tmp_path / "g", tmp_path / "p", "--json"], capture_output=True, check=True
    )
    theirs = json.loads(done.stdout)
    ours = {**head_figures(gold, documents, default_taxonomy(), rounds=2), **entity_figures(gold, documents, rounds=2)}
    for mine, name in [
        ("domains_macro_f1", "domains_macro_f1"),
        ("domains_exact", "domains_exact"),
        ("petition_type_macro_f1", "petition_type_macro_f1"),
        ("doc_type_accuracy", "doc_type_acc"),
        ("severity_top_recall", "severity_urgent_recall"),
        ("ALL", "entities_f1"),
    ]:
        assert ours[mine].value == pytest.approx(theirs[name], abs=1e-9), mine
