from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from petition_nlp.calibrate import HeadCalibration, domain_confidence, expected_calibration_error, f1_threshold


def ordinal(under_cost: float = 1.0) -> HeadCalibration:
    return HeadCalibration(
        "ordinal", ("a", "b", "c"), np.ones((1, 1)), np.zeros(1), cuts=np.array([-1.0, 1.0]), under_cost=under_cost
    )


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=20))
def test_one_scale_is_monotone(logits: list[float]) -> None:
    """A higher score never lowers the level, and probabilities are a distribution."""
    scores = np.sort(np.array(logits))[:, None]
    head = ordinal(3.0)
    p = head.probabilities(scores)
    assert (p >= -1e-12).all()
    np.testing.assert_allclose(p.sum(1), 1)
    levels = [c[0] for c in head.decide(p)]
    assert levels == sorted(levels)


def test_a_costly_miss_raises_the_level() -> None:
    p = np.array([[0.1, 0.55, 0.35]])
    assert ordinal(1).decide(p) == [[1]]
    assert ordinal(5).decide(p) == [[2]]


def test_single_and_multi_heads() -> None:
    single = HeadCalibration("single", ("a", "b"), np.eye(2), np.zeros(2))
    p = single.probabilities(np.array([[1000.0, 0.0]]))
    assert single.decide(p) == [[0]]
    multi = HeadCalibration("multi", ("a", "b"), np.eye(2), np.zeros(2), thresholds=np.array([0.6, 0.4]))
    assert multi.decide(multi.probabilities(np.array([[0.0, 0.0]]))) == [[1]]


def test_dict_round_trip() -> None:
    head = ordinal(2.0)
    again = HeadCalibration.from_dict(json.loads(json.dumps(head.to_dict())))
    z = np.linspace(-3, 3, 7)[:, None]
    np.testing.assert_allclose(again.probabilities(z), head.probabilities(z))
    assert again.under_cost == 2.0


def test_threshold_separates_what_can_be_separated() -> None:
    p = np.array([0.1] * 50 + [0.6] * 10)
    assert 0.1 < f1_threshold(p, p > 0.5) <= 0.6
    assert f1_threshold(p, np.zeros(60, bool)) == 0.5


def test_calibration_error() -> None:
    assert expected_calibration_error([0.05] * 100, [0] * 95 + [1] * 5) < 1e-9
    assert abs(expected_calibration_error([0.95] * 10, [0] * 10) - 0.95) < 1e-9
    assert expected_calibration_error([], []) == 0


def test_confidence_is_the_probability_that_all_decisions_are_right() -> None:
    thresholds = np.array([0.3, 0.5])
    p = np.array([[0.0, 0.0], [0.2, 0.0], [0.4, 0.0], [0.9, 0.8]])
    np.testing.assert_allclose(domain_confidence(p, thresholds), [1.0, 0.8, 0.4, 0.72])
