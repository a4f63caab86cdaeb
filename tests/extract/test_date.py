"""Dates: which characters, and the ISO value with and without a reference date."""

from __future__ import annotations

import datetime

import pytest

from petition_nlp.extract import Context, Match
from petition_nlp.extract.date import DateRecognizer

TODAY = datetime.date(2024, 5, 20)  # a Monday


def find(text: str, today: datetime.date | None = TODAY) -> list[Match]:
    return DateRecognizer().find(text, Context(today))


def surfaces(text: str) -> list[str]:
    return [text[m.start : m.end] for m in find(text)]


ABSOLUTE = [
    ("2018年3月", "2018-03", "month"), ("2019/4/25", "2019-04-25", "day"), ("2019-04-25", "2019-04-25", "day"),
    ("2019.4.25", "2019-04-25", "day"), ("2018年3月15日", "2018-03-15", "day"),
    ("2018 年 9 月 9 日", "2018-09-09", "day"), ("二〇一八年三月", "2018-03", "month"),
    ("二〇二三年十一月七日", "2023-11-07", "day"), ("二O一八年六月", "2018-06", "month"),
    ("二00五年", "2005", "year"), ("1994年", "1994", "year"), ("2018年度", "2018", "year"), ("98年", "1998", "year"),
    ("07年", "2007", "year"), ("19年3月", "2019-03", "month"), ("2020年上半年", "2020-01/2020-06", "part"),
    ("2018年第三季度", "2018-07/2018-09", "quarter"), ("2018年秋季", "2018-09/2018-11", "season"),
    ("2018年冬天", "2018-12/2019-02", "season"), ("2018年国庆", "2018-10-01", "day"),
    ("2018年6月下旬", "2018-06-21/2018-06-30", "part"), ("上世纪90年代", "1990/1999", "decade"),
    ("八十年代初", "1980/1989", "decade"), ("70、80年代", "1970/1989", "decade"), ("五几年", "1950/1959", "decade"),
    ("13世纪", "1201/1300", "range"), ("民国十九年", "1930", "year"), ("2018年元月", "2018-01", "month"),
]  # fmt: skip

RANGES = [
    ("2015年至2018年", "2015/2018"), ("2016-2019年", "2016/2019"), ("2018年3月至5月", "2018-03/2018-05"),
    ("2018年3-5月", "2018-03/2018-05"), ("2018年11月至2月", "2018-11/2019-02"),
    ("2018年10月15日至22日", "2018-10-15/2018-10-22"), ("2019年4月6日至2019年5月5日", "2019-04-06/2019-05-05"),
    ("2019.1-2019.4", "2019-01/2019-04"), ("2018年三四月", "2018-03/2018-04"),
    ("2019年6月13、14日", "2019-06-13/2019-06-14"),
]  # fmt: skip

RELATIVE = [
    ("去年10月", "2023-10", "month"), ("今年3月15日", "2024-03-15", "day"),
    ("前年冬天", "2022-12/2023-02", "season"), ("明年5月", "2025-05", "month"),
    ("上个月底", "2024-04-21/2024-04-30", "part"), ("本月9日", "2024-05-09", "day"),
    ("下月初", "2024-06-01/2024-06-10", "part"), ("上个月26号", "2024-04-26", "day"),
    ("上星期五", "2024-05-17", "day"), ("今年前三季度", "2024-01/2024-09", "part"),
    ("今年前8个月", "2024-01/2024-08", "part"), ("去年底", "2023-11/2023-12", "part"),
]  # fmt: skip


@pytest.mark.parametrize(("surface", "iso", "granularity"), ABSOLUTE)
def test_absolute_dates_need_no_reference(surface: str, iso: str, granularity: str) -> None:
    text = f"我家从{surface}，开始反映。"
    (match,) = find(text, None)
    assert text[match.start : match.end] == surface
    assert match.value is not None
    assert (match.value["iso"], match.value["granularity"]) == (iso, granularity)
    assert "relative" not in match.value


