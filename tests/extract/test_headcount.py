"""Numbers of people and households."""

from __future__ import annotations

from typing import Any

import pytest

from petition_nlp.extract import Context, Match
from petition_nlp.extract.headcount import HeadcountRecognizer


def find(text: str) -> list[Match]:
    return HeadcountRecognizer().find(text, Context())


def surfaces(text: str) -> list[str]:
    return [text[m.start : m.end] for m in find(text)]


@pytest.mark.parametrize(
    ("surface", "value"),
    [
        ("三百多户", {"number": 300, "approx": True, "unit": "户"}),
        ("32户居民", {"number": 32, "unit": "户", "of": "居民"}),
        ("7名村民", {"number": 7, "unit": "名", "of": "村民"}),
        ("35名在编在岗职工", {"number": 35, "unit": "名", "of": "职工"}),
        ("十几个学生", {"number": 15, "min": 11, "max": 19, "approx": True, "unit": "个", "of": "学生"}),
        ("全村1200人", {"number": 1200, "unit": "人"}),
        ("2000多村民", {"number": 2000, "approx": True, "unit": "人", "of": "村民"}),
        ("近百户居民", {"number": 100, "approx": True, "unit": "户", "of": "居民"}),
        ("上千人", {"number": 1000, "approx": True, "unit": "人"}),
        ("一家三口", {"number": 3, "unit": "口"}),
        ("五口人", {"number": 5, "unit": "口人"}),
        ("20到40名学生", {"number": 30, "min": 20, "max": 40, "unit": "名", "of": "学生"}),
        ("两三百人", {"number": 250, "min": 200, "max": 300, "unit": "人"}),
        ("417户1063人", {"number": 417, "unit": "户", "people": 1063}),
        ("1.2万人次", {"number": 12_000, "unit": "人次"}),
        ("百把号人", {"number": 100, "approx": True, "unit": "号人"}),
    ],
)
def test_one_count(surface: str, value: dict[str, Any]) -> None:
    text = f"涉及{surface}，请调查。"
    (match,) = find(text)
    assert text[match.start : match.end] == surface
    assert match.value == value


@pytest.mark.parametrize(
    "text",
    [
        "我是一名业主", "一位老人", "一个村民说", "前3名学生", "第三户", "千家万户", "05户型", "四个小区居民不满",
        "七个村民小组", "三个居民区", "两个月后老百姓才知道", "拨打12345市民热线", "6栋1102业主", "少数人",
        "三家公司", "两口井", "人均三亩", "每户", "一人一网",
    ],
)  # fmt: skip
def test_what_counts_nobody(text: str) -> None:
    assert surfaces(text) == []


def test_several_counts() -> None:
    assert surfaces("应到48人，实到46人，76户中有68户同意") == ["48人", "46人", "76户", "68户"]
