"""Areas in square metres."""

from __future__ import annotations

import pytest

from petition_nlp.extract import Context, Match
from petition_nlp.extract.area import AreaRecognizer


def find(text: str) -> list[Match]:
    return AreaRecognizer().find(text, Context())


def surfaces(text: str) -> list[str]:
    return [text[m.start : m.end] for m in find(text)]


@pytest.mark.parametrize(
    ("surface", "square_meters", "unit"),
    [
        ("3亩", 2000.0, "亩"), ("三亩二分", 2133.33, "亩"), ("一亩六分", 1066.67, "亩"), ("八亩二", 5466.67, "亩"),
        ("两亩半", 1666.67, "亩"), ("半亩", 333.33, "亩"), ("1.82万亩", 12_133_333.33, "亩"),
        ("148.5㎡", 148.5, "平方米"), ("625m2", 625, "平方米"), ("625m²", 625, "平方米"),
        ("130平方米", 130, "平方米"), ("96平", 96, "平方米"), ("20个平方", 20, "平方米"), ("43平米", 43, "平方米"),
        ("3.2公顷", 32_000, "公顷"), ("2平方公里", 2_000_000, "平方公里"), ("五垧", 50_000, "垧"),
        ("一千二百多平方米", 1200, "平方米"),
    ],
)  # fmt: skip
def test_one_area(surface: str, square_meters: float, unit: str) -> None:
    text = f"占了{surface}，没有补偿。"
    (match,) = find(text)
    assert text[match.start : match.end] == surface
    assert match.value is not None
    assert (match.value["square_meters"], match.value["unit"]) == (square_meters, unit)


def test_fen_counts_only_beside_land() -> None:
    assert surfaces("还剩八分地") == ["八分地"]
    assert surfaces("占了八分稻田") == ["八分"]
    assert surfaces("考了八分") == []
    assert surfaces("八分钟") == []


def test_intervals_and_rough_areas() -> None:
    (match,) = find("户型60-70平，")
    assert match.value == {"square_meters": 65.0, "min": 60.0, "max": 70.0, "unit": "平方米"}
    (match,) = find("毁林50多亩。")
    assert match.value == {"square_meters": 33333.33, "approx": True, "unit": "亩"}
    assert surfaces("山林上千亩") == ["上千亩"]


@pytest.mark.parametrize(
    "text",
    [
        "四平市",
        "平均每户",
        "6平方毫米",
        "四亩街居民",
        "一亩三分地",
        "租金一年一亩八十块",
        "亩产一千斤",
        "5平方英里",
        "第3亩",
        "**亩",
    ],
)
def test_what_is_no_area(text: str) -> None:
    assert surfaces(text) == []
