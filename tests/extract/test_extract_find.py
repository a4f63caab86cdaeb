"""All recognisers together: precedence, order, and what holds for every text."""

from __future__ import annotations

import datetime
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petition_nlp.extract import Context, Match, default_recognizers, find_all
from petition_nlp.extract.fold import fold
from petition_nlp.extract.money import MoneyRecognizer

TYPES = {"MONEY", "DATE", "AREA", "HEADCOUNT", "PHONE", "ID_NUMBER", "DOC_REF"}

# What the grammars look at, so that random texts come close to real values
SIGNS = (
    "0123456789０１万亿千百十零〇两半几多余来一二三四五六七八九年月日号元块毛角分亩平户人名位个口第条款"
    "《》〔〕（）()[]-—~/.:，。、 \n转约近上每至到萬😀\ud800"
)
WORDS = (
    "2018 2019年 去年 上个月 腊月 正月初 世纪 年代 1380000 0731- 400- 电话 身份证 卡号 警号 编号 粤B GB 元/月 每亩 工资 "
    "罚款 平方米 ㎡ 村民 居民 办法 条例 根据 违反 关于 的通知 国办发 号令 字第 政府令"
)
PIECES = st.sampled_from([*SIGNS, *WORDS.split()])
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))
DATES = st.one_of(st.none(), st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)))


def check(text: str, matches: list[Match]) -> None:
    end = 0
    for match in matches:
        assert match.type in TYPES
        assert end <= match.start < match.end <= len(text)
        assert 0 < match.score <= 1
        assert match.rule
        json.loads(json.dumps(match.value, allow_nan=False))
        end = match.end


@settings(max_examples=400, deadline=None)
@given(TEXTS, DATES)
def test_any_text_gives_ordered_matches_with_values_that_are_json(text: str, today: datetime.date | None) -> None:
    check(text, find_all(text, Context(today)))


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_each_recogniser_alone_holds_the_same(text: str) -> None:
    for recognizer in default_recognizers():
        matches = recognizer.find(text, Context())
        assert {match.type for match in matches} <= {recognizer.type}
        check(text, matches)


@given(TEXTS)
def test_folding_keeps_every_position(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_full_width_and_traditional_numerals() -> None:
    text = "补了３.５萬元，占地１２畝，共２０戶"
    assert [(m.type, text[m.start : m.end]) for m in find_all(text)] == [
        ("MONEY", "３.５萬元"), ("AREA", "１２畝"), ("HEADCOUNT", "２０戶"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("《某市2018年工作报告》", ["DOC_REF"]),
        ("一亩950元", ["MONEY"]),
        ("20万人每人20万", ["HEADCOUNT", "MONEY"]),
        ("2018年3月花了3000元", ["DATE", "MONEY"]),
        ("电话13800001234，工资3800元", ["PHONE", "MONEY"]),
        ("全村三百多户1200亩", ["HEADCOUNT", "AREA"]),
    ],
)
def test_precedence(text: str, kinds: list[str]) -> None:
    assert [m.type for m in find_all(text)] == kinds


def test_only_the_recognisers_that_are_given_run() -> None:
    assert [m.type for m in find_all("2018年3月花了3000元", recognizers=[MoneyRecognizer()])] == ["MONEY"]
    assert find_all("2018年3月花了3000元", recognizers=[]) == []


@pytest.mark.timeout(120)  # quadratic time would take hours
@pytest.mark.parametrize("unit", ["1", "一", "１", "《", "号", "万", "(", "1.", "二〇", "\n", "年", " "])
def test_two_megabytes_of_one_sign(unit: str) -> None:
    text = unit * (2_000_000 // len(unit))
    check(text, find_all(text))


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "unit",
    [
        "1,",
        "0000-",
        "法",
        "1年",
        "一月",
        "每亩1元，",
        "近一万户居民",
        "138 0000 ",
        "〔2018〕1号",
        "根据某条例，",
        "粤B12345，",
    ],
)
def test_long_repetitions(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    check(text, find_all(text))
