"""Hashed character n-grams by arithmetic on arrays of code points: no Python loop runs over n-grams.

A text becomes an array of code points, folded by a table (lower case, all digits alike, all white space and
punctuation of one kind alike). The hash of an n-gram starting at i is a polynomial in its folded code points, so
the hashes of all n-grams of one length come from those one shorter by one multiply-add over the whole array
(Karp & Rabin 1987). A final multiply-shift spreads them over ``2**bits`` buckets (Dietzfelbinger et al. 1997).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]

_BASE = np.uint32(0x01000193)
_SPREAD = np.uint32(0x9E3779B1)
_BREAK = 1  # folded code of punctuation and white space
_DIGIT = 2  # folded code of every decimal digit
_TITLE_SEED = np.uint32(0x5BD1E995)


@dataclass(frozen=True, slots=True)
class NgramConfig:
    """What is hashed. Part of the bundle: training and inference must agree.

    Attributes:
        n_min, n_max: shortest and longest n-gram, in characters.
        bits: the hash space has ``2**bits`` buckets.
        title_chars: the first line up to this many characters is hashed a second time into buckets of its own
            (0: no title features). A petition's first line is its subject.
        title_n_max: longest n-gram of the title.
    """

    n_min: int = 1
    n_max: int = 4
    bits: int = 20
    title_chars: int = 60
    title_n_max: int = 3

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@lru_cache(maxsize=1)
def folding_table() -> U32:
    """Folded code for each code point, shape (0x110000,). Built once; about 4 MB."""
    table = np.arange(0x110000, dtype=np.uint32)
    for cp in (*range(0x250), *range(0x370, 0x530)):
        low = chr(cp).lower()
        if len(low) == 1:
            table[cp] = ord(low)
    for lo, hi in (
        (0x0, 0x30),
        (0x3A, 0x41),
        (0x5B, 0x61),
        (0x7B, 0xC0),
        (0x2000, 0x2070),
        (0x3000, 0x3005),
        (0x3008, 0x3021),
        (0xFE30, 0xFE50),
        (0xFF00, 0xFF10),
        (0xFF1A, 0xFF21),
        (0xFF3B, 0xFF41),
        (0xFF5B, 0xFF66),
    ):
        table[lo:hi] = _BREAK
    table[0x30:0x3A] = _DIGIT
    table[0xFF10:0xFF1A] = _DIGIT
    return table


def code_points(text: str) -> U32:
    """The text's code points, shape (len(text),); lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


class HashedNgrams:
    """Hashes texts to bucket numbers, position by position."""

    def __init__(self, config: NgramConfig) -> None:
        if not 1 <= config.n_min <= config.n_max <= 8:
            raise ValueError(f"n_min={config.n_min}, n_max={config.n_max}: need 1 <= n_min <= n_max <= 8")
        if not 8 <= config.bits <= 30:
            raise ValueError(f"bits={config.bits}: need 8 <= bits <= 30")
        self.config = config
        self._shift = np.uint32(32 - config.bits)
        self._fold = folding_table()

    def positions(self, text: str) -> tuple[U32, I32, I32]:
        """All n-grams of a text with where they stand.

        Returns:
            (buckets, starts, ends), each of shape (number of n-grams,); ``text[starts[i]:ends[i]]`` is the i-th.
        """
        folded = self._fold[code_points(text)]
        parts = self._hash(folded, self.config.n_min, self.config.n_max)
        buckets = [b for _, b in parts]
        sizes = [n for n, _ in parts]
        cut = self._title_length(text)
        if cut:
            title = self._hash(folded[:cut] ^ _TITLE_SEED, self.config.n_min, self.config.title_n_max)
            buckets += [b for _, b in title]
            sizes += [n for n, _ in title]
        if not buckets:
            return np.empty(0, np.uint32), np.empty(0, np.int32), np.empty(0, np.int32)
        starts = np.concatenate([np.arange(len(b), dtype=np.int32) for b in buckets])
        lengths = np.repeat(np.array(sizes, dtype=np.int32), [len(b) for b in buckets])
        return np.concatenate(buckets), starts, starts + lengths

    def buckets(self, text: str) -> U32:
        """The buckets of all n-grams of a text, unordered, repeats kept. Shape (number of n-grams,)."""
        return self.batch([text])[0]

    def batch(self, texts: Sequence[str]) -> tuple[U32, I32]:
        """The buckets of all n-grams of several texts at once, which shares the cost of each array operation.

        Returns:
            (buckets, owners), each of shape (number of n-grams,): ``owners[i]`` is the number of the i-th's text.
        """
        lengths = np.array([len(t) for t in texts], dtype=np.int64)
        folded = self._fold[code_points("".join(texts))]
        owner = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
        buckets, owners = self._hash_joined(folded, owner, self.config.n_max)
        cuts = np.array([self._title_length(t) for t in texts], dtype=np.int64)
        if cuts.any():
            offset = np.arange(len(folded)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
            inside = offset < np.repeat(cuts, lengths)
            more = self._hash_joined(folded[inside] ^ _TITLE_SEED, owner[inside], self.config.title_n_max)
            buckets, owners = buckets + more[0], owners + more[1]
        if not buckets:
            return np.empty(0, np.uint32), np.empty(0, np.int32)
        return np.concatenate(buckets), np.concatenate(owners)

    def _hash_joined(self, folded: U32, owner: I32, n_max: int) -> tuple[list[U32], list[I32]]:
        """Hashes of texts joined end to end, without the n-grams that reach from one text into the next."""
        buckets, owners = [], []
        for n, hashed in self._hash(folded, self.config.n_min, n_max):
            first, last = owner[: len(hashed)], owner[n - 1 :]
            whole = first == last
            buckets.append(hashed[whole])
            owners.append(first[whole])
        return buckets, owners

    def _title_length(self, text: str) -> int:
        if not self.config.title_chars:
            return 0
        line = text.find("\n")
        return min(line if line >= 0 else len(text), self.config.title_chars)

    def _hash(self, folded: U32, n_min: int, n_max: int) -> list[tuple[int, U32]]:
        out: list[tuple[int, U32]] = []
        state = folded
        for n in range(1, min(n_max, len(folded)) + 1):
            if n > 1:
                state = state[:-1] * _BASE + folded[n - 1 :]
            if n >= n_min:
                out.append((n, ((state ^ (state >> np.uint32(15))) * _SPREAD) >> self._shift))
        return out
