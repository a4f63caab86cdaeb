"""The linear engine: hashed character n-grams and lexicon concepts, one weight table for all heads. Needs numpy only.

A text's feature vector holds ``(1 + ln count) * idf`` per n-gram bucket that training kept, scaled to unit length
(Salton & Buckley 1988), and beside it ``scale * (1 + ln count)`` per lexicon concept. The logits of all heads are one
product of that vector with the weight table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petition_nlp.feature import HashedNgrams, Lexicon, NgramConfig, parse_lexicon

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
_CHUNK = 32  # texts featurised at once; more would leave the processor's cache
_LOG = 1 + np.log(np.maximum(np.arange(100_000, dtype=np.float32), 1))  # 1 + ln count, for counts


@dataclass(frozen=True, slots=True)
class FeatureSpace:
    """Which features exist: the n-gram buckets kept, their idf, and the lexicon.

    Attributes:
        buckets: sorted hash buckets, uint32 of shape (V,). Feature i < V is bucket ``buckets[i]``.
        idf: float32 of shape (V,).
        lexicon: its concept j is feature V + j.
        lexicon_scale: weight of concept features against the unit-length n-gram part.
    """

    ngrams: NgramConfig
    buckets: NDArray[np.uint32]
    idf: F32
    lexicon: Lexicon
    lexicon_scale: float

    def __len__(self) -> int:
        return len(self.buckets) + len(self.lexicon.ids)


class Featurizer:
    """Computes feature vectors of normalised texts."""

    def __init__(self, space: FeatureSpace) -> None:
        self.space = space
        self._hasher = HashedNgrams(space.ngrams)
        self._row = np.full(1 << space.ngrams.bits, -1, dtype=np.int32)
        self._row[space.buckets] = np.arange(len(space.buckets), dtype=np.int32)
        concepts = np.full(len(space.lexicon.ids), space.lexicon_scale, dtype=np.float32)
        self._weight = np.concatenate([space.idf, concepts])

    def __call__(self, text: str) -> tuple[I32, F32]:
        """Feature numbers (sorted, distinct) and values of one text, both of shape (features present,)."""
        _, rows, values = self.batch([text])
        return rows, values

    def batch(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], I32, F32]:
        """Features of several texts in compressed rows: those of text i are ``[indptr[i]:indptr[i + 1]]``.

        Returns:
            indptr of shape (texts + 1,), feature numbers (sorted and distinct in each text) and values.
        """
        n, size = len(self.space.buckets), len(self.space)
        buckets, owner = self._hasher.batch(texts)
        rows = self._row[buckets]
        known = rows >= 0
        concepts, concept_owner = self.space.lexicon.batch(texts)
        key = np.concatenate(
            [
                owner[known].astype(np.int64) * size + rows[known],
                concept_owner.astype(np.int64) * size + (concepts + n),
            ]
        )
        key.sort()
        first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if len(key) else np.empty(0, np.int64)
        counts = np.diff(np.append(first, len(key)))
        text, feature = np.divmod(key[first], size)
        indptr = np.searchsorted(text, np.arange(len(texts) + 1))
        values = self._weight[feature] * _LOG[np.minimum(counts, len(_LOG) - 1)]
        gram = feature < n
        length = np.sqrt(np.bincount(text[gram], values[gram] ** 2, minlength=len(texts)))
        values[gram] /= length[text[gram]]
        return indptr, feature.astype(np.int32), values.astype(np.float32)

    def positions(self, text: str) -> tuple[I32, I32, I32]:
        """Every occurrence of a kept feature: (feature numbers, starts, ends)."""
        buckets, starts, ends = self._hasher.positions(text)
        rows = self._row[buckets]
        kept = rows >= 0
        rows, starts, ends = rows[kept], starts[kept], ends[kept]
        found = self.space.lexicon.find(text)
        if found:
            extra = np.array(found, dtype=np.int32)
            rows = np.concatenate([rows, extra[:, 0] + np.int32(len(self.space.buckets))])
            starts = np.concatenate([starts, extra[:, 1]])
            ends = np.concatenate([ends, extra[:, 2]])
        return rows, starts, ends


class LinearEngine:
    """Weights over a feature space.

    Args:
        columns: (head, label) of each column; an ordinal head has one column, its scale.
        weights: float32 of shape (len(space), len(columns)).
        bias: float32 of shape (len(columns),).
    """

    name = "linear"

    def __init__(self, space: FeatureSpace, columns: Sequence[tuple[str, str]], weights: F32, bias: F32) -> None:
        if weights.shape != (len(space), len(columns)) or bias.shape != (len(columns),):
            raise ValueError(f"weights {weights.shape} and bias {bias.shape} do not fit {len(space)} x {len(columns)}")
        self.space = space
        self.columns = list(columns)
        self.weights = np.ascontiguousarray(weights, dtype=np.float32)
        self.bias = bias.astype(np.float32)
        self.featurize = Featurizer(space)

    def logits(self, texts: Sequence[str]) -> F32:
        """Raw scores of normalised texts, shape (len(texts), len(columns))."""
        out = np.empty((len(texts), len(self.columns)), dtype=np.float32)
        for begin in range(0, len(texts), _CHUNK):
            indptr, rows, values = self.featurize.batch(texts[begin : begin + _CHUNK])
            weights = self.weights[rows]
            for i, (a, b) in enumerate(pairwise(indptr), begin):
                out[i] = values[a:b] @ weights[a:b]
        return out + self.bias

    def contributions(self, text: str, columns: Sequence[int]) -> F32:
        """How much each character of a text adds to some columns, shape (len(columns), len(text)).

        Every occurrence of a feature carries an equal part of its term ``value * weight``, spread evenly over its
        characters; the sum over characters is the logit without bias.
        """
        at, starts, ends = self.featurize.positions(text)
        out = np.zeros((len(columns), len(text) + 1), dtype=np.float64)
        if not len(at):
            return out[:, :-1].astype(np.float32)
        rows, values = self.featurize(text)
        place = np.searchsorted(rows, at)
        share = (values / np.bincount(place, minlength=len(rows)))[place] / (ends - starts)
        for i, column in enumerate(columns):
            term = share * self.weights[at, column]
            # A difference array: add at the start, take away behind the end, then sum up.
            out[i] += np.bincount(starts, term, minlength=len(text) + 1)
            out[i] -= np.bincount(ends, term, minlength=len(text) + 1)
        return np.cumsum(out, axis=1)[:, :-1].astype(np.float32)

    def to_tensors(self) -> dict[str, NDArray[Any]]:
        """Arrays for a bundle; weights as float16, which changes no logit by more than about 0.001."""
        return {
            "buckets": self.space.buckets,
            "idf": self.space.idf.astype(np.float32),
            "weights": self.weights.astype(np.float16),
            "bias": self.bias,
        }

    def to_config(self) -> dict[str, Any]:
        return {
            "ngrams": self.space.ngrams.to_dict(),
            "lexicon_scale": self.space.lexicon_scale,
            "columns": [list(c) for c in self.columns],
        }

    @classmethod
    def from_parts(
        cls, config: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], lexicon: Mapping[str, Any]
    ) -> LinearEngine:
        """Rebuild from what a bundle holds."""
        space = FeatureSpace(
            ngrams=NgramConfig(**config["ngrams"]),
            buckets=tensors["buckets"].astype(np.uint32),
            idf=tensors["idf"].astype(np.float32),
            lexicon=parse_lexicon(dict(lexicon)),
            lexicon_scale=float(config["lexicon_scale"]),
        )
        columns = [(str(h), str(c)) for h, c in config["columns"]]
        return cls(space, columns, tensors["weights"].astype(np.float32), tensors["bias"].astype(np.float32))
