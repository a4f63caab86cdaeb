"""The result object and its edges."""

from __future__ import annotations

import copy
import pickle

import pytest

from petition_nlp.text import NormalizedText, normalize


@pytest.mark.parametrize("text", ["", "甲", "低保没有发"])
def test_identity(text: str) -> None:
    n = normalize(text)
    assert n.identity
    assert n.starts.tolist() == list(range(len(text)))
    assert n.ends.tolist() == list(range(1, len(text) + 1))
    assert n.to_original(0, len(text)) == n.to_normalized(0, len(text)) == (0, len(text))


def test_everything_removed() -> None:
    n = normalize("\u200b<b></b>\x00")
    assert n.text == ""
    assert len(n.starts) == 0
    assert n.to_original(0, 0) == (9, 9)
    assert n.to_normalized(2, 5) == (0, 0)


@pytest.mark.parametrize("text", ["甲乙", "\u200b甲<b>乙</b>"])
def test_positions_outside_are_moved_to_the_nearest_end(text: str) -> None:
    n = normalize(text)
    assert n.to_original(-5, 99) == n.to_original(0, 2)
    assert n.to_original(9, 3) == (len(text), len(text))
    assert n.to_normalized(-5, 99) == (0, 2)
    assert n.to_normalized(99, 0) == (2, 2)


def test_empty_spans() -> None:
    n = normalize("\u200b甲<b>乙</b>")
    assert n.to_original(0, 0) == (1, 1)
    assert n.to_original(1, 1) == (5, 5)
    assert n.to_original(2, 2) == (10, 10)
    assert n.to_normalized(1, 1) == (0, 0)
    assert n.to_normalized(3, 3) == (1, 1)


def test_copies_and_pickles() -> None:
    n = normalize("<b>關(guān)</b>鍵")
    for other in (copy.deepcopy(n), pickle.loads(pickle.dumps(n))):
        assert isinstance(other, NormalizedText)
        assert other.text == n.text
        assert other.starts.tolist() == n.starts.tolist()


def test_repr_keeps_the_text_to_itself() -> None:
    assert "关键" not in repr(normalize("关键"))
