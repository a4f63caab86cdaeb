"""From what a text says of a date to ISO 8601: years counted from a reference date, parts of years and months, ranges.

What the text and the reference date leave open stays open: without a year ``iso`` is ``--MM``, ``--MM-DD`` or ``---DD``
(as in XML Schema), and None when nothing at all is known.
"""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass, replace
from typing import Any

MIN_YEAR, MAX_YEAR = 1900, 2100

# Months (or days) a part covers. 年初, 年底 and the like are no exact terms: their values are marked ``approx``.
_YEAR_PARTS = {
    "初": (1, 3), "年初": (1, 3), "年中": (6, 7), "底": (11, 12), "年底": (11, 12), "末": (11, 12), "年末": (11, 12),
    "上半年": (1, 6), "下半年": (7, 12), "前三季度": (1, 9), "前两季度": (1, 6), "前二季度": (1, 6),
    "暑假": (7, 8), "暑期": (7, 8), "寒假": (1, 2),
    "清明": (4, 4), "端午": (5, 6), "中秋": (9, 10), "重阳": (10, 11), "元宵": (2, 3), "春节": (1, 2), "新年": (1, 2),
    "除夕": (1, 2),
}  # fmt: skip
_EXACT_PARTS = {"上半年", "下半年", "前三季度", "前两季度", "前二季度"}
_LUNAR_PARTS = {"端午", "中秋", "重阳", "元宵", "春节", "除夕"}
_FIXED_DAYS = {"元旦": (1, 1), "五一": (5, 1), "国庆": (10, 1)}
_SEASONS = {"春": (3, 5), "夏": (6, 8), "秋": (9, 11), "冬": (12, 14)}
_MONTH_PARTS = {
    "初": (1, 10), "上旬": (1, 10), "上中旬": (1, 20), "中旬": (11, 20), "中下旬": (11, 31), "下旬": (21, 31),
    "底": (21, 31), "末": (21, 31),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """A date as written. ``shift`` counts years from the reference date, ``month_shift`` months."""

    year: int | None = None
    year_to: int | None = None
    shift: int | None = None
    month: int | None = None
    month_to: int | None = None
    month_shift: int | None = None
    day: int | None = None
    day_to: int | None = None
    week_shift: int | None = None
    weekday: int | None = None
    part: str | None = None
    lunar: bool = False
    relative: bool = False


def is_valid(point: Point) -> bool:
    """Whether such a day can exist: month 1–12, the day within its month, 29 February in leap years only."""
    if point.part == "世纪":
        return True  # 13世纪 is meant as history
    for year in (point.year, point.year_to):
        if year is not None and not MIN_YEAR <= year <= MAX_YEAR:
            return False
    for month in (point.month, point.month_to):
        if month is not None and not 1 <= month <= 12:
            return False
    for day in (point.day, point.day_to):
        if day is None:
            continue
        last = 30 if point.lunar else _last_day(point.year, point.month) if point.month else 31
        if not 1 <= day <= last:
            return False
    return True


def _last_day(year: int | None, month: int) -> int:
    return calendar.monthrange(year or 2000, month)[1]  # an unknown year may be a leap year


def resolve(point: Point, today: datetime.date | None) -> Point:
    """Years and months filled in as far as the reference date tells."""
    counted = point.shift is not None or point.month_shift is not None or point.week_shift is not None
    if today is None or point.year is not None or (point.relative and not counted):
        return point  # 当年8月 in a text that named no year stays open
    if point.week_shift is not None and point.weekday is not None:
        monday = today - datetime.timedelta(days=today.weekday())
        day = monday + datetime.timedelta(weeks=point.week_shift, days=point.weekday)
        return replace(point, year=day.year, month=day.month, day=day.day)
    if point.month_shift is not None:
        months = today.year * 12 + today.month - 1 + point.month_shift
        return replace(point, year=months // 12, month=months % 12 + 1)
    if point.shift is not None:
        return replace(point, year=today.year + point.shift)
    if point.month is not None:  # the nearest such month: letters speak of the months around the day they are written
        distance = (point.month - today.month + 6) % 12 - 6
        return replace(point, year=(today.year * 12 + today.month - 1 + distance) // 12)
    if point.day is not None:  # 9日: this month's, or last month's when that is still to come
        months = today.year * 12 + today.month - 1 - (point.day > today.day)
        while _last_day(months // 12, months % 12 + 1) < max(point.day, point.day_to or 0):
            months -= 1  # 31日 said in May 5 was in March
        return replace(point, year=months // 12, month=months % 12 + 1)
    return point


def value_of(point: Point, today: datetime.date | None = None) -> dict[str, Any]:
    """The value of one date: ``iso``, ``granularity`` and the marks ``approx``, ``lunar``, ``relative``."""
    known = resolve(point, today)
    if not is_valid(known):
        known = point  # 去年2月29日: the day may exist in another year than the writer thought
    iso, granularity, approx = _iso(known)
    value: dict[str, Any] = {"iso": iso, "granularity": granularity}
    if approx:
        value["approx"] = True
    if point.lunar or (point.part in _LUNAR_PARTS):
        value["lunar"] = True
    if point.relative:
        value["relative"] = True
    return value


def value_of_range(first: Point, last: Point, today: datetime.date | None = None) -> dict[str, Any]:
    """The value of 2018年3月至5月 and the like: an ISO interval; the last date takes year and month from the first."""
    if last.year is None and last.shift is None and last.month_shift is None:
        year = first.year
        if year is not None and first.month and last.month and last.month < first.month:
            year += 1
        last = replace(last, year=year, shift=first.shift)
        if last.month is None and last.day is not None:
            last = replace(last, month=first.month, month_shift=first.month_shift)
    if first.year is None and first.shift is None and last.year is not None and first.month_shift is None:
        first = replace(first, year=last.year)
    start, end = value_of(first, today), value_of(last, today)
    iso = None
    if start["iso"] and end["iso"]:
        iso = f"{start['iso'].split('/')[0]}/{end['iso'].split('/')[-1]}"
    value: dict[str, Any] = {"iso": iso, "granularity": "range"}
    for mark in ("approx", "lunar", "relative"):
        if start.get(mark) or end.get(mark):
            value[mark] = True
    return value


def _iso(point: Point) -> tuple[str | None, str, bool]:
    year, month, day, part = point.year, point.month, point.day, point.part
    if part in _FIXED_DAYS:
        month, day = _FIXED_DAYS[part]
        part = None
    if point.lunar and month is not None:
        return _lunar(year, month, day)
    if month is not None or point.month_shift is not None:
        return _iso_month(point, month, day, part)
    if day is not None:
        return _join(None, None, day, point.day_to), "range" if point.day_to else "day", False
    if part is None:
        if year is None:
            return None, "year", False
        return (f"{year}/{point.year_to}", "range", False) if point.year_to else (str(year), "year", False)
    if part.endswith("年代") or part.endswith("世纪"):
        return f"{year}/{point.year_to}", "decade" if part.endswith("年代") else "range", False
    kind, (low, high) = _year_part(part)
    approx = kind == "season" or (kind == "part" and part not in _EXACT_PARTS and part[0] != "M")
    if year is None:
        return None, kind, approx
    end_year, end_month = (year + 1, high - 12) if high > 12 else (year, high)
    low_iso, high_iso = f"{year}-{low:02}", f"{end_year}-{end_month:02}"
    return low_iso if low == high else f"{low_iso}/{high_iso}", kind, approx


def _year_part(part: str) -> tuple[str, tuple[int, int]]:
    if part[0] in _SEASONS and part not in _YEAR_PARTS:
        return "season", _SEASONS[part[0]]
    if part[0] == "Q":
        quarter = int(part[1])
        return "quarter", (quarter * 3 - 2, quarter * 3)
    if part[0] == "M":  # 前八个月
        return "part", (1, int(part[1:]))
    return "part", _YEAR_PARTS[part]


def _iso_month(point: Point, month: int | None, day: int | None, part: str | None) -> tuple[str | None, str, bool]:
    year = point.year
    if part is not None and month is None:
        return None, "part", True
    if part is not None and month is not None:
        low, high = _MONTH_PARTS[part]
        return _join(year, month, low, min(high, _last_day(year, month))), "part", part in "初底末"
    if day is not None:
        return _join(year, month, day, point.day_to), "range" if point.day_to else "day", False
    if month is None:
        return None, "month", False
    start = _join(year, month, None, None)
    if point.month_to:
        return f"{start}/{_join(year, point.month_to, None, None)}", "range", False
    return start, "month", False


def _join(year: int | None, month: int | None, day: int | None, day_to: int | None) -> str:
    head = f"{year}" if year is not None else "-"
    head += f"-{month:02}" if month is not None else "-"
    if day is None:
        return head
    return f"{head}-{day:02}/{head}-{day_to:02}" if day_to else f"{head}-{day:02}"


def _lunar(year: int | None, month: int, day: int | None) -> tuple[str | None, str, bool]:
    """The solar months a lunar month can fall in: the n-th begins between 21 of month n and 20 of the next."""
    granularity = "day" if day is not None else "month"
    if year is None:
        return None, granularity, True
    end = month + 2
    end_iso = f"{year + 1}-{end - 12:02}" if end > 12 else f"{year}-{end:02}"
    return f"{year}-{month:02}/{end_iso}", granularity, True
