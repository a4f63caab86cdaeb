"""Logistic regressions of all columns, and their logits on held-out folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from petition_nlp.corpus import LabeledText
from petition_nlp.taxonomy import Taxonomy
from petition_nlp.train.checkpoint import NoStages, Stages
from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.dual import F32, MAX_TEXTS, Bools, fit_dual, gram, sigmoid
from petition_nlp.train.matrix import Progress
from petition_nlp.train.primal import fit_primal, product

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


@dataclass(frozen=True, slots=True)
class Offsets:
    """Logits that the columns have already, when a base model is only corrected.

    Attributes:
        fitted: the base's logits, (texts, columns): what the corrected model adds its correction to.
        honest: the same, but of texts that the base was trained on as a model that did not see them gives them.
        known: whether the base has learnt the column, (columns,); where not, the offset is 0.
        old: texts that the base was trained on, (texts,). In the columns it knows they are to be answered as the base
            answers them, not by their labels (Li & Hoiem 2018, "Learning without Forgetting"): those the base has
            learnt already, and learning them twice would pull it towards what these texts have that its others had not.
    """

    fitted: F32
    honest: F32
    known: NDArray[np.bool_]
    old: NDArray[np.bool_]

    def targets(self, truth: Bools, columns: list[int]) -> F32:
        """What columns should answer: labels, or the base's probabilities. (texts, columns)"""
        base: F32 = sigmoid(self.fitted[:, columns])
        return np.where(self.old[:, None] & self.known[columns], base, truth).astype(np.float32)


def fit_columns(
    matrix: Any,
    columns: list[Column],
    config: TrainingConfig,
    progress: Progress,
    *,
    offsets: Offsets | None = None,
    stages: Stages | NoStages | None = None,
) -> tuple[F32, F32, NDArray[np.float64]]:
    """Fit every column on all its rows, and again with each fold left out; C is chosen per column on the folds.

    Args:
        offsets: fit corrections of these logits, with ``config.correction_c``; see :class:`_Choice`.
        stages: where finished parts are kept, so that an interrupted run goes on.

    Returns:
        weights (features, columns), bias (columns,), and held-out logits (texts, columns): of a text that a column
        does not label, the mean of its fold models, so that calibration can read all columns of every text. With
        ``offsets`` weights and bias are the corrections, and the logits hold offset and correction.
    """
    stages = stages or NoStages()
    n = matrix.shape[0]
    fold = make_folds(n, config.folds, config.seed)
    learnable = [j for j, c in enumerate(columns) if c.learnable]
    weights = np.zeros((matrix.shape[1], len(columns)), dtype=np.float32)
    bias = np.zeros(len(columns), dtype=np.float32)
    held_out = np.zeros((n, len(columns))) if offsets is None else offsets.honest.astype(np.float64)
    choices = [_Choice(c, offsets, j) for j, c in enumerate(columns)]
    for j, column in enumerate(columns):
        if offsets is None and not column.learnable:
            # Never seen or always seen: a constant logit that says so.
            bias[j] = held_out[:, j] = _log_odds(column.truth)
    solver: _Solver | None = None
    # In groups, so that the solver's working memory stays within a few hundred megabytes.
    size = 16 if n <= MAX_TEXTS else 8
    groups = [learnable[i : i + size] for i in range(0, len(learnable), size)]
    grid = config.c if offsets is None else tuple(sorted(config.correction_c))
    done, total = 0, len(groups) * len(grid)
    for c in grid:
        for number, group in enumerate(groups):
            stage = f"c{c:g}-columns{number}"
            part = stages.get(stage)
            if part is None:
                solver = solver or (_DualSolver(matrix) if n <= MAX_TEXTS else _PrimalSolver(matrix))
                truth, used = _tables([columns[j] for j in group], n)
                start = None if offsets is None else offsets.fitted[:, group]
                target: F32 | Bools = truth if offsets is None else offsets.targets(truth, group)
                part = solver.solve(target, used, fold, config.folds, c, start)
                stages.put(stage, part)
            for i, j in enumerate(group):
                logits = part["held_out"][:, i].astype(np.float64)
                if offsets is not None:
                    logits += offsets.honest[:, j]
                if choices[j].better(logits):
                    held_out[:, j] = logits
                    weights[:, j], bias[j] = part["weights"][:-1, i], part["weights"][-1, i]
            done += 1
            progress("train", done, total)
    return weights, bias, held_out


