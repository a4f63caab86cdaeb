"""The peer that every figure is set beside: tf-idf of characters and logistic regression, with scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from petition_nlp.corpus import LabeledText
from petition_nlp.taxonomy import Taxonomy


class TfidfPeer:
    """One vectoriser, a one-vs-rest logistic regression per label, multi-label thresholds by F1 on held-out folds."""

    def __init__(self, taxonomy: Taxonomy, *, n_max: int = 4, c: float = 20.0, tune: bool = True) -> None:
        self.taxonomy = taxonomy
        self.c = c
        self.tune = tune
        self.vectorizer = TfidfVectorizer(
            analyzer="char", ngram_range=(1, n_max), sublinear_tf=True, min_df=2, max_features=300_000
        )
        self.models: dict[str, list[Any]] = {}
        self.thresholds: dict[str, list[float]] = {}

    def fit(self, texts: Sequence[LabeledText]) -> TfidfPeer:
        matrix = self.vectorizer.fit_transform([t.text for t in texts])
        for name, head in self.taxonomy.heads.items():
            rows = np.array([i for i, t in enumerate(texts) if name in t.labels])
            x = matrix[rows]
            if head.kind != "multi":
                y = np.array([head.index(texts[i].labels[name][0]) for i in rows])
                model = LogisticRegression(C=self.c, solver="liblinear", class_weight="balanced")
                self.models[name] = [_OneVsRest(model, len(head.ids)).fit(x, y)]
                continue
            self.models[name], self.thresholds[name] = [], []
            for label in head.ids:
                y = np.array([label in texts[i].labels[name] for i in rows])
                model = LogisticRegression(C=self.c, solver="liblinear")
                threshold = 0.5
                if self.tune:
                    folds = StratifiedKFold(4, shuffle=True, random_state=0)
                    p = cross_val_predict(model, x, y, cv=folds, method="predict_proba")[:, 1]
                    threshold = max(np.arange(0.06, 0.9, 0.02), key=lambda t: _f1(p >= t, y))
                self.models[name].append(model.fit(x, y))
                self.thresholds[name].append(float(threshold))
        return self

    def predict(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """Labels of every head, as the scorer reads them."""
        matrix = self.vectorizer.transform(texts)
        out: list[dict[str, Any]] = [{"entities": []} for _ in texts]
        for name, head in self.taxonomy.heads.items():
            if head.kind != "multi":
                for row, i in zip(out, self.models[name][0].predict(matrix), strict=True):
                    row[name] = {"level": int(i) + 1} if head.kind == "ordinal" else head.ids[i]
                continue
            p = np.column_stack([m.predict_proba(matrix)[:, 1] for m in self.models[name]])
            for row, said in zip(out, p >= np.array(self.thresholds[name]), strict=True):
                row[name] = [head.ids[i] for i in np.flatnonzero(said)]
        return out


class _OneVsRest:
    def __init__(self, model: LogisticRegression, n: int) -> None:
        self._parts = [LogisticRegression(**model.get_params()) for _ in range(n)]

    def fit(self, x: Any, y: Any) -> _OneVsRest:
        for k, part in enumerate(self._parts):
            part.fit(x, y == k)
        return self

    def predict(self, x: Any) -> Any:
        return np.column_stack([p.decision_function(x) for p in self._parts]).argmax(1)


def _f1(said: Any, truth: Any) -> float:
    return float(2 * (said & truth).sum() / max(said.sum() + truth.sum(), 1))
