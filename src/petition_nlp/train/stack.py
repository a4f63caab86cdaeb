"""Calibration of each head on held-out logits, thresholds, severity's cost, and the limits for review."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from petition_nlp.calibrate import HeadCalibration, ReviewPolicy, domain_confidence, f1_threshold, sigmoid
from petition_nlp.errors import importable
from petition_nlp.taxonomy import Head
from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.solve import make_folds

F64 = NDArray[np.float64]


def calibrate_head(
    head: Head, logits: F64, truth: F64, own: list[int], config: TrainingConfig
) -> tuple[HeadCalibration, F64]:
    """Fit one head's calibration.

    Args:
        logits: held-out logits of the head's texts, (n, columns).
        truth: multi: 0/1 of shape (n, labels); single and ordinal: label number of shape (n,).
        own: this head's columns.

    Returns:
        the calibration, and probabilities (n, labels) from calibrations that did not see the text.
    """
    fold = make_folds(len(logits), config.folds, config.seed + 1)
    crossed = np.zeros((len(logits), len(head.labels)))
    for k in range(config.folds):
        inside = fold == k
        if inside.any():
            crossed[inside] = _fit_head(head, logits[~inside], truth[~inside], own, config).probabilities(
                logits[inside]
            )
    calibration = _fit_head(head, logits, truth, own, config)
    if head.kind == "multi":
        calibration.thresholds = np.array(
            [f1_threshold(crossed[:, i], truth[:, i] > 0, seed=config.seed) for i in range(len(head.labels))]
        )
    elif head.kind == "ordinal":
        calibration.under_cost = _under_cost(calibration, crossed, truth.astype(int), config)
    return calibration, crossed


def _fit_head(head: Head, logits: F64, truth: F64, own: list[int], config: TrainingConfig) -> HeadCalibration:
    if head.kind == "multi":
        pairs = [_fit_binary(logits, truth[:, i] > 0, own[i], config) for i in range(len(head.labels))]
        weights = np.column_stack([w for w, _ in pairs])
        return HeadCalibration("multi", head.ids, weights, np.array([b for _, b in pairs]))
    if head.kind == "single":
        weights, bias = _fit_softmax(logits, truth.astype(int), len(head.labels), own, config)
        return HeadCalibration("single", head.ids, weights, bias)
    weights, cuts = fit_proportional_odds(logits, truth.astype(int), len(head.labels), own, config)
    return HeadCalibration("ordinal", head.ids, weights, np.zeros(1), cuts=cuts)


def _standardise(logits: F64, own: list[int]) -> tuple[F64, F64, F64]:
    """Centred and scaled logits with their means and scales. A label's own logit is to be trusted more than the
    others': it gets a smaller divisor, so that the same L2 penalty shrinks it less.
    """
    mean, scale = logits.mean(axis=0), logits.std(axis=0)
    scale[scale < 1e-6] = 1.0  # a column that never varies says nothing
    scale[own] /= 4.0
    return (logits - mean) / scale, mean, scale


def _fit_binary(logits: F64, truth: NDArray[np.bool_], own: int, config: TrainingConfig) -> tuple[F64, float]:
    if truth.all() or not truth.any():
        share = (truth.sum() + 0.5) / (len(truth) + 1)
        return np.zeros(logits.shape[1]), float(np.log(share / (1 - share)))
    x, mean, scale = _standardise(logits, [own])
    linear_model = importable("sklearn.linear_model", "train")
    model = linear_model.LogisticRegression(C=config.stack_c, max_iter=200, solver="newton-cholesky").fit(x, truth)
    weights = model.coef_[0] / scale
    return weights, float(model.intercept_[0] - mean @ weights)


def _fit_softmax(
    logits: F64, truth: NDArray[Any], n_labels: int, own: list[int], config: TrainingConfig
) -> tuple[F64, F64]:
    weights, bias = np.zeros((logits.shape[1], n_labels)), np.full(n_labels, -20.0)
    present = np.unique(truth)
    if len(present) == 1:
        bias[present[0]] = 0.0
        return weights, bias
    x, mean, scale = _standardise(logits, own)
    linear_model = importable("sklearn.linear_model", "train")
    model = linear_model.LogisticRegression(C=config.stack_c, max_iter=2000).fit(x, truth)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(present) == 2:  # scikit-learn keeps one row for two classes
        coefficients, intercepts = np.vstack([-coefficients, coefficients]) / 2, np.array([-1, 1]) * intercepts / 2
    weights[:, present] = coefficients.T / scale[:, None]
    bias[present] = intercepts - mean @ weights[:, present]
    return weights, bias


def fit_proportional_odds(
    logits: F64, truth: NDArray[Any], n_levels: int, own: list[int], config: TrainingConfig
) -> tuple[F64, F64]:
    """Maximum likelihood of P(level > k) = sigmoid(w·z - cut_k) with rising cuts and an L2 penalty on w.

    Returns:
        weights (columns, 1) and cuts (levels - 1,).
    """
    optimize = importable("scipy.optimize", "train")
    x, mean, scale = _standardise(logits, own)
    above = truth[:, None] > np.arange(n_levels - 1)
    share = np.clip(above.mean(axis=0), 1e-3, 1 - 1e-3)
    cuts0 = -np.log(share / (1 - share))
    gaps0 = np.log(np.maximum(np.diff(cuts0), 1e-2))
    start = np.concatenate([np.zeros(x.shape[1]), cuts0[:1], gaps0])
    d = x.shape[1]

    def unpack(parameters: F64) -> tuple[F64, F64]:
        return parameters[:d], np.cumsum(np.concatenate([parameters[d : d + 1], np.exp(parameters[d + 1 :])]))

    def loss(parameters: F64) -> tuple[float, F64]:
        w, cuts = unpack(parameters)
        p = sigmoid((x @ w)[:, None] - cuts)
        full = np.hstack([np.ones((len(x), 1)), p, np.zeros((len(x), 1))])
        at = np.arange(len(x))
        likelihood = np.maximum(full[at, truth] - full[at, truth + 1], 1e-9)
        slope = p * (1 - p)
        # d(likelihood)/d(score - cut_k): + at the lower cut of the true level, - at the upper one.
        signed = np.zeros_like(p)
        low, high = truth > 0, truth < n_levels - 1
        signed[at[low], truth[low] - 1] += slope[at[low], truth[low] - 1]
        signed[at[high], truth[high]] -= slope[at[high], truth[high]]
        signed /= likelihood[:, None]
        by_cut = signed.sum(axis=0)  # minus the gradient in each cut
        grad_w = -(x.T @ signed.sum(axis=1)) + w / config.stack_c
        tail = np.cumsum(by_cut[::-1])[::-1]
        grad_cuts = np.concatenate([tail[:1], tail[1:] * np.exp(parameters[d + 1 :])])
        value = -np.log(likelihood).sum() + 0.5 * (w @ w) / config.stack_c
        return float(value), np.concatenate([grad_w, grad_cuts])

    result = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    w, cuts = unpack(result.x)
    w = w / scale
    return w[:, None], cuts + mean @ w


def _under_cost(calibration: HeadCalibration, crossed: F64, truth: NDArray[Any], config: TrainingConfig) -> float:
    """The least cost of missing the gravest level that reaches the recall aimed at; 1 where it cannot be."""
    gravest = truth == len(calibration.labels) - 1
    if not gravest.any():
        return 1.0
    chosen = 1.0
    for cost in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8):
        calibration.under_cost = chosen = float(cost)
        said = np.array([c[0] for c in calibration.decide(crossed)])
        if (said[gravest] == len(calibration.labels) - 1).mean() >= config.urgent_recall:
            break
    return chosen


def choose_review(
    domains: HeadCalibration | None, crossed: F64 | None, truth: F64 | None, config: TrainingConfig
) -> ReviewPolicy:
    """The least confidence from which the domains of a text are all right at ``target_precision`` on held-out folds."""
    if domains is None or crossed is None or truth is None or domains.kind != "multi":
        return ReviewPolicy(target_precision=config.target_precision)
    right = ((crossed >= domains.thresholds) == (truth > 0)).all(axis=1)
    confidence = domain_confidence(crossed, domains.thresholds)
    order = np.argsort(-confidence)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(precision >= config.target_precision)
    limit = float(confidence[order[good[-1]]]) if len(good) else 1.0
    return ReviewPolicy(domain_confidence=round(limit, 4), target_precision=config.target_precision)