class _Choice:
    """The choice of C for one column as the candidates come in, from the strongest penalty to the weakest.

    The candidate with the least held-out loss wins. Where the base knows the column, a correction must moreover be
    clearly better on the new texts than the one chosen so far and no worse on the old ones.
    """

    def __init__(self, column: Column, offsets: Offsets | None, number: int) -> None:
        self._column = column
        self._old = np.zeros(len(column.rows), dtype=bool)
        self._loss = np.full(len(column.rows), np.inf)
        self._known = offsets is not None and bool(offsets.known[number])
        if offsets is not None and self._known:
            self._old = offsets.old[column.rows]
            self._loss = self._losses(offsets.honest[:, number].astype(np.float64))

    def _losses(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        z = logits[self._column.rows]
        return np.asarray(np.logaddexp(0, np.where(self._column.truth, -z, z)))

    def better(self, logits: NDArray[np.float64]) -> bool:
        """Whether to take this candidate instead of the one chosen so far."""
        loss = self._losses(logits)
        wins = clearly_better(self._loss, loss, self._old) if self._known else loss.mean() < self._loss.mean()
        if wins:
            self._loss = loss
        return bool(wins)


def clearly_better(before: NDArray[np.float64], after: NDArray[np.float64], old: NDArray[np.bool_]) -> bool:
    """Whether losses fall on the new texts by more than two standard errors of the difference, and do not rise on the
    old ones by more than one. The first is asked for more strictly, since the texts at hand do not stand for all that
    the base knows, and a change that is left out can be made up for with more texts.
    """
    gain, error = _gain((before - after)[~old])
    loss, uncertain = _gain((after - before)[old]) if old.any() else (0.0, 0.0)
    return gain > 2 * error and loss <= uncertain


def _gain(difference: NDArray[np.float64]) -> tuple[float, float]:
    return float(difference.mean()), float(difference.std() / np.sqrt(len(difference)))


def _tables(columns: list[Column], n: int) -> tuple[Bools, Bools]:
    truth, used = np.zeros((n, len(columns)), dtype=bool), np.zeros((n, len(columns)), dtype=bool)
    for i, column in enumerate(columns):
        truth[column.rows, i], used[column.rows, i] = column.truth, True
    return truth, used


class _Solver(Protocol):
    def solve(
        self, target: F32 | Bools, used: Bools, fold: NDArray[np.int64], folds: int, c: float, offset: F32 | None
    ) -> dict[str, NDArray[Any]]:
        """``weights`` (features + 1, m) of fits on all rows, the last row being the bias, and ``held_out`` (n, m), the
        scores without offset from fits without the text's fold.
        """


def _gather(scores: list[F32], used: Bools, fold: NDArray[np.int64]) -> F32:
    """Of each text the scores of the model without its fold; where the column does not use it, the mean of all."""
    out = np.zeros(used.shape, dtype=np.float32)
    for k, part in enumerate(scores):
        here = (fold == k)[:, None] & used
        out[here] = part[here]
        out[~used] += part[~used] / len(scores)
    return out


class _DualSolver:
    """All regressions over one Gram matrix; see :mod:`petition_nlp.train.dual`."""

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix
        self._gram = gram(matrix)

    def solve(
        self, target: F32 | Bools, used: Bools, fold: NDArray[np.int64], folds: int, c: float, offset: F32 | None
    ) -> dict[str, NDArray[Any]]:
        m = target.shape[1]
        # All folds of all columns in one solve: column k * m + i is column i without fold k, the last m are whole.
        masks = np.hstack([*(used & (fold != k)[:, None] for k in range(folds)), used])
        start = None if offset is None else np.tile(offset, (1, folds + 1))
        a = fit_dual(self._gram, np.tile(target, (1, folds + 1)).astype(np.float32), masks, c, offset=start)
        scores = self._gram @ a[:, : folds * m]
        whole = a[:, folds * m :]
        return {
            "weights": np.vstack([np.asarray(self._matrix.T @ whole), whole.sum(axis=0)]).astype(np.float32),
            "held_out": _gather([scores[:, k * m : (k + 1) * m] for k in range(folds)], used, fold),
        }


class _PrimalSolver:
    """Weights directly; see :mod:`petition_nlp.train.primal`. Each fold starts from the fit on all rows."""

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix

    def solve(
        self, target: F32 | Bools, used: Bools, fold: NDArray[np.int64], folds: int, c: float, offset: F32 | None
    ) -> dict[str, NDArray[Any]]:
        whole = fit_primal(self._matrix, target, used, c, offset=offset)
        scores = []
        for k in range(folds):
            left_in = used & (fold != k)[:, None]
            w = fit_primal(self._matrix, target, left_in, c, offset=offset, start=whole)
            scores.append(product(self._matrix, w))
        return {"weights": whole, "held_out": _gather(scores, used, fold)}


def _log_odds(truth: NDArray[np.bool_]) -> float:
    share = (truth.sum() + 0.5) / (len(truth) + 1)
    return float(np.log(share / (1 - share)))
