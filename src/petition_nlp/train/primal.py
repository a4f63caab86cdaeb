"""L2-regularised logistic regressions of many columns and folds at once, solved in the weights.

For more texts than a Gram matrix has room for. All columns share each pass over the sparse matrix, which is what such a
fit spends its time on. The steps are L-BFGS (Liu & Nocedal 1989) with a line search by Newton's method, as in
:mod:`petition_nlp.train.dual`. Beside the matrix it takes about ``80 * features * columns`` bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from petition_nlp.train.dual import F32, Bools, line_search, sigmoid, tolerance

_Pair = tuple[F32, F32, F32]  # a step s, the change of gradient y, and 1 / (s'y)


def fit_primal(
    matrix: Any,
    target: F32 | Bools,
    used: Bools,
    c: float,
    *,
    offset: F32 | None = None,
    start: F32 | None = None,
    steps: int = 100,
    memory: int = 5,
) -> F32:
    """Minimise ``C * sum (log(1 + exp(f)) - target f) + w'w / 2`` with f = [X 1] w + offset, for each column.

    Args:
        matrix: scipy CSR, (n, features). target, used: (n, m), as for :func:`petition_nlp.train.dual.fit_dual`.
        offset: (n, m), logits that are there already and are only corrected; None: zeros.
        start: (features + 1, m), weights to begin with; None: zeros.

    Returns:
        weights (features + 1, m); the last row is the bias.
    """
    target32, weight = target.astype(np.float32), np.where(used, np.float32(c), np.float32(0))
    shape = (matrix.shape[1] + 1, target.shape[1])
    w = np.zeros(shape, np.float32) if start is None else start.astype(np.float32)
    f = product(matrix, w) if start is not None else np.zeros(target.shape, np.float32)
    if offset is not None:
        f += offset
    transposed = matrix.T
    begin = np.zeros_like(f) if offset is None else offset
    residual = weight * (target32 - sigmoid(begin))
    first = _gradient(transposed, np.zeros(1, np.float32), residual)  # sets the tolerance, wherever the start is
    goal = tolerance(first, first)
    gradient = first if start is None else _gradient(transposed, w, weight * (target32 - sigmoid(f)))
    del first, begin, residual
    direction = -gradient
    pairs: list[_Pair] = []
    for _ in range(steps):
        change = product(matrix, direction)
        step = line_search((w * direction).sum(0), (direction * direction).sum(0), f, change, target32, weight)
        s = step * direction
        w += s
        f += step * change
        new = _gradient(transposed, w, weight * (target32 - sigmoid(f)))
        if ((new * new).sum(0) <= goal).all():
            break
        y = new - gradient
        curvature = (s * y).sum(0)
        rho = np.where(curvature > 1e-20, 1 / np.maximum(curvature, 1e-20), 0).astype(np.float32)
        pairs = [*pairs[1 - memory :], (s, y, rho)]
        gradient = new
        direction = _two_loop(gradient, pairs)
        uphill = (gradient * direction).sum(0) >= 0
        direction[:, uphill] = -gradient[:, uphill]
    return w


def product(matrix: Any, weights: F32) -> F32:
    """[X 1] w: logits of weights whose last row is the bias. (n, m)."""
    return np.asarray(matrix @ weights[:-1] + weights[-1], dtype=np.float32)


def _gradient(transposed: Any, w: F32, residual: F32) -> F32:
    return np.asarray(w - np.vstack([transposed @ residual, residual.sum(0)]), dtype=np.float32)


def _two_loop(gradient: F32, pairs: list[_Pair]) -> NDArray[np.float32]:
    q = gradient.copy()
    alphas = []
    for s, y, rho in reversed(pairs):
        alpha = rho * (s * q).sum(0)
        q -= alpha * y
        alphas.append(alpha)
    s, y, _ = pairs[-1]
    scale = (s * y).sum(0) / np.maximum((y * y).sum(0), 1e-20)
    q *= np.where(scale > 0, scale, 1).astype(np.float32)
    for (s, y, rho), alpha in zip(pairs, reversed(alphas), strict=True):
        q += (alpha - rho * (y * q).sum(0)) * s
    return -q
