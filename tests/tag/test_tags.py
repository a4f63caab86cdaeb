from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from petition_nlp.corpus import ENTITY_TYPES
from petition_nlp.tag.runtime import windows
from petition_nlp.tag.tags import N_TAGS, decode, encode_spans, is_legal, read_spans, viterbi

SPANS = st.lists(st.tuples(st.sampled_from(ENTITY_TYPES), st.integers(0, 20), st.integers(1, 6)), max_size=6)


@given(SPANS)
def test_spans_survive_the_tags(drawn: list[tuple[str, int, int]]) -> None:
    spans, reach = [], 0
    for kind, gap, size in drawn:
        spans.append((kind, reach + gap, reach + gap + size))
        reach = spans[-1][2]
    tags = encode_spans(spans, reach + 3)
    assert is_legal(tags)
    assert read_spans(tags) == spans


def test_of_overlapping_spans_the_longer_counts() -> None:
    tags = encode_spans([("PERSON", 2, 4), ("ORG", 0, 3), ("PLACE", 9, 12)], 10)
    assert read_spans(tags) == [("ORG", 0, 3)]


@settings(deadline=None, max_examples=60)
@given(arrays.arrays(np.float32, st.tuples(st.integers(1, 30), st.just(N_TAGS)), elements=st.floats(-5, 5, width=32)))
def test_only_legal_sequences_come_out(scores: np.ndarray) -> None:
    for tags in (decode(scores), viterbi(scores)):
        assert len(tags) == len(scores)
        assert is_legal(tags)


def test_viterbi_is_the_best_legal_sequence() -> None:
    """Against every sequence of three characters over two types."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        scores = np.full((3, N_TAGS), -100.0, dtype=np.float32)
        scores[:, :9] = rng.normal(size=(3, 9))
        best = max(
            (np.array(t) for t in np.ndindex(9, 9, 9) if is_legal(np.array(t))),
            key=lambda t: scores[np.arange(3), t].sum(),
        )
        assert (viterbi(scores) == best).all()


@pytest.mark.parametrize(
    ("length", "size", "reach"), [(0, 64, 8), (1, 64, 8), (64, 64, 8), (65, 64, 8), (1000, 64, 8), (130, 40, 16)]
)
def test_windows_tile_the_text_and_keep_their_distance(length: int, size: int, reach: int) -> None:
    seen = 0
    for start, stop, keep_from, keep_to in windows(length, size, reach):
        assert keep_from == seen
        assert stop - start <= size
        assert start == 0 or keep_from - start >= reach
        assert stop == length or stop - keep_to >= reach
        seen = keep_to
    assert seen == length
