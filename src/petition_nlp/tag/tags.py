"""The tag scheme BIOES and its decoding: only legal sequences come out.

Begin, Inside, End, Single and Outside (Ratinov & Roth 2009, there called BILOU). A sequence is legal when every B is
followed by I or E of its type, every I likewise, and nothing else is followed by I or E.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from petition_nlp.corpus import ENTITY_TYPES, EntitySpan

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
O = 0  # noqa: E741  the scheme's own name for "outside"
N_TYPES = len(ENTITY_TYPES)
N_TAGS = 1 + 4 * N_TYPES  # O, then B, I, E, S of each type
_B, _I, _E, _S = (1 + np.arange(N_TYPES) * 4 + k for k in range(4))


def encode_spans(spans: Sequence[EntitySpan], length: int) -> I64:
    """Tags of a text of so many characters. Of overlapping spans the longer one counts. Shape (length,)."""
    tags = np.zeros(length, dtype=np.int64)
    for kind, start, end in sorted(spans, key=lambda s: s[1] - s[2]):
        if start >= end or end > length or tags[start:end].any():
            continue
        base = 1 + 4 * ENTITY_TYPES.index(kind)
        if end - start == 1:
            tags[start] = base + 3
        else:
            tags[start], tags[end - 1] = base, base + 2
            tags[start + 1 : end - 1] = base + 1
    return tags


def is_legal(tags: I64) -> bool:
    """Whether a tag sequence can be read as spans."""
    if not len(tags):
        return True
    place, kind = (tags - 1) % 4, (tags - 1) // 4
    opens = (tags != O) & (place <= 1)  # B or I: the entity goes on
    goes_on = (tags != O) & ((place == 1) | (place == 2))  # I or E: it began before
    if opens[-1] or goes_on[0]:
        return False
    same = kind[1:] == kind[:-1]
    return bool((opens[:-1] == goes_on[1:]).all() and same[opens[:-1]].all())


def decode(scores: F32) -> I64:
    """A legal sequence of great score, shape (length, N_TAGS) -> (length,).

    Where the best tag of every character is legal already, that is the best sequence. Elsewhere the stretch around the
    fault, with two characters outside on either side, is decoded by Viterbi: legal stretches that begin and end
    closed stay legal side by side.
    """
    tags = scores.argmax(axis=1).astype(np.int64)
    if is_legal(tags):
        return np.asarray(tags, dtype=np.int64)
    near = np.convolve(tags != O, np.ones(5, dtype=np.int64), mode="same")[: len(tags)] > 0
    edges = np.flatnonzero(np.diff(np.concatenate(([0], near.astype(np.int8), [0]))))
    for start, end in edges.reshape(-1, 2):
        if not is_legal(tags[start:end]):
            tags[start:end] = viterbi(scores[start:end])
    return np.asarray(tags, dtype=np.int64)


def viterbi(scores: F32) -> I64:
    """The legal sequence with the greatest sum of scores (Viterbi 1967), shape (length, N_TAGS) -> (length,).

    A step needs no table of transitions: after a closed tag (O, E, S) come O, B, S; after B or I of a type come I or E
    of that type.
    """
    n = len(scores)
    closed_tags = np.concatenate(([O], _E, _S))
    back_closed = np.zeros(n, dtype=np.int64)  # best closed tag before i
    back_open = np.zeros((n, N_TYPES), dtype=np.int64)  # best of B, I of each type before i
    best = np.full(N_TAGS, -np.inf, dtype=np.float64)
    best[O], best[_B], best[_S] = scores[0, O], scores[0, _B], scores[0, _S]
    for i in range(1, n):
        row = scores[i]
        at = int(best[closed_tags].argmax())
        back_closed[i] = closed_tags[at]
        closed = best[back_closed[i]]
        inside = best[_I] > best[_B]
        back_open[i] = np.where(inside, _I, _B)
        opened = np.where(inside, best[_I], best[_B])
        best = np.empty(N_TAGS)
        best[O] = closed + row[O]
        best[_B], best[_S] = closed + row[_B], closed + row[_S]
        best[_I], best[_E] = opened + row[_I], opened + row[_E]
    tags = np.zeros(n, dtype=np.int64)
    tags[-1] = closed_tags[int(best[closed_tags].argmax())]
    for i in range(n - 1, 0, -1):
        place, kind = (tags[i] - 1) % 4, (tags[i] - 1) // 4
        tags[i - 1] = back_open[i, kind] if tags[i] != O and place in (1, 2) else back_closed[i]
    return tags


def read_spans(tags: I64) -> list[EntitySpan]:
    """Spans of a legal sequence, in order."""
    out: list[EntitySpan] = []
    start = 0
    for i in np.flatnonzero(tags):
        place, kind = int(tags[i] - 1) % 4, int(tags[i] - 1) // 4
        if place in (0, 3):
            start = int(i)
        if place in (2, 3):
            out.append((ENTITY_TYPES[kind], start, int(i) + 1))
    return out


def span_score(log_probabilities: F32, start: int, end: int, kind: str) -> float:
    """How sure the tagger is of a span: the geometric mean over its characters of the probability of their tag.

    Args:
        log_probabilities: (length, N_TAGS).
    """
    tags = encode_spans([(kind, 0, end - start)], end - start)
    return float(np.exp(log_probabilities[np.arange(start, end), tags].mean()))
