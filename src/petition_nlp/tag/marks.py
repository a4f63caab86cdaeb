"""What the grammars found, as input of the tagger: one number a character."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from petition_nlp.extract import Match

MARKED_TYPES = ("MONEY", "DATE", "AREA", "HEADCOUNT", "PHONE", "ID_NUMBER", "DOC_REF")
N_MARKS = 1 + 2 * len(MARKED_TYPES)  # nothing, then first and further characters of each type


def mark(matches: Iterable[Match], length: int) -> NDArray[np.int64]:
    """Numbers of a text's characters, shape (length,)."""
    out = np.zeros(length, dtype=np.int64)
    for m in matches:
        if m.type in MARKED_TYPES:
            base = 1 + 2 * MARKED_TYPES.index(m.type)
            out[m.start : m.end] = base + 1
            out[m.start] = base
    return out
