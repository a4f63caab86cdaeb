"""Texts to sparse feature matrices, in a form that bounds memory: about 8 bytes per distinct n-gram of a text."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from petition_nlp.engine import FeatureSpace
from petition_nlp.engine.linear import Featurizer
from petition_nlp.errors import importable
from petition_nlp.feature import HashedNgrams, Lexicon
from petition_nlp.train.config import TrainingConfig

Progress = Callable[[str, int, int], None]


def learn_space(texts: Iterable[str], config: TrainingConfig, lexicon: Lexicon) -> FeatureSpace:
    """Choose the n-gram buckets to keep and their idf = ln((1 + n) / (1 + df)) + 1 from normalised texts."""
    hasher = HashedNgrams(config.ngrams)
    document_counts = np.zeros(1 << config.ngrams.bits, dtype=np.int32)
    n = 0
    for text in texts:
        document_counts[np.unique(hasher.buckets(text))] += 1
        n += 1
    kept = np.flatnonzero(document_counts >= config.min_df)
    if len(kept) > config.max_features:
        order = np.argsort(-document_counts[kept], kind="stable")[: config.max_features]
        kept = np.sort(kept[order])
    idf = np.log((1 + n) / (1 + document_counts[kept])) + 1
    return FeatureSpace(
        ngrams=config.ngrams,
        buckets=kept.astype(np.uint32),
        idf=idf.astype(np.float32),
        lexicon=lexicon if config.lexicon_scale else Lexicon({}),
        lexicon_scale=config.lexicon_scale,
    )


def feature_matrix(texts: Sequence[str], space: FeatureSpace) -> Any:
    """scipy CSR matrix, float32, shape (texts, len(space))."""
    sparse = importable("scipy.sparse", "train")
    featurize = Featurizer(space)
    parts = deque(featurize.batch(texts[i : i + 256]) for i in range(0, len(texts), 256))
    indptr = np.concatenate([[0], *(np.diff(p[0]) for p in parts)]).cumsum()
    indices, data = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.float32)
    at = 0
    while parts:  # each part is let go once copied, so that the whole is in memory once
        _, rows, values = parts.popleft()
        indices[at : at + len(rows)], data[at : at + len(rows)] = rows, values
        at += len(rows)
    return sparse.csr_matrix((data, indices, indptr), shape=(len(texts), len(space)))
