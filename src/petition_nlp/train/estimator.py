"""A scikit-learn estimator over the linear engine, for those whose pipelines speak fit and predict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from petition_nlp.corpus import LabeledText
from petition_nlp.errors import importable
from petition_nlp.feature import NgramConfig
from petition_nlp.taxonomy import Taxonomy, parse_taxonomy
from petition_nlp.text import normalize
from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.linear import Trained, train_linear

importable("sklearn", "train")  # says how to install it where it is missing

from sklearn.base import BaseEstimator, ClassifierMixin  # noqa: E402
from sklearn.utils.multiclass import check_classification_targets  # noqa: E402
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d  # noqa: E402


class PetitionClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Classifies texts by labels of any kind.

    Parameters:
        c: inverse L2 strengths to choose from on held-out folds.
        folds: held-out folds, for the choice of C, calibration and thresholds.
        n_max: longest n-gram, in characters.
        min_df: n-grams in fewer texts are left out.
        max_features: at most so many n-grams are kept.
        lexicon_scale: weight of lexicon concepts; 0: off.
        random_state: seed of folds and solvers.

    Attributes:
        classes_: labels in sorted order, shape (n_classes,). Of an indicator matrix: column numbers.
        multilabel_: whether texts may carry several labels.
        trained_: the training's result, which ``trained_.save(path)`` writes as a bundle.
    """

    def __init__(
        self,
        c: Sequence[float] = (5.0, 20.0),
        folds: int = 5,
        n_max: int = 2,
        min_df: int = 2,
        max_features: int = 150_000,
        lexicon_scale: float = 0.05,
        random_state: int = 13,
    ) -> None:
        self.c = c
        self.folds = folds
        self.n_max = n_max
        self.min_df = min_df
        self.max_features = max_features
        self.lexicon_scale = lexicon_scale
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.target_tags.required = True
        tags.classifier_tags.multi_label = True
        return tags

    def fit(self, X: Iterable[str], y: Any) -> PetitionClassifier:
        """Train.

        Args:
            X: texts, (n,). y: a label of each; or several, as lists or sets of labels or as a 0/1 matrix (n, labels).
        """
        texts = self._texts(X)
        given, self.classes_, self.multilabel_ = _targets(y)
        self._matrix = self.multilabel_ and hasattr(y, "shape")
        check_consistent_length(texts, given)
        if len(self.classes_) < 2:
            raise ValueError(f"Classifier can't train when only one class is present: {list(self.classes_)}")
        ids = [f"c{k}" for k in range(len(self.classes_))]
        items = [
            LabeledText(str(i), text, {"domains": [ids[k] for k in numbers]})
            for i, (text, numbers) in enumerate(zip(texts, given, strict=True))
        ]
        self.trained_: Trained = train_linear(items, self._taxonomy(ids), self._config(len(items)))
        return self

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:
        """Calibrated probabilities, (n, n_classes); rows sum to 1 unless texts may carry several labels."""
        check_is_fitted(self)
        texts = [normalize(t).text for t in self._texts(X)]
        return self.trained_.heads["domains"].probabilities(self.trained_.engine.logits(texts))

    def predict(self, X: Iterable[str]) -> Any:
        """Labels in the form that ``y`` had: an array of labels, a 0/1 matrix, or a list of lists."""
        probabilities = self.predict_proba(X)
        chosen = self.trained_.heads["domains"].decide(probabilities)
        if not self.multilabel_:
            return self.classes_[[numbers[0] for numbers in chosen]] if chosen else self.classes_[:0]
        if self._matrix:
            return self.trained_.heads["domains"].chosen(probabilities).astype(np.int64)
        return [[self.classes_[k] for k in numbers] for numbers in chosen]

    @staticmethod
    def _texts(X: Iterable[str]) -> list[str]:
        if isinstance(X, str):
            raise ValueError("X is one text; give a list of texts")
        texts = list(X)
        for i, text in enumerate(texts):
            if not isinstance(text, str):
                raise ValueError(f"X[{i}] is no text but {type(text).__name__}")
        if not texts:
            raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required.")
        return texts

    def _config(self, n: int) -> TrainingConfig:
        return TrainingConfig(
            ngrams=NgramConfig(n_max=self.n_max, title_n_max=min(self.n_max, 3)),
            min_df=self.min_df,
            max_features=self.max_features,
            lexicon_scale=self.lexicon_scale,
            c=tuple(float(x) for x in np.atleast_1d(np.asarray(self.c, dtype=np.float64))),
            folds=max(2, min(self.folds, n // 2)),
            seed=int(self.random_state or 0),
        )

    def _taxonomy(self, ids: Sequence[str]) -> Taxonomy:
        labels = [{"id": i, "name": str(label)} for i, label in zip(ids, self.classes_.tolist(), strict=True)]
        head = {"kind": "multi" if self.multilabel_ else "single", "labels": labels}
        source = {"format": 1, "id": "estimator", "version": "1", "heads": {"domains": head}}
        return parse_taxonomy(yaml.safe_dump(source, allow_unicode=True, sort_keys=False))


def _targets(y: Any) -> tuple[list[list[int]], NDArray[Any], bool]:
    """Class numbers of each text, the classes, and whether there may be several a text."""
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    rows = y if hasattr(y, "shape") else list(y)
    if not hasattr(rows, "shape") and any(isinstance(r, (list, tuple, set, frozenset)) for r in rows):
        classes = np.array(sorted({label for r in rows for label in r}))
        number = {label: k for k, label in enumerate(classes.tolist())}
        return [[number[label] for label in dict.fromkeys(r)] for r in rows], classes, True
    check_classification_targets(rows)
    table = np.asarray(rows.toarray() if hasattr(rows, "toarray") else rows)
    if table.ndim == 2 and table.shape[1] > 1:
        return [np.flatnonzero(r).tolist() for r in table], np.arange(table.shape[1]), True
    classes, numbers = np.unique(column_or_1d(table, warn=True), return_inverse=True)
    return [[int(k)] for k in numbers], classes, False