@pytest.mark.parametrize(("surface", "iso"), RANGES)
def test_ranges(surface: str, iso: str) -> None:
    text = f"于{surface}，公示。"
    (match,) = find(text, None)
    assert text[match.start : match.end] == surface
    assert match.value == {"iso": iso, "granularity": "range"}


@pytest.mark.parametrize(("surface", "iso", "granularity"), RELATIVE)
def test_relative_dates_count_from_the_reference(surface: str, iso: str, granularity: str) -> None:
    text = f"从{surface}，没有下文。"
    (match,) = find(text)
    assert text[match.start : match.end] == surface
    assert match.value is not None
    assert (match.value["iso"], match.value["granularity"], match.value["relative"]) == (iso, granularity, True)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("去年10月", "--10"),
        ("今年3月15日", "--03-15"),
        ("3月15日", "--03-15"),
        ("本月9日", "---09"),
        ("去年底", None),
        ("上星期五", None),
    ],
)
def test_without_a_reference_the_year_stays_open(text: str, iso: str | None) -> None:
    (match,) = find(text, None)
    assert match.value is not None
    assert match.value["iso"] == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("3月15日", "2024-03-15"),
        ("12月6日", "2023-12-06"),
        ("9月2日", "2024-09-02"),
        ("于25日答复", "2024-04-25"),
        ("于9日答复", "2024-05-09"),
    ],
)
def test_a_date_without_a_year_is_the_nearest(text: str, iso: str) -> None:
    (match,) = find(text)
    assert match.value is not None
    assert match.value["iso"] == iso


def test_the_year_told_before_is_the_year_meant() -> None:
    first, second = find("2017年签的合同，次年5月就停了", None)
    assert first.value is not None
    assert second.value is not None
    assert (first.value["iso"], second.value["iso"]) == ("2017", "2018-05")


@pytest.mark.parametrize(
    ("text", "granularity"),
    [("腊月二十", "day"), ("正月初六", "day"), ("农历二月初二", "day"), ("去年腊月", "month"), ("2019年春节", "part")],
)
def test_lunar_dates_are_marked_and_span_the_solar_months_they_may_fall_in(text: str, granularity: str) -> None:
    (match,) = find(text)
    assert text[match.start : match.end] == text
    assert match.value is not None
    assert (match.value["lunar"], match.value["approx"], match.value["granularity"]) == (True, True, granularity)
    assert "/" in match.value["iso"]


@pytest.mark.parametrize(
    "text",
    [
        "今年、去年和昨天", "目前还没有", "交了3年", "两个月以来", "下午3点30分", "每天8:30", "2019年2月29日",
        "2019年4月31日", "2019-13-01", "工龄15年", "近20年来", "三四年了", "拘留15日", "30日内答复", "5号线",
        "3号楼", "2栋1号", "一年又一年", "一月有余", "第三季", "1/3的路", "春节前后", "暑假补课", "3.5元", "1894年",
        "2150年", "年底", "周末", "12个月", "五月节",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert surfaces(text) == []


def test_leap_years() -> None:
    assert surfaces("2020年2月29日") == ["2020年2月29日"]
    assert surfaces("1900年2月29日") == []


def test_several_dates() -> None:
    text = "2018年3月签约，4月11日、24日两次开庭，去年底判决。"
    assert surfaces(text) == ["2018年3月", "4月11日", "24日", "去年底"]


@pytest.mark.parametrize("today", [datetime.date(2024, 2, 29), datetime.date(2023, 12, 31), datetime.date(2024, 1, 1)])
def test_every_resolved_day_exists(today: datetime.date) -> None:
    for text in ("于31日答复", "于30日答复", "上个月底", "12月31日", "2月29日", "本月31日", "去年2月29日"):
        for match in find(text, today):
            assert match.value is not None
            for part in (match.value["iso"] or "").split("/"):
                if len(part) == 10:
                    datetime.date.fromisoformat(part)
