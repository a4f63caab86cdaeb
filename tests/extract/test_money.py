"""Sums of money: which characters, and what they are worth."""

from __future__ import annotations

from typing import Any

import pytest

from petition_nlp.extract import Context, Match
from petition_nlp.extract.money import MoneyRecognizer


def find(text: str) -> list[Match]:
    return MoneyRecognizer().find(text, Context())


def surfaces(text: str) -> list[str]:
    return [text[m.start : m.end] for m in find(text)]


def value(text: str) -> dict[str, Any]:
    (match,) = find(text)
    assert match.value is not None
    return match.value


@pytest.mark.parametrize(
    ("surface", "amount"),
    [
        ("3.2万元", 32_000), ("五千块钱", 5000), ("四十八万七千元", 487_000), ("12,000.50元", 12_000.5),
        ("1.3个亿", 130_000_000), ("三百块", 300), ("六块五", 6.5), ("一块二", 1.2), ("16元5角", 16.5),
        ("五毛", 0.5), ("46万8", 468_000), ("贰仟叁佰万元", 23_000_000), ("20万", 200_000), ("三万二", 32_000),
        ("一千三百元", 1300), ("万把块钱", 10_000),
    ],
)  # fmt: skip
def test_one_sum(surface: str, amount: float) -> None:
    text = f"他家前后花了{surface}，没有下文。"
    (match,) = find(text)
    assert text[match.start : match.end] == surface
    assert match.value is not None
    assert (match.value["amount"], match.value["currency"]) == (amount, "CNY")


@pytest.mark.parametrize(
    ("surface", "low", "high"),
    [
        ("2-3万元", 20_000, 30_000), ("300—500万", 3_000_000, 5_000_000), ("8千到一万元", 8000, 10_000),
        ("8、9万元", 80_000, 90_000), ("二三十块钱", 20, 30), ("15一25元", 15, 25), ("2000元-4000元", 2000, 4000),
        ("几万元", 20_000, 90_000),
    ],
)  # fmt: skip
def test_intervals(surface: str, low: float, high: float) -> None:
    text = f"每次收{surface}。"
    (match,) = find(text)
    assert text[match.start : match.end] == surface
    assert match.value is not None
    assert (match.value["min"], match.value["max"], match.value["amount"]) == (low, high, (low + high) / 2)


@pytest.mark.parametrize(
    ("text", "surface", "per"),
    [
        ("按每亩36000元补偿", "每亩36000元", "亩"), ("低保每月300元", "每月300元", "月"),
        ("收费200元/月，", "200元/月", "月"), ("均价每平方米3800元", "每平方米3800元", "平方米"),
        ("涨到8000元/㎡", "8000元/㎡", "平方米"), ("每人每月412元", "每人每月412元", "人/月"),
        ("一亩950元", "一亩950元", "亩"), ("15元每平米", "15元每平米", "平方米"),
    ],
)  # fmt: skip
def test_rates_belong_to_the_sum(text: str, surface: str, per: str) -> None:
    assert surfaces(text) == [surface]
    assert value(text)["per"] == per


@pytest.mark.parametrize("surface", ["20多万元", "3000余元", "近百万元", "上百亿元", "十几块钱"])
def test_rough_sums_are_marked(surface: str) -> None:
    text = f"损失{surface}。"
    assert surfaces(text) == [surface]
    assert value(text)["approx"] is True


def test_words_around_a_sum_make_it_rough_too() -> None:
    assert value("交了300元左右。")["approx"] is True
    assert value("大约300元。")["approx"] is True


@pytest.mark.parametrize(
    ("text", "code"), [("5万美元", "USD"), ("300港币", "HKD"), ("2亿欧元", "EUR"), ("人民币5万元", "CNY")]
)
def test_currencies(text: str, code: str) -> None:
    assert value(text)["currency"] == code


@pytest.mark.parametrize(
    "text",
    [
        "20万人受益", "3万亩水田", "10万平方米", "8万字材料", "5万公里", "2万株树苗", "3.5万家企业", "11万伏高压线",
        "40万吨", "一块地和两块田", "三块宅基地", "没有一分钱", "****元", "万一出事", "万分感谢", "千万不要",
        "十万火急", "三元区", "2018元旦", "增长15%", "补贴的8％", "百分之三十的手续费", "拨打12345反映", "还给百姓",
        "毛病", "给三个人",
    ],
)  # fmt: skip
def test_what_is_no_money(text: str) -> None:
    assert surfaces(text) == []


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("月入2000，养不起家", "2000"), ("工资3500。", "3500"), ("罚款200，", "200"), ("押金一千二，", "一千二"),
        ("要交5000的押金", "5000"), ("一年收了三千六，", "三千六"), ("单价1900一平方", "1900一平方"),
    ],
)  # fmt: skip
def test_a_bare_number_beside_a_word_of_money(text: str, surface: str) -> None:
    assert surfaces(text) == [surface]


def test_several_sums() -> None:
    assert surfaces("交了300元，又要200块，一共500多块钱") == ["300元", "200块", "500多块钱"]
