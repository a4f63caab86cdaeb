"""Curves and intervals of 0/1 tables and probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
_CHUNK = 25  # resamples at once: (25, texts) floats stay small even for 200,000 texts


def label_intervals(gold: Bools, said: Bools, *, rounds: int = 500, seed: int = 0) -> dict[str, F64]:
    """Precision, recall and F1 of every label with 95 % bootstrap intervals (texts resampled, Efron 1979).

    Args:
        gold, said: 0/1 tables, (texts, labels).

    Returns:
        ``precision``, ``recall`` and ``f1``, each (3, labels): value, low, high. With nothing
        found and nothing to find they are 1.
    """
    n = len(gold)
    counts = np.hstack([gold & said, said, gold]).astype(np.float32)
    rng = np.random.default_rng(seed)
    samples = []
    for start in range(0, rounds, _CHUNK):
        times = rng.multinomial(n, np.full(n, 1 / n), size=min(_CHUNK, rounds - start)).astype(np.float32)
        samples.append(times @ counts)
    drawn = np.concatenate(samples).astype(np.float64)
    out = {}
    for name, value in _ratios(counts.sum(axis=0, dtype=np.float64)[None]).items():
        low, high = np.percentile(_ratios(drawn)[name], [2.5, 97.5], axis=0)
        out[name] = np.vstack([value, low, high])
    return out


def _ratios(sums: F64) -> dict[str, F64]:
    right, said, gold = np.split(sums, 3, axis=1)

    def share(part: F64, whole: F64) -> F64:
        return np.where(whole > 0, part / np.maximum(whole, 1), 1.0)

    return {"precision": share(right, said), "recall": share(right, gold), "f1": share(2 * right, said + gold)}


def precision_recall(probabilities: F64, truth: Bools, *, points: int = 120) -> tuple[list[list[float]], float]:
    """The precision–recall curve and its average precision, sum of (R_k - R_(k-1)) P_k (Manning et al. 2008, 8.4).

    Returns:
        up to ``points`` [recall, precision, threshold], recall rising; and the average precision (NaN: no positive).
    """
    if not truth.any():
        return [], float("nan")
    order = np.argsort(-probabilities, kind="stable")
    p, hit = probabilities[order], truth[order]
    last = np.flatnonzero(np.append(np.diff(p) != 0, True))  # texts of equal probability are found together
    found = np.cumsum(hit)[last]
    precision, recall = found / (last + 1), found / truth.sum()
    average = float((np.diff(recall, prepend=0.0) * precision).sum())
    keep = _thin(len(last), points)
    return _rows(recall[keep], precision[keep], p[last][keep]), average


def reliability(probabilities: F64, truth: Bools, *, bins: int = 10) -> list[dict[str, float]]:
    """Stated against observed probability in equal bins, with 95 % Wilson intervals (1927); empty bins are left out."""
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    out = []
    for b in range(bins):
        inside = place == b
        n = int(inside.sum())
        if n:
            observed = float(truth[inside].mean())
            low, high = _wilson(observed, n)
            stated = float(probabilities[inside].mean())
            out.append({"stated": stated, "observed": observed, "low": low, "high": high, "n": n})
    return out


def _wilson(share: float, n: int, z: float = 1.96) -> tuple[float, float]:
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    return middle - half, middle + half


def coverage_accuracy(confidence: F64, right: Bools, *, points: int = 100) -> list[list[float]]:
    """What share is right of the texts decided without review, from the surest on (El-Yaniv & Wiener 2010).

    Returns:
        up to ``points`` [coverage, accuracy, least confidence], coverage rising to 1.
    """
    order = np.argsort(-confidence, kind="stable")
    counted = np.arange(1, len(order) + 1)
    accuracy = np.cumsum(right[order]) / counted
    # The first few texts alone say nothing.
    keep = _thin(len(order), points)
    keep = keep[keep >= min(len(order) - 1, 9)]
    return _rows(counted[keep] / len(order), accuracy[keep], confidence[order][keep])


def _thin(n: int, points: int) -> NDArray[Any]:
    return np.unique(np.linspace(0, n - 1, min(n, points)).round().astype(int))


def _rows(*columns: F64) -> list[list[float]]:
    return [[round(float(x), 4) for x in row] for row in zip(*columns, strict=True)]
