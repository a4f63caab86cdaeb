from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition_nlp.explain import ValueSpan, evidence_spans, factor_rules, find_factors


def factors(text: str, *values: ValueSpan, misconduct: tuple[tuple[int, int], ...] = ()) -> dict[str, list[str]]:
    return {rule.id: [text[s:e] for s, e in spans] for rule, spans in find_factors(text, values, misconduct)}


@pytest.mark.parametrize(
    ("text", "factor", "shown"),
    [
        ("学校围墙随时可能倒塌", "danger_to_life", "随时可能倒塌"),
        ("他带人把我打伤住院", "violence_or_retaliation", "打伤"),
        ("再不解决我就喝农药", "self_harm", "喝农药"),
        ("明天一早去县里拉横幅", "gathering", "拉横幅"),
        ("几十多户都没有水吃", "group_harm", "几十多户"),
        ("三年多来一直没人管", "years_or_repeated", "三年多来"),
        ("我爹八十一岁了", "vulnerable_person", "八十一岁"),
    ],
)
def test_each_factor_shows_its_words(text: str, factor: str, shown: str) -> None:
    assert any(shown in piece for piece in factors(text)[factor])


def test_factors_from_values_and_labels() -> None:
    text = "欠款六万元，三十户，支书拿了钱"
    values = [ValueSpan("MONEY", 2, 5, 60000.0), ValueSpan("HEADCOUNT", 6, 9, 30.0)]
    found = factors(text, *values, misconduct=((10, 15),))
    assert found["large_sum"] == ["六万元"]
    assert found["group_harm"] == ["三十户"]
    assert found["official_misconduct"] == ["支书拿了钱"]
    assert "large_sum" not in factors(text, ValueSpan("MONEY", 2, 5, 600.0))


def test_a_quiet_text_has_no_factor() -> None:
    assert factors("请问公交车几点发车") == {}
    assert len({r.id for r in factor_rules()}) == len(factor_rules())


def test_evidence_is_the_heaviest_run_of_its_clause() -> None:
    text = "今天天气好，我奶奶的低保被停了，谢谢"
    contribution = np.zeros(len(text), np.float32)
    start = text.index("低保被停")
    contribution[start : start + 4] = 1.0
    ((s, e, weight),) = evidence_spans(contribution, text)
    assert text[s:e] == "低保被停"
    assert weight == pytest.approx(1.0)


@given(st.lists(st.floats(-5, 5, width=32), max_size=80), st.text(max_size=80))
def test_spans_lie_in_the_text_and_do_not_overlap(numbers: list[float], text: str) -> None:
    n = min(len(numbers), len(text))
    spans = evidence_spans(np.array(numbers[:n], np.float32), text[:n])
    assert all(0 <= s < e <= n and 0 < w <= 1.0001 for s, e, w in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
