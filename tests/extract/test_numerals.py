"""Numerals of every style: what they are worth and where they stand."""

from __future__ import annotations

import pytest

from petition_nlp.extract.numerals import parse, scan

EXACT = {
    "7": 7, "12,000.50": 12000.5, "3.2万": 32000, "1.2亿": 120_000_000, "3千5": 3500, "31万6千": 316_000,
    "15万6320": 156_320, "1.5w": 15_000, "10万亿": 1e13, "1.3个亿": 130_000_000,
    "十": 10, "十二": 12, "三万二千": 32_000, "三万二": 32_000, "一百二": 120, "一百零二": 102, "两千零五": 2005,
    "一万零五百": 10_500, "六千八": 6800, "一千零八十": 1080, "四百二十六万": 4_260_000, "两千万": 20_000_000,
    "三万七千六百四十": 37_640, "两个亿": 200_000_000, "百万": 1_000_000, "三点五万": 35_000,
    "二〇一八": 2018, "二○一九": 2019, "廿五": 25, "卅": 30, "壹仟贰佰叁拾": 1230, "伍佰万": 5_000_000, "半": 0.5,
}  # fmt: skip

INTERVALS = {
    "三四十": (30, 40), "一两千": (1000, 2000), "二十六七万": (260_000, 270_000), "一万六七": (16_000, 17_000),
    "三五千": (3000, 5000), "七八": (7, 8),
}  # fmt: skip

VAGUE = {
    "几十": (20, 90), "数百": (200, 900), "十几": (11, 19), "二十几": (21, 29), "30几": (31, 39), "百八十": (80, 100),
    "千八百": (800, 1000), "百十来": (100, 110), "3万多": (30_000, 30_000), "20来万": (200_000, 200_000),
    "三百多": (300, 300), "5百多": (500, 500), "6000余": (6000, 6000), "万把": (10_000, 10_000),
}  # fmt: skip

NO_NUMBERS = ["", "五十百", "2018.12.26", "1.2.3", "一一", "九五", "点", "9" * 30, "一" * 100, "abc", "1e9", "多", "个"]


@pytest.mark.parametrize(("numeral", "value"), EXACT.items())
def test_one_number(numeral: str, value: float) -> None:
    quantity = parse(numeral)
    assert quantity is not None
    assert (quantity.low, quantity.high, quantity.approx) == (value, value, False)


@pytest.mark.parametrize(("numeral", "ends"), INTERVALS.items())
def test_adjacent_digits_are_an_interval(numeral: str, ends: tuple[float, float]) -> None:
    quantity = parse(numeral)
    assert quantity is not None
    assert (quantity.low, quantity.high) == ends


@pytest.mark.parametrize(("numeral", "ends"), VAGUE.items())
def test_vague_numbers_say_so(numeral: str, ends: tuple[float, float]) -> None:
    quantity = parse(numeral)
    assert quantity is not None
    assert (quantity.low, quantity.high, quantity.approx) == (*ends, True)


@pytest.mark.parametrize("numeral", NO_NUMBERS)
def test_what_is_no_number_has_no_value(numeral: str) -> None:
    assert parse(numeral) is None


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in scan(text)]


@pytest.mark.parametrize(
    ("text", "numerals"),
    [
        ("统一500元，20来万", ["一", "500", "20来万"]),
        ("共12,000.50元", ["12,000.50"]),
        ("3千5百人、1.3个亿", ["3千5百", "1.3个亿"]),
        ("第三次、第15条", []),
        ("百分之三十和50%", []),
        ("按GB50016和A12执行", []),
        ("几十万百姓", ["几十万"]),
        ("3亿千瓦", ["3亿"]),
        ("三千一个月", ["三千"]),
        ("捐了十万把路修好", ["十万"]),
        ("一百把锄头", ["一百"]),
    ],
)
def test_scan(text: str, numerals: list[str]) -> None:
    assert found(text) == numerals
