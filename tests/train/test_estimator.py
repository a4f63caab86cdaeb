from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted, validate_data

import petition_nlp
from petition_nlp.train import PetitionClassifier

PHRASES = {"供水": "家里停水三天", "供电": "变压器烧了没电", "道路": "路面全是坑"}
TEXTS = [f"{phrase}，第{i}次反映" for i in range(12) for phrase in PHRASES.values()]
LABELS = [name for _ in range(12) for name in PHRASES]
SMALL = {"folds": 3, "c": (5.0,)}


def test_single_label() -> None:
    model = PetitionClassifier(**SMALL).fit(TEXTS, LABELS)
    assert model.classes_.tolist() == sorted(PHRASES)
    assert model.predict(["路面又全是坑", "停水"]).tolist() == ["道路", "供水"]
    p = model.predict_proba(TEXTS[:4])
    assert p.shape == (4, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert model.score(TEXTS, LABELS) == 1.0


def test_several_labels_as_lists_and_as_a_matrix() -> None:
    texts = [*TEXTS, *(f"{a}，{b}，第{i}次" for i in range(6) for a in PHRASES.values() for b in PHRASES.values())]
    lists = [*([name] for name in LABELS), *(sorted({a, b}) for _ in range(6) for a in PHRASES for b in PHRASES)]
    model = PetitionClassifier(**SMALL).fit(texts, lists)
    assert model.multilabel_
    assert sorted(model.predict(["家里停水三天，路面全是坑，又来了"])[0]) == ["供水", "道路"]
    names = sorted(PHRASES)
    matrix = np.array([[n in row for n in names] for row in lists], dtype=int)
    again = PetitionClassifier(**SMALL).fit(texts, matrix)
    assert again.predict(texts).shape == matrix.shape
    assert (again.predict(texts) == matrix).mean() > 0.95
    np.testing.assert_allclose(again.predict_proba(texts), model.predict_proba(texts))


def test_it_works_in_scikit_learns_hands(tmp_path: Path) -> None:
    model = PetitionClassifier(**SMALL)
    assert clone(model).get_params() == model.get_params()
    assert cross_val_score(model, TEXTS, LABELS, cv=3).mean() > 0.9
    fitted = model.set_params(n_max=3).fit(TEXTS, LABELS)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_allclose(again.predict_proba(TEXTS), fitted.predict_proba(TEXTS))
    path = fitted.trained_.save(tmp_path / "bundle")
    assert petition_nlp.load(path)("家里停水三天").domains[0].name == "供水"


def test_errors() -> None:
    with pytest.raises(ValueError, match="one text"):
        PetitionClassifier().fit("停水", ["供水"])
    with pytest.raises(ValueError, match=r"X\[1\] is no text"):
        PetitionClassifier().fit(["停水", 3], ["供水", "供电"])
    with pytest.raises(ValueError, match="only one class"):
        PetitionClassifier().fit(["停水", "没水"], ["供水", "供水"])
    with pytest.raises(ValueError, match="inconsistent numbers"):
        PetitionClassifier().fit(["停水", "没电"], ["供水"])


class OfNumbers(PetitionClassifier):
    """scikit-learn's checks feed matrices of numbers; here each number becomes two characters, by which value and column
    can be told. All else is the estimator's own."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.string = tags.input_tags.one_d_array = False
        return tags

    def fit(self, X: Any, y: Any) -> OfNumbers:
        if y is None:
            return super().fit(["x"], y)
        X, y = validate_data(self, X, y, multi_output=True, dtype=np.float64)
        return super().fit(self.words(X), y)

    def predict_proba(self, X: Any) -> Any:
        check_is_fitted(self)
        return super().predict_proba(self.words(validate_data(self, X, reset=False, dtype=np.float64)))

    @staticmethod
    def words(X: Any) -> list[str]:
        low, high = (np.clip(np.floor(X + shift) + 32, 0, 63).astype(int) for shift in (0, 0.5))
        column = 64 * (np.arange(X.shape[1]) % 80)
        return ["".join(map(chr, [*a, *b])) for a, b in zip(0x4E00 + column + low, 0x6E00 + column + high, strict=True)]


SKIPPED = {
    "check_array_api_input": "runs only where scipy's array API is switched on",
    "check_classifiers_multilabel_output_format_decision_function": "there is no decision_function",
}


def test_scikit_learns_estimator_checks() -> None:
    model = OfNumbers(folds=2, c=(5.0,), min_df=1, n_max=1)
    results = check_estimator(model, on_fail=None, on_skip=None)
    assert [(r["check_name"], repr(r["exception"])) for r in results if r["status"] == "failed"] == []
    assert {r["check_name"] for r in results if r["status"] == "skipped"} <= set(SKIPPED)
    assert len(results) > 50
