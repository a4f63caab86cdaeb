"""L2-regularised logistic regressions of many label columns and folds at once, solved in the dual.

With fewer texts than features all solutions are combinations of the texts (representer theorem): w = X'a. All
regressions then share one Gram matrix K, and one dense product serves a step of each. The steps are L-BFGS (Liu &
Nocedal 1989) in the metric of K, with a line search by Newton's method along the direction.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
Bools = NDArray[np.bool_]

MAX_TEXTS = 15_000  # the Gram matrix of so many takes 0.9 GB


class _Pair(NamedTuple):
    """A step s, the change of gradient y, their images under K, and 1 / <s, y>."""

    s: F32
    y: F32
    k_s: F32
    k_y: F32
    rho: F32


def gram(matrix: Any) -> F32:
    """X X' + 1 of a sparse (n, features) matrix; the 1 stands for a constant feature, whose weight is the bias."""
    out = np.empty((matrix.shape[0], matrix.shape[0]), dtype=np.float32)
    transposed = matrix.T.tocsc()
    for start in range(0, matrix.shape[0], 1000):
        out[start : start + 1000] = (matrix[start : start + 1000] @ transposed).toarray()
    return out + np.float32(1)


def fit_dual(
    kernel: F32,
    target: F32 | Bools,
    used: Bools,
    c: float,
    *,
    offset: F32 | None = None,
    steps: int = 80,
    memory: int = 5,
) -> F32:
    """Minimise ``C * sum (log(1 + exp(f)) - target f) + a'Ka / 2`` with f = Ka + offset, for each column.

    Args:
        kernel: (n, n). target, used: (n, m). Targets are labels, or probabilities that a model should give; rows not
            used by a column do not count in its loss.
        c: inverse strength of the penalty, as in LIBLINEAR.
        offset: (n, m), logits that are there already and are only corrected; None: zeros.

    Returns:
        a of shape (n, m); weights are X'a, the bias is the sum of a.
    """
    target32, weight = target.astype(np.float32), np.where(used, np.float32(c), np.float32(0))
    a = np.zeros(target.shape, np.float32)
    f = np.zeros(target.shape, np.float32) if offset is None else offset.astype(np.float32)
    gradient: F32 = -weight * (target32 - sigmoid(f))
    k_gradient: F32 = kernel @ gradient
    direction, k_direction = -gradient, -k_gradient
    goal = tolerance(gradient, k_gradient)
    pairs: list[_Pair] = []
    for _ in range(steps):
        slope = (a * k_direction).sum(0)
        step = line_search(slope, (direction * k_direction).sum(0), f, k_direction, target32, weight)
        s, k_s = step * direction, step * k_direction
        a += s
        f += k_s
        new = np.asarray(a - weight * (target32 - sigmoid(f)), dtype=np.float32)
        k_new: F32 = kernel @ new
        if ((new * k_new).sum(0) <= goal).all():
            break
        y: F32 = new - gradient
        k_y: F32 = k_new - k_gradient
        curvature = (k_s * y).sum(0)
        rho = np.where(curvature > 1e-20, 1 / np.maximum(curvature, 1e-20), 0).astype(np.float32)
        pairs = [*pairs[1 - memory :], _Pair(s, y, k_s, k_y, rho)]
        gradient, k_gradient = new, k_new
        direction, k_direction = _two_loop(gradient, k_gradient, pairs)
        uphill = (k_gradient * direction).sum(0) >= 0
        direction[:, uphill], k_direction[:, uphill] = -gradient[:, uphill], -k_gradient[:, uphill]
    return a


def tolerance(gradient: F32, k_gradient: F32) -> F32:
    """Squared gradient norm of each column at which it counts as solved. Shape (m,)."""
    return np.asarray(np.maximum(1e-6 * (gradient * k_gradient).sum(0), 1e-7), dtype=np.float32)


def sigmoid(z: F32) -> F32:
    """1 / (1 + exp(-z))."""
    return np.asarray(np.float32(0.5) * (1 + np.tanh(np.float32(0.5) * z)))


def _two_loop(gradient: F32, k_gradient: F32, pairs: list[_Pair]) -> tuple[F32, F32]:
    """The L-BFGS direction and its image under K, inner products being <u, v> = u'Kv."""
    q, k_q = gradient.copy(), k_gradient.copy()
    alphas = []
    for p in reversed(pairs):
        alpha = p.rho * (p.k_s * q).sum(0)
        q -= alpha * p.y
        k_q -= alpha * p.k_y
        alphas.append(alpha)
    last = pairs[-1]
    scale = (last.k_s * last.y).sum(0) / np.maximum((last.k_y * last.y).sum(0), 1e-20)
    scale = np.where(scale > 0, scale, 1).astype(np.float32)
    q *= scale
    k_q *= scale
    for p, alpha in zip(pairs, reversed(alphas), strict=True):
        change = alpha - p.rho * (p.k_y * q).sum(0)
        q += change * p.s
        k_q += change * p.k_s
    return -q, -k_q


def line_search(linear: F32, quadratic: F32, f: F32, k_d: F32, target: F32, weight: F32) -> F32:
    """The minimum along the direction of each column, by Newton steps kept between bounds. Shape (m,), all above 0.

    Args:
        linear, quadratic: (m,), the penalty's derivatives along the direction at step 0.
        f: logits. k_d: their change for a step of 1. weight: C, 0 where a row is not used. All (n, m), as target.
    """
    quadratic = np.maximum(quadratic, 1e-20)
    low, high = np.zeros(f.shape[1]), np.full(f.shape[1], np.inf)
    t = np.zeros(f.shape[1], dtype=np.float32)
    for _ in range(5):
        p = sigmoid(f + t * k_d)
        slope = linear + t * quadratic - (weight * (target - p) * k_d).sum(0)
        bend = quadratic + (weight * p * (1 - p) * k_d**2).sum(0)
        falls = slope < 0
        low, high = np.where(falls, t, low), np.where(falls, high, t)
        # A step that leaves the bounds would overshoot where the loss is flat: halve the way instead.
        step = np.where(np.isinf(high), np.minimum(t - slope / bend, 10 * t + 1), t - slope / bend)
        t = np.where((step >= low) & (step <= high), step, (low + np.minimum(high, 10 * low + 1)) / 2).astype(
            np.float32
        )
    return t
