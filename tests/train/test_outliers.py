from __future__ import annotations

import numpy as np
import pytest

from helpers.tiny import tiny_texts
from petition_nlp.taxonomy import default_taxonomy
from petition_nlp.train import TrainingConfig
from petition_nlp.train.outliers import doubtful, label_issues

HEADS = default_taxonomy().heads


def test_thresholds_are_the_mean_self_confidence() -> None:
    """Two types given on three texts each; the thresholds are 0.6 and 0.7 (worked by hand)."""
    probabilities = np.zeros((6, 4))
    probabilities[:, 0] = [0.9, 0.8, 0.1, 0.35, 0.2, 0.35]
    probabilities[:, 1] = 1 - probabilities[:, 0]
    given = np.zeros((6, 4), dtype=bool)
    given[:3, 0] = given[3:, 1] = True
    assert doubtful(HEADS["doc_type"], probabilities, given) == [(2, ("reply",), 0.8)]
    given[2] = [False, True, False, False]
    assert doubtful(HEADS["doc_type"], probabilities, given) == []


def test_several_labels_are_judged_one_by_one() -> None:
    probabilities = np.full((8, 4), 0.05)
    probabilities[:4, 0] = 0.9
    probabilities[4:, 1] = 0.9
    given = probabilities > 0.5
    probabilities[0, 3] = 0.02
    given[0] = [False, False, False, True]  # given village_asset at 0.02, not low_income at 0.9
    ((row, suggested, score),) = doubtful(HEADS["domains"], probabilities, given)
    assert (row, suggested) == (0, ("low_income",))
    assert score == pytest.approx(0.96)  # of the absent village_asset over the given one


def test_flipped_labels_come_first() -> None:
    texts = tiny_texts(4)
    flipped = [i for i, t in enumerate(texts) if t.labels["domains"] == ["land"]][5:20:7]
    for i in flipped:
        texts[i].labels["domains"] = ["low_income"]
    issues = [x for x in label_issues(texts, config=TrainingConfig(folds=3, c=(5.0,))) if x.head == "domains"]
    assert {x.index for x in issues[: len(flipped)]} == set(flipped)
    assert issues[0].given == ("low_income",)
    assert issues[0].suggested == ("land",)
    assert issues[0].id == texts[issues[0].index].id
    assert all(0 < x.score <= 1 for x in issues)
    assert [x.score for x in issues] == sorted((x.score for x in issues), reverse=True)
