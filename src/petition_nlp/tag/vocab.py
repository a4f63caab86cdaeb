"""Characters and hashed character pairs as numbers. One position per code point: offsets are the text's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from petition_nlp.feature.ngram import code_points

PAD, UNKNOWN, MASK, SPACE = 0, 1, 2, 3
FIRST = 4  # first id of a character
I64 = NDArray[np.int64]


class CharVocab:
    """Maps code points to ids by one table look-up.

    Args:
        characters: the known characters, in id order from :data:`FIRST`. Others become :data:`UNKNOWN`.
        pair_bits: pairs of neighbouring ids are hashed to ``2**pair_bits`` buckets.
    """

    def __init__(self, characters: Sequence[str], pair_bits: int = 15) -> None:
        self.characters = list(characters)
        self.pair_bits = pair_bits
        self._table = np.full(0x110000, UNKNOWN, dtype=np.int32)
        for i, c in enumerate(self.characters):
            self._table[ord(c)] = FIRST + i
        for c in " \t\n\r\u3000\xa0":
            self._table[ord(c)] = SPACE

    def __len__(self) -> int:
        return FIRST + len(self.characters)

    def encode(self, text: str) -> NDArray[np.int32]:
        """Ids of a text's characters, shape (len(text),)."""
        return self._table[code_points(text)]

    @staticmethod
    def build(texts: Iterable[str], *, min_count: int = 5, max_size: int = 6000) -> list[str]:
        """The most frequent characters of some texts, by falling frequency."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(text)
        common = [c for c, n in counts.most_common(max_size) if n >= min_count and not c.isspace()]
        return [c for c in common if not 0xD800 <= ord(c) <= 0xDFFF]


def pair_ids(ids: NDArray[np.integer], bits: int) -> I64:
    """Bucket of (previous, this) for each position along the last axis; the first has :data:`PAD` before it."""
    ids = ids.astype(np.int64)
    before = np.zeros_like(ids)
    before[..., 1:] = ids[..., :-1]
    mixed = (before * 0x9E3779B1 + ids * 0x85EBCA6B) & 0xFFFFFFFF
    return np.asarray((mixed ^ (mixed >> 15)) * 0x2C1B3C6D % 0x100000000 >> (32 - bits), dtype=np.int64)
