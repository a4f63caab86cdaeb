"""What holds for every string, however damaged."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.noise import to_traditional_noise
from petition_nlp.text import NormalizedText, Normalizer, fold_char, normalize

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=80)
FRAGMENTS = st.sampled_from(
    [
        "<p>", "</p>", "<br/>", "<BR>", "<td>", "<b>", "</b>", "<strong>", "<", ">", "<p ", "<!--", "-->",
        "<script>", "</script>", "<a href='x>y'>", '<a title="', "<某村>", "3<5", "]]>", "<![CDATA[",
        "<!DOCTYPE html>", "&", "&amp;", "&lt;", "&gt;", "&nbsp;", "&nbsp", "amp;", "lt;", "#60;", "&#60;",
        "&#x3c;", "&#65313;", "&#8203;", "&#13;", "&#0;", "&#xd800;", "&#150;", "&ThickSpace;", "_x000D_", "_x000",
        "D_", "[", "](", "](https://例.cn/a)", "[查看原文](http://a.b)", "![", ")", "(", "（", "）", "关", "關",
        "鍵", "(guān)", "（jiàn）", "(men)", "(a)", "(mu)", "(gua\u0304n)", "guān", "ā", "ǜ", "乾", "著", "㒓",
        "\n", "\r\n", "\r", "\u2028", "\x0b", "\n\n\n\n\n", " ", "    ", "\u3000", "\xa0", "\t",
        "首页 > 民生 > 信访", "当前位置：首页 >> 政务", "【字体：大 中 小】", "打印本页 关闭窗口", "分享到：",
        "来源：某网 浏览次数：12", "上一篇：甲", "版权所有", "首页", " > ", "正文",
        "我们村的补偿款到今天一直没有人来发，请上级领导给查",
        "二〇一九年春天修的渠道，到现在还没有通水，我们三次去", "张 三", "申 请 书", "一 二", "一、", "此致",
        "诉求：", "2023", "年", "，", "。", "！！！！！", "■■■■■", "____", "=====", "……", "****", "００００",
        "１２．５％", "［", "＜", "ｐ", "＞", "＆", "﹤", "㎡", "①", "Ⅳ", "⼈", "\uf900", "𝐀", "\u200b", "\ufeff",
        "\x00", "\ud800", "\udfff", "😡", "👨‍👩‍👧", "e\u0301",
    ]
)  # fmt: skip
NASTY = st.lists(FRAGMENTS, max_size=25).map("".join)
TEXTS = st.one_of(ANYTHING, NASTY, st.lists(st.one_of(ANYTHING, FRAGMENTS), max_size=8).map("".join))
CHOICES = st.fixed_dictionaries(
    dict.fromkeys(
        ("simplify", "fold_width", "strip_html", "strip_glosses", "strip_navigation", "join_lines"), st.booleans()
    )
)
SPAN = st.tuples(st.floats(0, 1), st.floats(0, 1))


def assert_map(n: NormalizedText) -> None:
    """The map leads from every character to the piece it stands for, in order and inside the original."""
    starts, ends, size = n.starts, n.ends, len(n.original)
    assert starts.dtype == ends.dtype == np.int32
    assert len(starts) == len(ends) == len(n.text)
    if n.text:
        assert (starts < ends).all()
        assert starts[0] >= 0
        assert ends[-1] <= size
        assert (np.diff(starts) >= 0).all()
        assert (np.diff(ends) >= 0).all()


def assert_named(n: NormalizedText, **choices: bool) -> None:
    """Every character is what the documented folding makes of the piece of the original that it names."""
    widths = {name: choices[name] for name in ("simplify", "fold_width") if name in choices}
    for char, start, end in zip(n.text, n.starts.tolist(), n.ends.tolist(), strict=True):
        piece = n.original[start:end]
        if len(piece) == 1:
            assert char == fold_char(piece, **widths)
            continue
        plain = "".join(fold_char(c) for c in piece)
        if char in " \n":  # a block tag, a table cell, a written-out space, with what surrounds it
            assert any(mark in plain for mark in ("<", "&", "_x000", "_X000"))
        else:  # an entity; parts of tags and links may have been removed from its middle
            assert plain[0] == "&"
            assert plain[-1] == ";"
            assert any(c in plain for c in "<[]") or Normalizer(**choices).normalize(piece).text == char


@settings(max_examples=400, deadline=None)
@given(TEXTS, CHOICES)
@example("<b" * 60 + " >" * 60, {})
@example("&" + "amp;" * 40 + "lt;br>", {})
@example("&<b>" * 30 + "l<i>t" * 10 + ";" * 30, {})
def test_any_text_with_any_choices(text: str, choices: dict[str, bool]) -> None:
    normalizer = Normalizer(**choices)
    n = normalizer.normalize(text)
    assert n.original == text
    assert n.identity == (n.text == text)
    assert n.identity == (not n.notes)
    n.text.encode("utf-8")
    assert_map(n)
    assert_named(n, **choices)
    again = normalizer.normalize(n.text)
    assert again.text == n.text
    assert again.identity


@settings(max_examples=300, deadline=None)
@given(TEXTS, SPAN)
def test_spans_go_there_and_back(text: str, share: tuple[float, float]) -> None:
    n = normalize(text)
    low, high = sorted(round(part * len(n.text)) for part in share)
    start, end = n.to_original(low, high)
    assert 0 <= start <= end <= len(text)
    first, last = n.to_normalized(start, end)
    if low < high:
        assert first <= low
        assert last >= high
        assert start < end
    low, high = sorted(round(part * len(text)) for part in share)
    first, last = n.to_normalized(low, high)
    assert 0 <= first <= last <= len(n.text)
    covered = [i for i in range(len(n.text)) if n.starts[i] < high and n.ends[i] > low]
    if low < high:
        assert covered == list(range(first, last))


def test_every_span_of_a_small_damaged_text() -> None:
    text = "<p>關(guān)於\u200b３．５畝&nbsp;地</p>\r\n補償&lt;"
    n = normalize(text)
    assert n.text == "关于3.5亩 地\n补偿<"
    for low, high in itertools.combinations(range(len(n.text) + 1), 2):
        start, end = n.to_original(low, high)
        inside = text[start:end]
        assert inside[0] == text[n.starts[low]]
        assert inside[-1] == text[n.ends[high - 1] - 1]
        assert n.to_normalized(start, end) == (low, high)
    start, end = n.to_original(0, 2)
    assert text[start:end] == "關(guān)於"


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.sampled_from("县里村民补偿款低保没有发书记说过万亩户区设，。、0123456789\n一二《》"), max_size=120),
    st.integers(0, 99),
)
def test_traditional_noise_leaves_no_trace(text: str, seed: int) -> None:
    assert normalize(to_traditional_noise(text, seed)).text == normalize(text).text


@pytest.mark.parametrize(
    "unit",
    [
        "<", "<<<<<(((((&&&&&", "<p ", "<p a=\"", "<script>", "<!--", "</p>", "&amp;", "&", "&#", "[", "[a](",
        "关(", "关(guān", "关(guān)", "张 ", "　", "\n", "首页 > ", "首页 > 民生\n", "位置：", "我们村里，\n", "■",
        "_x000D_", "國", "关\r\n", "\ud800", "1、甲\n", "大 中 小 ", "来源：",
    ],
)  # fmt: skip
def test_two_megabytes_of_anything(unit: str) -> None:
    """A quadratic rule would run into the time limit of the test suite here."""
    text = unit * (2_000_000 // len(unit))
    n = normalize(text)
    assert_map(n)
    assert normalize(n.text).identity


def test_one_line_of_two_megabytes_is_left_alone() -> None:
    text = "村里的补偿款到现在没有发，" * 160_000
    assert normalize(text).identity
