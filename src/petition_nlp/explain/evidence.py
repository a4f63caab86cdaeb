"""Which words spoke for a label: read off the model's own weights, never from a second guess."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

_CLAUSE = re.compile(r"[^，。！？；：、,.!?;:\n]+")
MAX_SPANS = 3


def evidence_spans(
    contribution: NDArray[np.float32], text: str, *, limit: int = MAX_SPANS
) -> list[tuple[int, int, float]]:
    """The pieces of a text that add most to a label.

    In each clause the run of characters with the greatest sum is taken (Bentley 1984, Kadane's scan), with a small
    cost a character so that runs stay short; the best few are kept, in text order.

    Args:
        contribution: what each character adds to the logit, shape (len(text),).

    Returns:
        (start, end, weight): offsets into ``text``; weight is the span's share of all that speaks for the label.
    """
    total = float(contribution[contribution > 0].sum())
    if total <= 0:
        return []
    cost = 0.5 * total / max(len(text), 1)
    gain = contribution - cost
    clauses = [m.span() for m in _CLAUSE.finditer(text)]
    # The best run of a clause is at most the sum of its gains, so only clauses with a large one need a scan.
    bound = np.concatenate(([0.0], np.cumsum(np.maximum(gain, 0), dtype=np.float64)))
    edges = np.array(clauses, dtype=np.int64).reshape(-1, 2)
    most = bound[edges[:, 1]] - bound[edges[:, 0]]
    found: list[tuple[float, int, int]] = []
    for i in np.argsort(-most)[: 2 * limit]:
        left, right = clauses[i]
        start, end = _best_run(np.concatenate(([0.0], np.cumsum(gain[left:right], dtype=np.float64))))
        start, end = start + left, end + left
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if end - start >= 2:
            found.append((float(contribution[start:end].sum()), start, end))
    found.sort(reverse=True)
    best = [f for f in found[:limit] if f[0] >= 0.02 * total]
    return sorted((s, e, w / total) for w, s, e in best)


def _best_run(cumulative: NDArray[np.float64]) -> tuple[int, int]:
    """Start and end of the run with the greatest sum, from the cumulative sums around it."""
    lowest = np.minimum.accumulate(cumulative)
    end = int((cumulative - lowest).argmax())
    return int(cumulative[: end + 1].argmin()), end
