from __future__ import annotations

import numpy as np
import pytest

from helpers.tiny import tiny_texts, tiny_trained
from petition_nlp.engine import LinearEngine
from petition_nlp.text import normalize

TEXTS = [normalize(t.text).text for t in tiny_texts(1)][:20]


@pytest.fixture(scope="module")
def engine() -> LinearEngine:
    return tiny_trained().engine


def test_contributions_sum_to_the_logit(engine: LinearEngine) -> None:
    columns = list(range(len(engine.columns)))
    logits = engine.logits(TEXTS)
    for text, row in zip(TEXTS, logits, strict=True):
        parts = engine.contributions(text, columns)
        assert parts.shape == (len(columns), len(text))
        np.testing.assert_allclose(parts.sum(1) + engine.bias, row, atol=2e-3)


def test_features_are_sorted_distinct_and_of_unit_length(engine: LinearEngine) -> None:
    rows, values = engine.featurize(TEXTS[0])
    assert (np.diff(rows) > 0).all()
    n = len(engine.space.buckets)
    assert values[rows < n] @ values[rows < n] == pytest.approx(1, abs=1e-5)
    assert len(engine.featurize("")[0]) == 0
    assert engine.contributions("", [0]).shape == (1, 0)


def test_a_batch_equals_one_by_one(engine: LinearEngine) -> None:
    one_by_one = np.vstack([engine.logits([t]) for t in TEXTS])
    np.testing.assert_array_equal(engine.logits(TEXTS), one_by_one)


def test_parts_round_trip(engine: LinearEngine) -> None:
    again = LinearEngine.from_parts(engine.to_config(), engine.to_tensors(), engine.space.lexicon.to_dict())
    np.testing.assert_allclose(again.logits(TEXTS), engine.logits(TEXTS), atol=5e-3)


def test_shapes_must_fit(engine: LinearEngine) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        LinearEngine(engine.space, engine.columns, engine.weights[:-1], engine.bias)
