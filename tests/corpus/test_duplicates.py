from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petition_nlp.corpus.duplicates import compact, find_duplicates, sign

SEEDS = st.integers(0, 2**32)


def letter(rng: random.Random, length: int) -> str:
    return "".join(chr(rng.randrange(0x4E00, 0x9F00)) for _ in range(length))


def edited(rng: random.Random, text: str) -> str:
    """One character replaced, dropped or put in."""
    i = rng.randrange(len(text))
    return text[:i] + rng.choice(("", "人", text[i] + "民")) + text[i + 1 :]


@given(SEEDS, st.integers(120, 400), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_copies_with_small_edits_are_found(seed: int, length: int, edits: int) -> None:
    rng = random.Random(seed)
    text = letter(rng, length)
    copy = text
    while compact(copy) == compact(text):
        for _ in range(edits):
            copy = edited(rng, copy)
    found = find_duplicates([letter(rng, length), text, letter(rng, length), copy])
    assert [(p.first, p.second) for p in found.pairs] == [(1, 3)]
    assert found.pairs[0].similarity >= 0.7


@given(SEEDS, st.integers(2, 30))
@settings(max_examples=40, deadline=None)
def test_unrelated_texts_are_not_flagged(seed: int, n: int) -> None:
    rng = random.Random(seed)
    found = find_duplicates([letter(rng, rng.randrange(10, 300)) for _ in range(n)])
    assert found.pairs == []
    assert found.groups == []


@given(st.lists(st.text(max_size=40), max_size=12))
@settings(deadline=None)
def test_any_text_is_in_at_most_one_place(texts: list[str]) -> None:
    """Whatever the characters: equal texts are grouped, and only first ones of groups stand in pairs."""
    found = find_duplicates([*texts, *texts])
    n = len(texts)
    grouped = {i for group in found.groups for i in group}
    assert grouped.isdisjoint(found.empty)
    assert grouped | set(found.empty) == set(range(2 * n))
    firsts = {group[0] for group in found.groups}
    assert all(p.first < p.second and {p.first, p.second} <= firsts for p in found.pairs)


def test_layout_does_not_matter_and_digits_matter_for_equality_only() -> None:
    text = letter(random.Random(3), 90)
    spaced = "  " + "，\n".join(text[i : i + 9] for i in range(0, 90, 9))
    found = find_duplicates([text + "欠36000元", spaced + "欠３６０００元！", text + "欠52100元", "", "！？"])
    assert found.groups == [[0, 1]]
    assert [(p.first, p.second, p.similarity) for p in found.pairs] == [(0, 2, 1.0)]
    assert found.empty == [3, 4]


def test_signatures_estimate_similarity() -> None:
    rng = random.Random(5)
    texts = [letter(rng, 300) for _ in range(60)]
    halves = [t[:200] + letter(rng, 100) for t in texts]  # 198 of 398 3-grams in common
    agreement = (sign(texts) == sign(halves)).mean()
    assert agreement == pytest.approx(198 / 398, abs=0.02)
    assert (sign(texts) == np.roll(sign(texts), 1, axis=0)).mean() < 0.01


def test_many_copies_of_a_form_letter_stay_cheap() -> None:
    rng = random.Random(7)
    form = letter(rng, 200)
    found = find_duplicates([edited(rng, form) for _ in range(600)])
    firsts = {0} | {p.second for p in found.pairs}
    assert len(firsts) >= 600 - sum(len(g) - 1 for g in found.groups)  # every one is linked to an earlier one
    assert len(found.pairs) < 600 * 50


def test_threshold() -> None:
    with pytest.raises(ValueError, match=r"0\.5"):
        find_duplicates(["a"], threshold=0.2)
    rng = random.Random(9)
    text = letter(rng, 120)
    both = [text, text[:90] + letter(rng, 30)]  # 88 of 148
    assert find_duplicates(both, threshold=0.5).pairs
    assert not find_duplicates(both).pairs
