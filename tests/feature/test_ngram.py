from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition_nlp.feature import HashedNgrams, NgramConfig

TEXTS = st.text(alphabet=st.characters(), max_size=60)


@given(TEXTS)
def test_positions_name_the_buckets(text: str) -> None:
    """Every n-gram hashes to the bucket of the same n-gram standing alone: the hash depends on its characters only."""
    hasher = HashedNgrams(NgramConfig(n_max=3, title_chars=0))
    buckets, starts, ends = hasher.positions(text)
    assert sorted(buckets) == sorted(hasher.buckets(text))
    assert len(buckets) == sum(max(0, len(text) - n + 1) for n in (1, 2, 3))
    for bucket, start, end in list(zip(buckets, starts, ends, strict=True))[:40]:
        piece = text[start:end]
        alone, _, lengths = hasher.positions(piece)
        assert bucket in alone[lengths - 0 == len(piece)]


def test_folding_makes_digits_case_and_punctuation_alike() -> None:
    hasher = HashedNgrams(NgramConfig(title_chars=0))
    assert (hasher.buckets("A12，b") == hasher.buckets("a98。B")).all()
    assert not (hasher.buckets("村") == hasher.buckets("镇")).all()


def test_title_has_buckets_of_its_own() -> None:
    with_title = HashedNgrams(NgramConfig(n_max=2, title_n_max=2, title_chars=60))
    without = HashedNgrams(NgramConfig(n_max=2, title_chars=0))
    text = "修路\n请修路"
    extra = len(with_title.buckets(text)) - len(without.buckets(text))
    assert extra == 3  # 修, 路, 修路
    assert not np.isin(with_title.buckets("修路")[3:], without.buckets("修路")).any()


def test_short_and_surrogate_texts() -> None:
    hasher = HashedNgrams(NgramConfig())
    assert len(hasher.buckets("")) == 0
    assert len(hasher.positions("")[0]) == 0
    assert len(hasher.buckets("\ud800\udfff")) > 0


@pytest.mark.parametrize("settings", [{"n_min": 0}, {"n_min": 3, "n_max": 2}, {"bits": 31}, {"n_max": 9}])
def test_impossible_settings(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="need"):
        HashedNgrams(NgramConfig(**settings))
