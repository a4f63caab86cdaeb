"""Picks texts one by one: the best by score × distance to all that is chosen or labelled already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Strategy:
    """Which factors count; without any, texts are taken in the order of the pool."""

    uncertainty: bool = True
    rarity: bool = True
    diversity: bool = True


# By what training/benchmark/selection.py compares; "full" did best there and is what ``select`` uses.
STRATEGIES = {
    "full": Strategy(),
    "uncertainty": Strategy(rarity=False, diversity=False),
    "uncertainty+diversity": Strategy(rarity=False),
    "uncertainty+rarity": Strategy(diversity=False),
    "diversity": Strategy(uncertainty=False, rarity=False),
}


def choose(
    score: F64,
    vectors: F32 | None,
    known: F32 | None,
    n: int,
    *,
    allowed: Callable[[int], bool] = lambda i: True,
) -> list[int]:
    """Numbers of up to ``n`` texts, best first.

    With vectors this is farthest-first traversal (Gonzalez 1985; the k-centre heuristic by which Sener & Savarese 2018
    select) with each distance weighted by the text's score. Equal scores go to the text that stands first.

    Args:
        score: (m,), at least 0. vectors: unit vectors, (m, d), or None: by score alone.
        known: unit vectors of what is labelled already, (l, d).
        allowed: asked once of each text that is about to be taken; refused ones are passed over.
    """
    if vectors is None:
        chosen: list[int] = []
        for i in np.argsort(-score, kind="stable"):
            if len(chosen) == n:
                break
            if allowed(int(i)):
                chosen.append(int(i))
        return chosen
    distance = np.ones(len(score))
    if known is not None:
        for start in range(0, len(known), _CHUNK):
            distance = np.minimum(distance, 1 - (vectors @ known[start : start + _CHUNK].T).max(axis=1))
    open_ = np.ones(len(score), dtype=bool)
    out: list[int] = []
    while len(out) < n and open_.any():
        value = np.where(open_, score * np.maximum(distance, 0), -1.0)
        best = int(value.argmax())
        open_[best] = False
        if allowed(best):
            out.append(best)
            distance = np.minimum(distance, 1 - vectors @ vectors[best])
    return out
