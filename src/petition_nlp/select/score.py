"""How much a label of a text would teach: how unsure the model is of it, and how rare what it may be.

All of it is computed from calibrated probabilities of a bundle, so that a head is unsure where it really errs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from petition_nlp.calibrate import HeadCalibration, domain_confidence
from petition_nlp.engine.linear import Featurizer

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
DIMENSIONS = 512
_CHUNK = 64


def uncertainty(calibration: HeadCalibration, probabilities: F64) -> F64:
    """Probability that the head's decision on a text is wrong, 0..1, of shape (n,) from (n, labels).

    Least confidence (Lewis & Gale 1994; for several decisions at once Culotta & McCallum 2005): 1 - max p; of a head of
    several labels 1 - the product of the probabilities that each label's decision is right.
    """
    if calibration.kind == "multi":
        return np.asarray(1 - domain_confidence(probabilities, calibration.thresholds))
    return np.asarray(1 - probabilities.max(axis=1))


def rarity(calibration: HeadCalibration, probabilities: F64) -> F64:
    """Expected rarity of a text's labels, 0..1, of shape (n,) from (n, labels).

    A label weighs 1 / sqrt(f), f being the share of the pool that is predicted to carry it; the rarest weighs 1. The
    square root, by which Mahajan et al. 2018 sample, stands between no weight and the inverse frequency, which would
    spend all on the rarest label and its false friends. "None of the labels" counts as a label.
    """
    q = probabilities
    if calibration.kind == "multi":
        q = np.hstack([q, np.prod(1 - q, axis=1, keepdims=True)])
    q = q / np.maximum(q.sum(axis=1, keepdims=True), 1e-12)
    # A label that hardly ever is predicted would otherwise take all the weight from the others.
    share = np.maximum(q.mean(axis=0), 1 / max(len(q), 1))
    weight = 1 / np.sqrt(share)
    return np.asarray(q @ (weight / weight.max()))


def scores(
    heads: Mapping[str, HeadCalibration],
    probabilities: Mapping[str, F64],
    asked: Mapping[str, F64],
    *,
    by_uncertainty: bool = True,
    by_rarity: bool = True,
) -> tuple[F64, dict[str, F64]]:
    """Mean over the heads of uncertainty × rarity: expected wrong decisions on a text, rare labels weighing more.

    Heads are not brought to a common scale: a head that is hardly ever wrong would then choose the few texts that it is
    unsure of, and with them most of the batch.

    Args:
        asked: head -> probability that a text is of a kind that the head is asked of, (n,); missing: 1.

    Returns:
        the score of each text, (n,), and what each head adds to it.
    """
    parts = {}
    for name, p in probabilities.items():
        part = uncertainty(heads[name], p) if by_uncertainty else np.ones(len(p))
        if by_rarity:
            part = part * rarity(heads[name], p)
        parts[name] = part * asked.get(name, 1.0) / len(probabilities)
    return np.sum(list(parts.values()), axis=0), parts


def project(featurize: Featurizer, texts: Sequence[str], *, seed: int = 0) -> F32:
    """Unit vectors of normalised texts, (n, 512), whose dot product is nearly the cosine of their n-gram vectors: each
    feature falls on one place with a random sign (feature hashing, Weinberger et al. 2009).
    """
    rng = np.random.default_rng(seed)
    size = len(featurize.space)
    place, sign = rng.integers(0, DIMENSIONS, size), rng.choice([-1.0, 1.0], size)
    out = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for start in range(0, len(texts), _CHUNK):
        indptr, features, values = featurize.batch(texts[start : start + _CHUNK])
        n = len(indptr) - 1
        at = np.repeat(np.arange(n) * DIMENSIONS, np.diff(indptr)) + place[features]
        out[start : start + n] = np.bincount(at, values * sign[features], n * DIMENSIONS).reshape(n, DIMENSIONS)
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9), dtype=np.float32)
