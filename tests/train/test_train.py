from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from sklearn.linear_model import LogisticRegression

import petition_nlp
from helpers.tiny import tiny_bundle, tiny_texts, tiny_trained
from petition_nlp.corpus import LabeledText
from petition_nlp.errors import InputError
from petition_nlp.taxonomy import default_taxonomy, parse_taxonomy
from petition_nlp.train import TrainingConfig, save_trained, solve, train_linear
from petition_nlp.train.dual import fit_dual, gram
from petition_nlp.train.stack import fit_proportional_odds


def test_dual_solver_finds_libinears_optimum() -> None:
    rng = np.random.default_rng(0)
    x = scipy.sparse.random(80, 300, 0.1, format="csr", random_state=1, dtype=np.float32)
    truth = rng.random((80, 3)) < [0.5, 0.2, 0.8]
    used = rng.random((80, 3)) < 0.9
    a = fit_dual(gram(x), truth, used, 4.0, steps=200)
    assert (a[~used] == 0).all()
    for j in range(3):
        rows = used[:, j]
        peer = LogisticRegression(C=4.0, solver="liblinear", tol=1e-8, max_iter=2000).fit(x[rows], truth[rows, j])
        np.testing.assert_allclose(x.T @ a[:, j], peer.coef_[0], atol=5e-3)
        assert a[:, j].sum() == pytest.approx(peer.intercept_[0], abs=5e-3)


def test_both_solvers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    small = tiny_trained(c=[5.0])
    monkeypatch.setattr(solve, "MAX_TEXTS", 10)
    large = tiny_trained(c=[5.0])
    np.testing.assert_allclose(small.engine.weights, large.engine.weights, atol=0.02)


def test_proportional_odds_recovers_a_scale() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(4000, 2))
    score = 1.5 * z[:, 0] + rng.logistic(size=4000)
    truth = np.digitize(score, [-1.0, 0.5, 2.0])
    weights, cuts = fit_proportional_odds(z, truth, 4, [0], TrainingConfig(stack_c=100))
    np.testing.assert_allclose(weights[:, 0], [1.5, 0], atol=0.12)
    np.testing.assert_allclose(cuts, [-1, 0.5, 2], atol=0.15)


def test_same_seed_same_bundle(tmp_path: Path) -> None:
    a, b = tiny_bundle(tmp_path / "a"), tiny_bundle(tmp_path / "b")
    for name in ("linear.safetensors", "lexicon.json", "taxonomy.yaml"):
        assert (a / name).read_bytes() == (b / name).read_bytes()
    one, two = (json.loads((p / "manifest.json").read_text()) for p in (a, b))
    assert one["heads"] == two["heads"]
    assert one["training"]["data"]["fingerprint"] == two["training"]["data"]["fingerprint"]


def test_unlabelled_heads_are_not_trained() -> None:
    texts = [LabeledText(t.id, t.text, {"domains": t.labels["domains"]}) for t in tiny_texts()]
    trained = train_linear(texts, default_taxonomy(), TrainingConfig(folds=3, c=(5.0,)))
    assert set(trained.heads) == {"domains"}


def test_a_head_labelled_on_some_rows_only() -> None:
    texts = tiny_texts()
    for i, item in enumerate(texts):
        if i % 2:
            del item.labels["misconduct"]
    trained = train_linear(texts, default_taxonomy(), TrainingConfig(folds=3, c=(5.0,)))
    assert len(trained.held_out["misconduct"]) == len(texts) // 2
    assert len(trained.held_out["domains"]) == len(texts)


OWN = """
format: 1
id: office
version: "1"
heads:
  domains: {kind: single, labels: [供水, 供电, 道路]}
  severity: {kind: ordinal, labels: [缓, 急]}
"""


def test_another_taxonomy_works_without_code(tmp_path: Path) -> None:
    taxonomy = parse_taxonomy(OWN)
    phrases = {"供水": "家里停水三天", "供电": "变压器烧了没电", "道路": "路面全是坑"}
    texts = [
        LabeledText(
            f"{i}",
            f"{phrases[d]}，第{i}次反映{'，马上要出事' if i % 3 == 0 else ''}",
            {"domains": [d], "severity": ["急" if i % 3 == 0 else "缓"]},
        )
        for i in range(60)
        for d in phrases
    ]
    trained = train_linear(texts, taxonomy, TrainingConfig(folds=3, c=(5.0,)))
    path = save_trained(trained, tmp_path / "own", name="own", version="1", card="#")
    document = petition_nlp.load(path)("我们小区停水三天了，马上要出事")
    assert [d.id for d in document.domains] == ["供水"]
    assert document.severity is not None
    assert document.severity.id == "急"
    assert document.model.taxonomy == "office@1"
    assert document.petition_type is None


def test_errors_say_what_is_wrong() -> None:
    with pytest.raises(InputError, match="too few"):
        train_linear(tiny_texts()[:3], default_taxonomy())
    with pytest.raises(InputError, match="nothing to learn"):
        train_linear([LabeledText(str(i), f"文{i}", {"domains": []}) for i in range(30)], default_taxonomy())
    with pytest.raises(InputError, match="unknown setting 'epochs'"):
        TrainingConfig.from_dict({"epochs": 3})
    with pytest.raises(InputError, match="folds"):
        TrainingConfig.from_dict({"folds": 1})
    with pytest.raises(InputError, match="training config"):
        TrainingConfig.from_dict({"ngrams": {"bytes": 3}})


def test_config_round_trip() -> None:
    config = TrainingConfig.from_dict({"c": 3, "ngrams": {"n_max": 3}})
    assert TrainingConfig.from_dict(config.to_dict()) == config
