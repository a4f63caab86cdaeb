from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from petition_nlp.evaluate.curves import coverage_accuracy, label_intervals, precision_recall, reliability


def test_label_figures_agree_with_scikit_learn_and_lie_in_their_intervals() -> None:
    rng = np.random.default_rng(1)
    gold = rng.random((300, 4)) < [0.5, 0.2, 0.05, 0.4]
    said = gold ^ (rng.random((300, 4)) < 0.15)
    ours = label_intervals(gold, said, rounds=200)
    precision, recall, f1, _ = precision_recall_fscore_support(gold, said)
    for name, theirs in (("precision", precision), ("recall", recall), ("f1", f1)):
        value, low, high = ours[name]
        assert value == pytest.approx(theirs)
        assert (low <= value).all()
        assert (value <= high).all()
    assert (np.diff(ours["f1"][1:], axis=0)[0] < 0.3)[0]


def test_nothing_to_find_and_nothing_found_is_perfect() -> None:
    empty = np.zeros((20, 1), dtype=bool)
    assert label_intervals(empty, empty, rounds=10)["f1"].tolist() == [[1.0], [1.0], [1.0]]


def test_average_precision_agrees_with_scikit_learn_with_ties() -> None:
    rng = np.random.default_rng(2)
    p = rng.random(400).round(1)  # many ties
    y = rng.random(400) < p
    points, average = precision_recall(p, y)
    assert average == pytest.approx(average_precision_score(y, p))
    recalls = [r for r, _, _ in points]
    assert recalls == sorted(recalls)
    assert recalls[-1] == 1.0
    none, nan = precision_recall(p, np.zeros(400, dtype=bool))
    assert none == []
    assert np.isnan(nan)
    assert len(precision_recall(rng.random(5000), rng.random(5000) < 0.5)[0]) <= 120


def test_reliability_bins() -> None:
    bins = reliability(np.array([0.05, 0.05, 0.95, 1.0]), np.array([False, False, True, True]))
    assert [(b["n"], b["observed"]) for b in bins] == [(2, 0.0), (2, 1.0)]
    assert all(0 <= b["low"] <= b["observed"] <= b["high"] <= 1 for b in bins)


def test_coverage_falls_from_the_surest_on() -> None:
    confidence = np.linspace(1, 0, 100)
    right = np.arange(100) < 80
    curve = coverage_accuracy(confidence, right)
    assert curve[0][:2] == [0.1, 1.0]
    assert curve[-1][:2] == [1.0, 0.8]
    assert coverage_accuracy(np.array([0.5]), np.array([True])) == [[1.0, 1.0, 0.5]]
