"""Decides which answers of a base model change when it is trained further."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from petition_nlp.calibrate import HeadCalibration
from petition_nlp.taxonomy import Head
from petition_nlp.train.solve import clearly_better

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]


def choose(
    head: Head,
    base: HeadCalibration,
    new: HeadCalibration,
    logits: F64,
    after: F64,
    gold: Bools,
    old: Bools,
    fresh: set[str],
) -> tuple[HeadCalibration, list[int]]:
    """The new calibration where its answers are clearly more probable and less often wrong than the base's; of a head
    of several labels label by label.

    Args:
        base, new: over the same columns. logits: held-out, of our texts. after: held-out probabilities of these texts.
        gold: their labels, (texts, labels). old: which of them the base learnt from.
        fresh: labels that the base never learnt.

    Returns:
        the calibration, and the numbers of the labels that stay the base's.
    """
    before = base.probabilities(logits)
    if head.kind != "multi":
        if base.labels != head.ids or fresh:
            return new, []  # the base cannot answer for labels added, dropped or moved
        at = gold.argmax(axis=1)
        row = np.arange(len(at))
        losses = [_surprise(p[row, at]) for p in (before, after)]
        costs = [_distance(c.chosen(p), at, head) for c, p in ((base, before), (new, after))]
        return (new, []) if _better(losses, costs, old) else (base, list(range(len(head.ids))))
    out = replace(new, weights=new.weights.copy(), bias=new.bias.copy(), thresholds=new.thresholds.copy())
    stay = []
    for k, ident in enumerate(head.ids):
        if ident in fresh or ident not in base.labels:
            continue
        j, yes = base.labels.index(ident), gold[:, k]
        pairs = ((before[:, j], base.thresholds[j]), (after[:, k], new.thresholds[k]))
        losses = [_surprise(np.where(yes, p, 1 - p)) for p, _ in pairs]
        costs = [((p >= threshold) != yes).astype(np.float64) for p, threshold in pairs]
        if not _better(losses, costs, old):
            stay.append(k)
            out.weights[:, k], out.bias[k], out.thresholds[k] = base.weights[:, j], base.bias[j], base.thresholds[j]
    return out, stay


def _better(losses: list[F64], costs: list[F64], old: Bools) -> bool:
    return clearly_better(losses[0], losses[1], old) and clearly_better(costs[0], costs[1], old, errors=1.0)


def _surprise(probability: F64) -> F64:
    return np.asarray(-np.log(np.clip(probability, 1e-6, 1)))


def _distance(said: Bools, gold: NDArray[np.int64], head: Head) -> F64:
    """Cost of each decision: 0 or 1, or the squared distance of levels."""
    away = np.abs(said.argmax(axis=1) - gold)
    return np.asarray(away**2 if head.kind == "ordinal" else away > 0, dtype=np.float64)
