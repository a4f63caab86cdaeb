"""From raw logits to probabilities that mean something, and from probabilities to decisions.

Each head is calibrated on logits of held-out folds. The map reads the logits of *all* columns (stacking, Wolpert
1992), since what is alleged tells of how severe it is and the field tells of what can be alleged; with only the
label's own logit it is Platt scaling (1999). An ordinal head is one scale with rising cut points (proportional odds,
McCullagh 1980).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def sigmoid(z: F64) -> F64:
    return 0.5 * (1.0 + np.tanh(0.5 * z))


@dataclass(slots=True)
class HeadCalibration:
    """How one head is read off the logits.

    Attributes:
        kind: as the taxonomy's head.
        labels: label ids; an ordinal head's from mildest to gravest.
        weights: (columns, outputs); outputs = labels, or 1 for an ordinal head.
        bias: (outputs,), zeros for an ordinal head.
        cuts: rising cut points, (labels - 1,), of an ordinal head.
        thresholds: least probability of each label of a multi head.
        under_cost: of an ordinal head: how many times worse it is to miss the gravest level than to overcall it.
    """

    kind: str
    labels: tuple[str, ...]
    weights: F64
    bias: F64
    cuts: F64 = field(default_factory=lambda: np.empty(0))
    thresholds: F64 = field(default_factory=lambda: np.empty(0))
    under_cost: float = 1.0

    def probabilities(self, logits: NDArray[Any]) -> F64:
        """Probability of each label, shape (n, labels). Rows of single and ordinal heads sum to 1."""
        scores = logits.astype(np.float64) @ self.weights + self.bias
        if self.kind == "multi":
            return sigmoid(scores)
        if self.kind == "single":
            scores -= scores.max(axis=1, keepdims=True)
            out = np.exp(scores)
            return np.asarray(out / out.sum(axis=1, keepdims=True))
        above = sigmoid(scores - self.cuts)  # P(level > 1), P(level > 2), ...
        ones, zeros = np.ones((len(above), 1)), np.zeros((len(above), 1))
        return np.asarray(np.hstack([ones, above]) - np.hstack([above, zeros]))

    def decide(self, probabilities: F64) -> list[list[int]]:
        """Chosen label numbers of each row; exactly one for single and ordinal heads."""
        if self.kind == "multi":
            return [np.flatnonzero(row >= self.thresholds).tolist() for row in probabilities]
        if self.kind == "single":
            return [[int(i)] for i in probabilities.argmax(axis=1)]
        return [[int(i)] for i in (probabilities @ self.costs()).argmin(axis=1)]

    def chosen(self, probabilities: F64) -> NDArray[np.bool_]:
        """The decisions of :meth:`decide` as a 0/1 table, (n, labels)."""
        out = np.zeros(probabilities.shape, dtype=bool)
        for row, numbers in zip(out, self.decide(probabilities), strict=True):
            row[numbers] = True
        return out

    def costs(self) -> F64:
        """Cost of saying level j where i is true, shape (labels, labels): the squared distance, and ``under_cost``
        times that where the gravest level is missed.
        """
        n = len(self.labels)
        level = np.arange(n)
        cost = (level[:, None] - level[None, :]).astype(np.float64) ** 2
        cost[-1] *= self.under_cost
        return cost

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"kind": self.kind, "labels": list(self.labels)}
        for name in ("weights", "bias", "cuts", "thresholds"):
            value = getattr(self, name)
            if value.size:
                out[name] = np.round(value, 6).tolist()
        if self.kind == "ordinal":
            out["under_cost"] = self.under_cost
        return out

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> HeadCalibration:
        return cls(
            kind=data["kind"],
            labels=tuple(data["labels"]),
            weights=np.asarray(data["weights"], dtype=np.float64),
            bias=np.asarray(data["bias"], dtype=np.float64),
            cuts=np.asarray(data.get("cuts", []), dtype=np.float64),
            thresholds=np.asarray(data.get("thresholds", []), dtype=np.float64),
            under_cost=float(data.get("under_cost", 1.0)),
        )


def f1_threshold(probabilities: F64, truth: NDArray[np.bool_], *, rounds: int = 30, seed: int = 0) -> float:
    """The threshold with the best mean F1 over bootstrap samples, which is steadier for rare labels than the best
    on the sample itself (Lipton et al. 2014, arXiv:1402.1892, on why F1's optimum lies below 0.5).
    """
    grid = np.arange(0.08, 0.80, 0.02)
    if not truth.any():
        return 0.5
    rng = np.random.default_rng(seed)
    hit = probabilities[:, None] >= grid
    true_hit = hit & truth[:, None]
    total = np.zeros(len(grid))
    for _ in range(rounds):
        times = rng.multinomial(len(truth), np.full(len(truth), 1 / len(truth))).astype(np.float64)
        found, right, there = times @ hit, times @ true_hit, float(times @ truth)
        total += 2 * right / np.maximum(found + there, 1)
    return float(round(grid[int(total.argmax())], 4))


def expected_calibration_error(probabilities: Sequence[float] | F64, truth: Any, bins: int = 10) -> float:
    """Mean gap between stated and observed probability over equal-width bins, weighted by bin size (Naeini 2015)."""
    p, y = np.asarray(probabilities, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    if not len(p):
        return 0.0
    place = np.minimum((p * bins).astype(int), bins - 1)
    gap = 0.0
    for b in range(bins):
        inside = place == b
        if inside.any():
            gap += inside.mean() * abs(p[inside].mean() - y[inside].mean())
    return float(gap)
