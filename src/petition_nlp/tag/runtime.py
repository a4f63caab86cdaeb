"""Runs the tagger with ONNX Runtime: no torch. Texts of any length; nothing at a seam is lost.

The network sees ``reach`` characters to either side of a character and no more, so windows that overlap by twice that
give every character exactly the scores it has in the whole text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from petition_nlp.corpus import EntitySpan
from petition_nlp.errors import BundleError
from petition_nlp.extract import Match
from petition_nlp.tag.marks import N_MARKS, mark
from petition_nlp.tag.tags import N_TAGS, decode, read_spans, span_score
from petition_nlp.tag.vocab import CharVocab, pair_ids

F32 = NDArray[np.float32]
ScoredSpan = tuple[EntitySpan, float]
WINDOW = 512  # characters run at once; longer texts are windowed
BATCH_CHARS = 8192  # characters in one run of the network, padding included


class TaggerRuntime:
    """A loaded tagger.

    Args:
        model: the ONNX file. config: its entry in the manifest. threads: of ONNX Runtime (1 suits many processes).
    """

    def __init__(self, model: Path, config: Mapping[str, Any], *, threads: int = 1) -> None:
        if config["tags"] != N_TAGS or config["marks"] != N_MARKS:
            raise BundleError(f"{model}: made for other tags than this library's; get a bundle of this version")
        self.vocab = CharVocab(config["characters"], config["pair_bits"])
        self.reach = sum(config["dilations"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def __call__(self, texts: Sequence[str], matches: Sequence[Sequence[Match]]) -> list[list[ScoredSpan]]:
        """Tag normalised texts, given what the grammars found in each.

        Returns:
            for each text its spans, not overlapping, by start, each with a score in (0, 1].
        """
        ids = [self.vocab.encode(t) for t in texts]
        scores = self._scores(ids, [mark(m, len(t)) for m, t in zip(matches, texts, strict=True)])
        out = []
        for table in scores:
            spans = read_spans(decode(table))
            out.append([(s, span_score(table, s[1], s[2], s[0])) for s in spans])
        return out

    def _scores(self, ids: list[NDArray[np.int32]], marks: list[NDArray[np.int64]]) -> list[F32]:
        """Log-probabilities of the tags, one (length, N_TAGS) table a text."""
        out = [np.empty((len(i), N_TAGS), dtype=np.float32) for i in ids]
        pieces: list[tuple[int, int, int, int, int]] = []  # text, window from, to, keep from, to
        for t, own in enumerate(ids):
            pieces += [(t, *w) for w in windows(len(own), WINDOW, self.reach)]
        pieces.sort(key=lambda p: p[2] - p[1])
        begin = 0
        while begin < len(pieces):
            end = begin + 1
            # Sorted by length, the next piece is the longest of its batch and tells the padding.
            while end < len(pieces) and (end - begin + 1) * (pieces[end][2] - pieces[end][1]) <= BATCH_CHARS:
                end += 1
            self._run(pieces[begin:end], ids, marks, out)
            begin = end
        return out

    def _run(
        self,
        pieces: list[tuple[int, int, int, int, int]],
        ids: list[NDArray[np.int32]],
        marks: list[NDArray[np.int64]],
        out: list[F32],
    ) -> None:
        length = max(b - a for _, a, b, _, _ in pieces)
        x = np.zeros((3, len(pieces), length), dtype=np.int64)
        for r, (t, a, b, _, _) in enumerate(pieces):
            x[0, r, : b - a] = ids[t][a:b]
            x[1, r, : b - a] = pair_ids(ids[t][max(a - 1, 0) : b], self.vocab.pair_bits)[-(b - a) :]
            x[2, r, : b - a] = marks[t][a:b]
        (scores,) = self._session.run(None, {"ids": x[0], "pairs": x[1], "marks": x[2]})
        for r, (t, a, _, keep_from, keep_to) in enumerate(pieces):
            rows = scores[r, keep_from - a : keep_to - a]
            rows = rows - rows.max(axis=1, keepdims=True)
            out[t][keep_from:keep_to] = rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))


def windows(length: int, size: int, reach: int) -> list[tuple[int, int, int, int]]:
    """Windows over a text: (from, to, keep from, keep to). The kept parts tile the text; each lies at least ``reach``
    characters inside its window, unless the text itself ends there.
    """
    if length <= size:
        return [(0, length, 0, length)] if length else []
    out = []
    kept = 0
    while kept < length:
        start = max(0, kept - reach)
        stop = min(length, start + size)
        keep_to = length if stop == length else stop - reach
        out.append((start, stop, kept, keep_to))
        kept = keep_to
    return out
