"""Logistic regressions of all columns, and their logits on held-out folds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petition_nlp.corpus import LabeledText
from petition_nlp.errors import importable
from petition_nlp.taxonomy import Taxonomy
from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.dual import MAX_TEXTS, fit_dual, gram
from petition_nlp.train.matrix import Progress

MIN_POSITIVE = 2  # a label with fewer positives in the data cannot be learned nor held out


@dataclass(frozen=True, slots=True)
class Column:
    """One binary question: is it this label (or, of an ordinal head, is it above this level)?

    Attributes:
        rows: texts that answer it. truth: their answers, aligned with ``rows``.
    """

    head: str
    label: str
    rows: NDArray[np.int64]
    truth: NDArray[np.bool_]

    @property
    def learnable(self) -> bool:
        return min(int(self.truth.sum()), int((~self.truth).sum())) >= MIN_POSITIVE


def build_columns(texts: list[LabeledText], taxonomy: Taxonomy) -> list[Column]:
    """Columns of every head that the data labels; an ordinal head of n levels has n - 1, named ``>LEVEL``."""
    out: list[Column] = []
    for name, head in taxonomy.heads.items():
        rows = np.array([i for i, t in enumerate(texts) if name in t.labels], dtype=np.int64)
        if not len(rows):
            continue
        given = [texts[i].labels[name] for i in rows]
        if head.kind == "ordinal":
            level = np.array([head.index(g[0]) for g in given])
            out += [Column(name, f">{head.ids[k]}", rows, level > k) for k in range(len(head.ids) - 1)]
        else:
            out += [Column(name, ident, rows, np.array([ident in g for g in given])) for ident in head.ids]
    return out


def make_folds(n: int, folds: int, seed: int) -> NDArray[np.int64]:
    """Fold number of each text, shape (n,), sizes as equal as can be."""
    return np.random.default_rng(seed).permutation(n) % folds


def fit_columns(
    matrix: Any, columns: list[Column], config: TrainingConfig, progress: Progress
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """Fit every column on all its rows, and again with each fold left out.

    Returns:
        weights (features, columns), bias (columns,), and held-out logits (texts, columns): of a text that a column
        does not label, the mean of its fold models, so that calibration can read all columns of every text.
    """
    fold = make_folds(matrix.shape[0], config.folds, config.seed)
    learnable = [j for j, c in enumerate(columns) if c.learnable]
    weights = np.zeros((matrix.shape[1], len(columns)), dtype=np.float32)
    bias = np.zeros(len(columns), dtype=np.float32)
    held_out = np.zeros((matrix.shape[0], len(columns)))
    for j, column in enumerate(columns):
        if not column.learnable:
            # Never seen or always seen: a constant logit that says so.
            bias[j] = held_out[:, j] = _log_odds(column.truth)
    solver = _DualSolver(matrix) if matrix.shape[0] <= MAX_TEXTS else _PrimalSolver(matrix, config.seed)
    best_loss = np.full(len(columns), np.inf)
    best_c = np.full(len(columns), config.c[0])
    # In groups, so that the solver's working memory stays within a few hundred megabytes.
    groups = [learnable[i : i + 16] for i in range(0, len(learnable), 16)]
    done, total = 0, len(groups) * (len(config.c) + 1)
    for c in config.c:
        for group in groups:
            logits = _held_out(solver, [columns[j] for j in group], fold, config.folds, c)
            for i, j in enumerate(group):
                loss = _log_loss(logits[columns[j].rows, i], columns[j].truth)
                if loss < best_loss[j]:
                    best_loss[j], best_c[j], held_out[:, j] = loss, c, logits[:, i]
            done += 1
            progress("hold out", done, total)
    for c in config.c:
        for group in groups:
            chosen = [j for j in group if best_c[j] == c]
            if chosen:
                truth, used = _tables([columns[j] for j in chosen], matrix.shape[0])
                weights[:, chosen], bias[chosen] = solver.fit(truth, used, c)
    progress("hold out", total, total)
    return weights, bias, held_out


def _tables(columns: list[Column], n: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    truth, used = np.zeros((n, len(columns)), dtype=bool), np.zeros((n, len(columns)), dtype=bool)
    for i, column in enumerate(columns):
        truth[column.rows, i], used[column.rows, i] = column.truth, True
    return truth, used


def _held_out(
    solver: _DualSolver | _PrimalSolver, columns: list[Column], fold: NDArray[np.int64], folds: int, c: float
) -> NDArray[np.float64]:
    truth, used = _tables(columns, len(fold))
    m = len(columns)
    # All folds of all columns in one solve: column k * m + i is column i without fold k.
    left_in = np.hstack([used & (fold != k)[:, None] for k in range(folds)])
    scores = solver.scores(np.tile(truth, (1, folds)), left_in, c)
    out = np.zeros((len(fold), m))
    for k in range(folds):
        part = scores[:, k * m : (k + 1) * m]
        here = (fold == k)[:, None] & used
        out[here] = part[here]
        out[~used] += part[~used] / folds
    return out


class _DualSolver:
    """All regressions over one Gram matrix; see :mod:`petition_nlp.train.dual`."""

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix
        self._gram = gram(matrix)

    def scores(self, truth: NDArray[np.bool_], used: NDArray[np.bool_], c: float) -> NDArray[np.float64]:
        return np.asarray(self._gram @ fit_dual(self._gram, truth, used, c), dtype=np.float64)

    def fit(
        self, truth: NDArray[np.bool_], used: NDArray[np.bool_], c: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        a = fit_dual(self._gram, truth, used, c)
        return np.asarray(self._matrix.T @ a, dtype=np.float32), a.sum(axis=0)


class _PrimalSolver:
    """LIBLINEAR, column by column: for more texts than a Gram matrix has room for."""

    def __init__(self, matrix: Any, seed: int) -> None:
        self._matrix = matrix
        self._seed = seed

    def scores(self, truth: NDArray[np.bool_], used: NDArray[np.bool_], c: float) -> NDArray[np.float64]:
        weights, bias = self.fit(truth, used, c)
        return np.asarray(self._matrix @ weights + bias, dtype=np.float64)

    def fit(
        self, truth: NDArray[np.bool_], used: NDArray[np.bool_], c: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        def one(j: int) -> tuple[NDArray[Any], float]:
            rows = np.flatnonzero(used[:, j])
            y = truth[rows, j]
            if y.all() or not y.any():
                return np.zeros(self._matrix.shape[1]), _log_odds(y)
            return _liblinear(self._matrix[rows], y, c, self._seed)

        with ThreadPoolExecutor(2) as pool:
            fitted = list(pool.map(one, range(truth.shape[1])))
        weights = np.column_stack([w for w, _ in fitted]).astype(np.float32)
        return weights, np.array([b for _, b in fitted], dtype=np.float32)


def _log_odds(truth: NDArray[np.bool_]) -> float:
    share = (truth.sum() + 0.5) / (len(truth) + 1)
    return float(np.log(share / (1 - share)))


def _liblinear(matrix: Any, truth: NDArray[np.bool_], c: float, seed: int) -> tuple[NDArray[np.float64], float]:
    linear_model = importable("sklearn.linear_model", "train")
    model = linear_model.LogisticRegression(C=c, solver="liblinear", random_state=seed, max_iter=200)
    model.fit(matrix, truth)
    return model.coef_[0], float(model.intercept_[0])


def _log_loss(logits: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    return float(np.mean(np.logaddexp(0, np.where(truth, -logits, logits))))
