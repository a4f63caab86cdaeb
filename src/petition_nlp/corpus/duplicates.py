"""Finds equal and nearly equal texts among hundreds of thousands, in time and memory that grow with their number only.

A text is normalised, stripped of all but letters and digits, and cut into character 3-grams. Equal texts are found by
a digest. For nearly equal ones each text gets a MinHash signature (Broder 1997, "On the resemblance and containment of
documents"; linear permutations after Bohman, Cooper & Frieze 2000): the share of places in which two signatures agree
estimates the Jaccard similarity of their 3-gram sets, with a standard error of at most 0.044. Which pairs to compare
comes from banding (Indyk & Motwani 1998; Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", 3.4): 32 bands of
4 places, so that a pair of similarity s is compared with probability 1 - (1 - s^4)^32: 0.9998 at 0.7, 0.003 at 0.1.
Within a band's bucket each text is compared with its next few neighbours and with the first, not with all, so that a
thousand copies of a form letter cost a few thousand comparisons, not a million. A signature takes 512 bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from petition_nlp.feature import HashedNgrams, NgramConfig
from petition_nlp.text import normalize

U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]
Progress = Callable[[str, int, int], None]

THRESHOLD = 0.7
_BANDS, _ROWS = 32, 4
_NEIGHBOURS = 4  # compared within a bucket: the next so many, and the first
_BATCH = 256
_NOT_WORD = re.compile(r"[\W_]+")
_GRAMS = HashedNgrams(NgramConfig(n_min=3, n_max=3, bits=30, title_chars=0))


class NearPair(NamedTuple):
    """Two texts by number, the lower first, and their estimated Jaccard similarity (0..1)."""

    first: int
    second: int
    similarity: float


@dataclass(slots=True)
class Duplicates:
    """What was found.

    Attributes:
        groups: numbers of equal texts, each group of two or more, ascending.
        pairs: nearly equal texts; of a group of equal ones only the first stands here.
        empty: numbers of texts without a letter or digit; they are compared with nothing.
    """

    groups: list[list[int]] = field(default_factory=list)
    pairs: list[NearPair] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)


def compact(text: str) -> str:
    """The letters and digits of the normalised text, without case: what duplicates are judged by."""
    return _NOT_WORD.sub("", normalize(text).text).casefold()


def find_duplicates(
    texts: Sequence[str], *, threshold: float = THRESHOLD, progress: Progress | None = None
) -> Duplicates:
    """Find all equal texts and (with the probability told above) all pairs at least ``threshold`` similar.

    Digits count as one and the same letter for similarity, so that a form letter with another sum is a near duplicate;
    texts are equal only when their digits are.

    Args:
        threshold: least Jaccard similarity of the 3-gram sets, 0.5..1; below 0.5 banding would miss pairs.
    """
    if not 0.5 <= threshold <= 1:
        raise ValueError(f"threshold={threshold}: need 0.5 <= threshold <= 1")
    out = Duplicates()
    groups: dict[bytes, list[int]] = {}
    numbers: list[int] = []
    signatures: list[U32] = []
    for start in range(0, len(texts), _BATCH):
        fresh: list[str] = []
        for i in range(start, min(start + _BATCH, len(texts))):
            plain = compact(texts[i])
            if not plain:
                out.empty.append(i)
                continue
            digest = hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            group = groups.setdefault(digest, [])
            group.append(i)
            if len(group) == 1 and len(plain) >= 3:
                fresh.append(plain)
                numbers.append(i)
        if fresh:
            signatures.append(sign(fresh))
        if progress:
            progress("compare", min(start + _BATCH, len(texts)), len(texts))
    out.groups = sorted(g for g in groups.values() if len(g) > 1)
    if len(numbers) > 1:
        table = np.concatenate(signatures)
        first, second = _candidates(table, threshold)
        similarity = _agreement(table, first, second)
        out.pairs = [
            NearPair(numbers[a], numbers[b], float(s)) for a, b, s in zip(first, second, similarity, strict=True)
        ]
    return out


def sign(texts: Sequence[str]) -> U32:
    """MinHash signatures of texts of at least 3 characters each, shape (texts, 128)."""
    grams, owners = _GRAMS.batch(texts)
    order = np.argsort(owners, kind="stable")
    grams = grams[order]
    starts = np.searchsorted(owners[order], np.arange(len(texts)))
    out = np.empty((len(texts), _BANDS * _ROWS), dtype=np.uint32)
    for k, (factor, shift) in enumerate(_PERMUTATIONS):
        out[:, k] = np.minimum.reduceat(_mix(grams, factor, shift), starts)
    return out


def _mix(grams: U32, factor: np.uint32, shift: np.uint32) -> U32:
    """A permutation of the 32-bit numbers. The fold in the middle is there because the high bits of a product, which
    decide the minimum, otherwise depend on the input in the same way for every factor.
    """
    state: U32 = (grams ^ shift) * factor
    state ^= state >> np.uint32(15)
    state *= np.uint32(0x2C1B3C6D)
    return state


def _permutations() -> list[tuple[np.uint32, np.uint32]]:
    rng = np.random.default_rng(1997)
    drawn = rng.integers(0, 1 << 32, size=(_BANDS * _ROWS, 2), dtype=np.uint32)
    return [(np.uint32(a | np.uint32(1)), b) for a, b in drawn]  # odd factors permute


_PERMUTATIONS = _permutations()


def _candidates(table: U32, threshold: float) -> tuple[I64, I64]:
    """Pairs that share a band and agree in at least ``threshold`` of all places, as two arrays of equal length."""
    n = len(table)
    found: I64 = np.empty(0, dtype=np.int64)
    for band in range(_BANDS):
        part = table[:, band * _ROWS : (band + 1) * _ROWS].astype(np.uint64)
        key = np.zeros(n, dtype=np.uint64)
        for column in part.T:
            key = (key ^ column) * np.uint64(0x9E3779B97F4A7C15)
        order = np.argsort(key, kind="stable").astype(np.int64)
        key = key[order]
        opens = np.concatenate([[True], key[1:] != key[:-1]])
        heads = order[np.maximum.accumulate(np.where(opens, np.arange(n), 0))]
        lower, upper = [heads[~opens]], [order[~opens]]
        for step in range(1, min(_NEIGHBOURS + 1, n)):
            same = key[step:] == key[:-step]
            lower.append(order[:-step][same])
            upper.append(order[step:][same])
        pairs = np.unique(np.concatenate(lower) * n + np.concatenate(upper))
        pairs = pairs[~np.isin(pairs, found, assume_unique=True)]
        alike = _agreement(table, pairs // n, pairs % n) >= threshold
        found = np.union1d(found, pairs[alike])
    return found // n, found % n


def _agreement(table: U32, first: I64, second: I64) -> NDArray[np.float64]:
    out = np.empty(len(first))
    for at in range(0, len(first), 8192):
        here = slice(at, at + 8192)
        out[here] = (table[first[here]] == table[second[here]]).mean(axis=1)
    return out
