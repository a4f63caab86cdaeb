"""Decides which answers of a base model change when it is trained further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from petition_nlp.calibrate import HeadCalibration
from petition_nlp.taxonomy import Head
from petition_nlp.train.solve import clearly_better

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(slots=True)
class Candidate:
    """A calibration, and its probabilities (texts, labels) of texts that it did not see."""

    calibration: HeadCalibration
    held_out: F64


@dataclass(frozen=True, slots=True)
class Evidence:
    """Our labelled texts of a head.

    Attributes:
        logits: held-out, (texts, columns). gold: labels, (texts, labels). old: which of them the base learnt from.
    """

    logits: F64
    gold: Bools
    old: Bools

    def after(self, candidate: Candidate) -> F64:
        """A candidate's probabilities: of new texts as held out; of old ones as its whole calibration gives them, since
        the base's calibration, with which it is compared, has seen those as well.
        """
        out = candidate.calibration.probabilities(self.logits)
        out[~self.old] = candidate.held_out[: len(self.gold)][~self.old]
        return out


def choose(
    head: Head, base: HeadCalibration, candidates: Sequence[Candidate], evidence: Evidence, fresh: set[str]
) -> tuple[Candidate, list[int]]:
    """The candidate under which the new texts' labels are most probable, of those that are clearly better than the
    base; of a head of several labels label by label.

    Clearly better means: the labels are more probable on the new texts and not less on the old, and decisions cost less
    (of a head of several labels: have a higher F1) on the new texts and no more on the old.

    Args:
        base, candidates: over the same columns. fresh: labels that the base never learnt.

    Returns:
        what is chosen, and the numbers of the labels that stay the base's.
    """
    if head.kind == "multi":
        return _choose_labels(head, base, candidates, evidence, fresh)
    before, new = base.probabilities(evidence.logits), ~evidence.old
    after = [evidence.after(c) for c in candidates]
    at = evidence.gold.argmax(axis=1)
    row = np.arange(len(at))
    losses = [_surprise(p[row, at]) for p in after]
    order = sorted(range(len(candidates)), key=lambda i: losses[i][new].mean())
    if base.labels != head.ids or fresh:
        return candidates[order[0]], []  # the base cannot answer for labels added, dropped or moved
    was = _surprise(before[row, at]), _distance(base.chosen(before), at, head)
    for i in order:
        costs = _distance(candidates[i].calibration.chosen(after[i]), at, head)
        if clearly_better(was[0], losses[i], evidence.old) and clearly_better(was[1], costs, evidence.old):
            return candidates[i], []
    return Candidate(base, candidates[0].held_out), list(range(len(head.ids)))


def _choose_labels(
    head: Head, base: HeadCalibration, candidates: Sequence[Candidate], evidence: Evidence, fresh: set[str]
) -> tuple[Candidate, list[int]]:
    before, new = base.probabilities(evidence.logits), ~evidence.old
    after = [evidence.after(c) for c in candidates]
    first = candidates[0].calibration
    chosen = replace(first, weights=first.weights.copy(), bias=first.bias.copy(), thresholds=first.thresholds.copy())
    held_out = candidates[0].held_out.copy()
    stay = []
    for k, ident in enumerate(head.ids):
        yes = evidence.gold[:, k]
        answers = [_answer(p[:, k], c.calibration.thresholds[k], yes) for c, p in zip(candidates, after, strict=True)]
        order = sorted(range(len(candidates)), key=lambda i: answers[i].loss[new].mean())
        pick: int | None = order[0]
        source = base.labels.index(ident) if ident in base.labels and ident not in fresh else None
        if source is not None:
            was = _answer(before[:, source], base.thresholds[source], yes)
            pick = next((i for i in order if _label_better(was, answers[i], yes, evidence.old)), None)
        origin, j = (base, source) if pick is None else (candidates[pick].calibration, k)
        chosen.weights[:, k], chosen.bias[k], chosen.thresholds[k] = (
            origin.weights[:, j],
            origin.bias[j],
            origin.thresholds[j],
        )
        if pick is None:
            stay.append(k)
        else:
            held_out[:, k] = candidates[pick].held_out[:, k]
    return Candidate(chosen, held_out), stay


def _surprise(probability: F64) -> F64:
    return np.asarray(-np.log(np.clip(probability, 1e-6, 1)))


@dataclass(frozen=True, slots=True)
class _Answer:
    """Losses and decisions on a label, each of shape (texts,)."""

    loss: F64
    said: Bools


def _answer(probability: F64, threshold: float, yes: Bools) -> _Answer:
    said = np.asarray(probability >= threshold, dtype=np.bool_)
    return _Answer(_surprise(np.where(yes, probability, 1 - probability)), said)


def _label_better(before: _Answer, after: _Answer, yes: Bools, old: Bools) -> bool:
    if not clearly_better(before.loss, after.loss, old) or _f1(after.said, yes, ~old) <= _f1(before.said, yes, ~old):
        return False
    wrong = [(answer.said != yes).astype(np.float64) for answer in (before, after)]
    rise = (wrong[1] - wrong[0])[old]
    return bool(not len(rise) or rise.mean() <= rise.std() / np.sqrt(len(rise)))


def _f1(said: Bools, yes: Bools, rows: Bools) -> float:
    return float(2 * (said & yes)[rows].sum() / max((said[rows].sum() + yes[rows].sum()), 1))


def _distance(said: Bools, gold: NDArray[np.int64], head: Head) -> F64:
    """Cost of each decision: 0 or 1, or the squared distance of levels."""
    away = np.abs(said.argmax(axis=1) - gold)
    return np.asarray(away**2 if head.kind == "ordinal" else away > 0, dtype=np.float64)
