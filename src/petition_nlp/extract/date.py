"""DATE: calendar dates, months, parts of years and ranges, as ISO 8601 with granularity.

Found: 2018年3月, 2019/4/25, 二〇一八年三月, 19年底, 去年10月, 上个月底, 3月15日, 腊月二十, 2015年至2018年, 2018年3-5月,
上世纪90年代, 2020年上半年. Not found, as the guideline has it: bare 今年 and 昨天, durations (3年), clock times and
festivals without a year.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from .base import Context, Match
from .iso_date import Point, is_valid, value_of, value_of_range
from .numerals import parse

_C = "一二三四五六七八九"
_ZERO = "〇零○oO0"
_DASH = "(?:至|到|[-—–~～]{1,2}|一(?=[0-9]))"
_AND = f"(?:[、，,和及与]|{_DASH})"
_RELATIVE = {
    "大前年": -3,
    "今年": 0,
    "去年": -1,
    "前年": -2,
    "明年": 1,
    "后年": 2,
    "本年": 0,
    "上年": -1,
    "旧年": -1,
    "去岁": -1,
}
_AFTER_NAMED = {"当年": 0, "同年": 0, "次年": 1, "翌年": 1}  # counted from the year that the text named last
_RELATIVE_MONTH = {"本": 0, "当": 0, "上": -1, "下": 1}
_NAMED_MONTH = {"元": 1, "正": 1, "冬": 11, "腊": 12}
_FESTIVALS = "春节|国庆|元旦|清明|中秋|端午|五一|元宵|除夕|重阳|暑假|寒假|暑期|新年"

_MONTH_NUMBER = "(?:1[0-2]|0?[1-9])(?![0-9])"
_MONTH = (
    rf"(?:(?P<month>{_MONTH_NUMBER})(?:{_AND}(?:{_MONTH_NUMBER}[、，,]){{0,4}}(?P<month_to>{_MONTH_NUMBER}))? ?月"
    rf"|(?P<month_word>十[一二]?|[{_C}])(?:[、，]?(?P<month_word_to>十[一二]?|[{_C}]))?月"
    rf"|(?P<month_named>[元正腊冬])月)(?:份|分(?![钱之]))?"
)
_DAY_NUMBER = "(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
_DAY = (
    rf" ?(?:(?P<day>{_DAY_NUMBER})(?:{_AND}(?:{_DAY_NUMBER}[、，,]){{0,4}}(?P<day_to>{_DAY_NUMBER}))? ?"
    r"(?:[日号](?![楼线])|(?![0-9.:：点时个人元万亿%年月名户/岁届期平亩米多余]))"
    rf"|(?P<day_word>二?十几|三十一?|二十[{_C}]?|廿[{_C}]?|十[{_C}]?|初[{_C}十]|[{_C}])"
    rf"(?:[日号](?![楼线])|(?![{_C}十百千万天月年个次人多])))"
)
_MONTH_PART = f"(?P<part>底|末|初(?![中级{_C}十])|[上中下]旬|上中旬|中下旬)"
_MONTH_TAIL = f"(?:{_MONTH_PART}|{_DAY})?"
_YEAR = (
    rf"(?:(?P<year>(?:19|20)[0-9]{{2}})(?:(?:{_DASH}|年{_DASH}|[、和])(?P<year_to>(?:19|20)?[0-9]{{2}}))? ?年度?(?!轻)"
    rf"|(?P<year_short>[0-9]{{2}}) ?年|(?P<year_word>[一二][{_ZERO}九][{_ZERO}{_C}1-9]{{2}}|[{_ZERO}{_C}]{{2}})年"
    rf"|民国(?P<republic>[{_C}十]{{1,3}})年"
    rf"|(?P<relative>{'|'.join((*_RELATIVE, *_AFTER_NAMED))}))"
)
_YEAR_TAIL = (
    rf"(?P<year_part>年?[底末]|年[初中]|初(?![{_C}中级])|[上下]半年|[春夏秋冬][天季上]?(?![节种耕运])"
    rf"|(?:前[二两三]|第?[一二三四1-4])个?季度|前(?:[0-9{_C}两十]{{1,2}})个月)"
    rf"|(?P<festival>{_FESTIVALS})节?(?:期间|假期|长假|前夕|前(?!后))?"
)
_YEAR_LED = re.compile(
    rf"{_YEAR}(?: ?(?:的(?!年?[底末初]))?(?:大[概约])? ?(?:{_MONTH}{_MONTH_TAIL}|{_YEAR_TAIL}"
    rf"|(?P<dot_month>{_MONTH_NUMBER})\.(?P<dot_day>{_DAY_NUMBER})[日号]))?"
)
_MONTH_LED = re.compile(_MONTH + _MONTH_TAIL)
_MONTH_RELATIVE = re.compile(rf"(?P<which>[本当上下])个?月(?:{_MONTH_PART}|{_DAY})")
_LUNAR = re.compile(f"[农阴]历{_MONTH}{_MONTH_TAIL}")
_NUMERIC = re.compile(
    rf"(?P<year>(?:19|20)[0-9]{{2}})(?P<sign>[-./])(?P<month>{_MONTH_NUMBER})(?:(?P=sign)(?P<day>{_DAY_NUMBER}))?"
    r"(?!(?P=sign)?[0-9])(?P<unit> ?[日号月])?"
)
_SLASHED = re.compile(
    rf"(?P<month>{_MONTH_NUMBER})(?P<sign>[./])(?P<day>{_DAY_NUMBER})(?![./])(?P<unit>[日号](?![楼线]))?"
)
_DAY_ALONE = re.compile(rf"(?P<day>{_DAY_NUMBER})(?P<unit>[日号])")
_WEEKDAY = re.compile(f"上个?(?:周|星期)(?P<weekday>[{_C[:6]}日天])")
_DECADE = re.compile(
    r"(?:上个?世纪|(?:19|20|二十)世纪)?"
    rf"(?:(?:(?P<from>[1-9])0?|(?P<from_word>[{_C[2:]}])十?)[、，,—一~-]{{1,2}}|(?P<from_pair>[{_C[2:]}]))?"
    rf"(?:(?P<number>[1-9]|20[0-9])0|(?P<word>[{_C}])十)年代(?:中期|后期|[初末])?"
    rf"|(?P<some>[五六七八九])几年(?!来)"
)
_CENTURY = re.compile("(?P<century>1[0-9]|2[01])世纪(?:[初末]|中叶)?")
_RANGE_DASH = re.compile(f" ?{_DASH} ?")

# Where a date may begin; one loose pattern, so that most of a text is passed over at the speed of the regex engine.
_CANDIDATE = re.compile(
    rf"[0-9{_C}十廿零〇今去前明后当次同本上下大正腊冬元农阴民旧翌](?<![0-9][0-9])(?<![{_C}十]{{5}}[{_C}十])"
    rf"(?:[0-9{_C}十廿几{_ZERO}]{{0,4}} ?(?:[年月日号]|[./][0-9]|-[01]?[0-9]-[0-9]|世纪"
    rf"|[、，,至到~～—–一-]{{1,2}}(?=[0-9{_C}十、，,和至到~～—–年-]{{1,16}}[年月日号]))"
    r"|个?[年月周星岁世]|[历前国])"
)
_DURATION_BEFORE = re.compile(
    "(?:近|快|已|达|逾|为|期|约|过去|这|了|经过|超过|有|满|干|年限|将近|整整|前|后|用|至少|多|每|又|这么|贷款|还)$"
)
_DURATION_AFTER = re.compile(
    "以?来(?!信)|[前后多了之有的内间余](?!夏|应|教|摩)|以[内上下]|左右|跨度|时间|期|产权|如一|工龄|连续|个|返租|质保|保修|免"
    "|租|历史|[0-9]{1,2}个月|贷|没"
)
_TERM_BEFORE = re.compile("(?:月|拘留|提前|处|少于|不超过|每|第|停工|截止|满|限|报告|告知|必须在|[起的])$")
_TERM_AFTER = re.compile("[之以][内上下]|内|[前后](?![天面])|游|[0-9]|通知|以|或")
_NUMBER_DAY_BEFORE = re.compile("[从到于至在，。；：,\n起]$|^$")
_NUMBER_DAY_AFTER = re.compile("[早晚就起上下夜凌，,我左考开去政、]|以前|之前|那天")
_MONTHS_BEFORE = re.compile("(?:[近又半这两过满达]|延期|已有|拘捕)$")
_MONTHS_AFTER = re.compile("有余|已久|之久|节|又一月|的工资|没用")
_SIGNS = (".", "-", "/")
_FULL_YEAR = re.compile("(?:19|20)[0-9]{2}年")
_YEAR_BEFORE = ("在", "从", "自", "于", "到", "是", "至", "，", "。", "、", "(", "（", "：", "\n", "以", "问", "前")
_NUMERIC_RANGE = re.compile(r"[-—~～至到]{1,2}(?:19|20)[0-9]{2}[-./]")
_SLASHED_RANGE = re.compile(r"[-—~～至到]{1,2}[0-9]{1,2}[./][0-9]{1,2}[日号]")
_SLASHED_LIST = re.compile("[0-9]{1,2}/[0-9]{1,2}[，、,][0-9]{1,2}/[0-9]{1,2}")


class _Found(NamedTuple):
    point: Point
    end: int
    rule: str
    score: float


class DateRecognizer:
    """Dates; the module's description lists the forms, docs/values.md the value."""

    type = "DATE"

    def find(self, text: str, context: Context) -> list[Match]:
        found: list[Match] = []
        position, named_year = 0, None
        today = context.reference_date
        while candidate := _CANDIDATE.search(text, position):
            start = candidate.start()
            first = _point_at(text, start, named_year, after_range=False)
            if first is None or not is_valid(first.point):
                position = first.end if first else start + 1  # nothing of 2019年2月30日 is a date
                continue
            named_year = first.point.year or named_year
            dash = _RANGE_DASH.match(text, first.end)
            last = _point_at(text, dash.end(), named_year, after_range=True) if dash else None
            if last and is_valid(last.point) and _follows(first.point, last.point):
                value = value_of_range(first.point, last.point, today)
                found.append(Match("DATE", start, last.end, value, 0.97, "range"))
                position, named_year = last.end, last.point.year or named_year
                continue
            found.append(Match("DATE", start, first.end, value_of(first.point, today), first.score, first.rule))
            position = first.end
        return found


def _point_at(text: str, start: int, named_year: int | None, *, after_range: bool) -> _Found | None:
    """The date that begins exactly at ``start``; it may be one that does not exist (2019年2月30日)."""
    first, before = text[start : start + 1], text[start - 1 : start]
    if first.isdigit() and (
        before.isdigit() or (before in _SIGNS and not after_range and not _FULL_YEAR.match(text, start))
    ):
        return None  # the rest of a longer number or of 2019.13.40
    for read in _NUMBER_READERS if first.isascii() else _WORD_READERS:
        if found := read(text, start, named_year, after_range):
            return found
    return None


def _read_year(text: str, start: int, named_year: int | None, after_range: bool) -> _Found | None:
    m = _YEAR_LED.match(text, start)
    if m is None:
        return None
    tail = m["year_part"] or m["festival"] or m["dot_month"] or m["month"] or m["month_word"] or m["month_named"]
    point, rule, score = Point(), "year", 0.97
    if m["year"]:
        year, year_to = int(m["year"]), m["year_to"]
        if year_to:
            year_to = int(year_to) if len(year_to) == 4 else year // 100 * 100 + int(year_to)
            if year_to <= year:
                return None
        point = Point(year=year, year_to=year_to or None)
    elif m["republic"]:
        years = parse(m["republic"])
        point = Point(year=1911 + int(years.low)) if years else Point(year=0)
    elif m["relative"]:
        if not tail:
            return None
        rule, name = "relative", m["relative"]
        if name in _RELATIVE:
            point = Point(shift=_RELATIVE[name], relative=True)
        else:
            point = Point(year=named_year + _AFTER_NAMED[name] if named_year else None, relative=True)
    else:
        digits = m["year_short"] or "".join(
            str("〇一二三四五六七八九".find(c) % 10) if not c.isdigit() else c for c in _plain(m["year_word"])
        )
        if len(digits) == 2 and not tail and not _is_short_year(text, start, m.end(), digits):
            return None
        rule, score = ("year", 0.97) if len(digits) == 4 or tail else ("short_year", 0.8)
        number = int(digits)
        point = Point(year=number if len(digits) == 4 else number + (1900 if number >= 50 else 2000))
    if not tail:
        return _Found(point, m.end(), rule, score)
    if m["year_part"] or m["festival"]:
        return _Found(replace(point, part=_part(m)), m.end(), rule, score)
    if m["dot_month"]:
        point = replace(point, month=int(m["dot_month"]), day=int(m["dot_day"]))
        return _Found(point, m.end(), rule, score)
    return _Found(_with_month(point, m), m.end(), rule, score)


def _plain(word: str) -> str:
    return word.translate(str.maketrans("零○oO", "〇〇〇〇"))


def _part(m: re.Match[str]) -> str:
    """The name of a part of a year as iso_date knows it."""
    if m["festival"]:
        return m["festival"]
    part = m["year_part"]
    if part.endswith("季度"):
        number = next(c for c in part if c in "一二两三四1234")
        quarter = "一二三四".find(number) + 1 or "1234".find(number) + 1 or 2
        return f"前{'两' if quarter == 2 else '三'}季度" if part[0] == "前" else f"Q{quarter}"
    if part[0] == "前":
        months = parse(part[1:-2])
        return f"M{int(months.low)}" if months and 1 <= months.low <= 12 else "M12"
    return part[0] if part[0] in "春夏秋冬" else part


def _with_month(point: Point, m: re.Match[str]) -> Point:
    """``point`` with the month, day and part of the month that a pattern matched."""
    names = m.re.groupindex
    if "month" in names:
        if m["month"]:
            point = replace(point, month=int(m["month"]), month_to=int(m["month_to"]) if m["month_to"] else None)
        elif m["month_word"]:
            month, month_to = parse(m["month_word"]), parse(m["month_word_to"]) if m["month_word_to"] else None
            point = replace(
                point, month=int(month.low) if month else 0, month_to=int(month_to.low) if month_to else None
            )
        else:
            named = m["month_named"]
            point = replace(point, month=_NAMED_MONTH[named], lunar=named != "元")
    if m["day"]:
        point = replace(point, day=int(m["day"]), day_to=int(m["day_to"]) if m["day_to"] else None)
    elif m["day_word"] and m["day_word"][-1] == "几":
        point = replace(point, part="中旬" if m["day_word"][0] == "十" else "下旬")
    elif m["day_word"]:
        day = parse(m["day_word"].lstrip("初"))
        point = replace(point, day=int(day.low) if day else 0, lunar=point.lunar or m["day_word"][0] == "初")
    return replace(point, part=m["part"]) if m["part"] else point


def _is_short_year(text: str, start: int, end: int, digits: str) -> bool:
    """Whether 98年 or 15年 is a year and no duration, by the words on both sides."""
    if _DURATION_AFTER.match(text, end) or _DURATION_BEFORE.search(text[max(0, start - 3) : start]):
        return False
    number = int(digits)
    return digits[0] == "0" or number >= 80 or (10 <= number <= 29 and text[start - 1 : start] in _YEAR_BEFORE)


def _read_month(text: str, start: int, named_year: int | None, after_range: bool) -> _Found | None:
    m = _MONTH_LED.match(text, start)
    if m is None:
        return None
    alone = not (m["day"] or m["day_word"] or m["part"])
    if alone and m[0][-1] == "月":
        if m["month_named"] or (m["month_word"] == "一" and not m["month_word_to"]):
            return None
        if _MONTHS_BEFORE.search(text[max(0, start - 2) : start]) or _MONTHS_AFTER.match(text, m.end()):
            return None
    return _Found(_with_month(Point(), m), m.end(), "month" if alone else "month_day", 0.95)


def _read_lunar(text: str, start: int, named_year: int | None, after_range: bool) -> _Found | None:
    m = _LUNAR.match(text, start)
    return _Found(replace(_with_month(Point(), m), lunar=True), m.end(), "lunar", 0.95) if m else None


def _read_relative_month(text: str, start: int, named_year: int | None, after_range: bool) -> _Found | None:
    m = _MONTH_RELATIVE.match(text, start)
    if m is None:
        return None
    point = _with_month(Point(month_shift=_RELATIVE_MONTH[m["which"]], relative=True), m)
    return _Found(point, m.end(), "relative", 0.95)


def _read_numeric(text: str, start: int, named_year: int | None, after_range: bool) -> _Found | None:
    m = _NUMERIC.match(text, start)
    if m is None:
        return None
    unit, day = (m["unit"] or "").strip(), m["day"]
    if day is None and unit != "月" and not (after_range or _NUMERIC_RANGE.match(text, m.end())):
        return None
    if (day is None and unit in ("日", "号") and unit) or (day and unit == "月"):
        return None
    return _Found(
        Point(year=int(m["year"]), month=int(m["month"]), day=int(day) if day else None), m.end(), "numeric", 0.97
    )


def _read_slashed(text: str, start: int, named_year: int | None, after_range: bool) -> _Found | None:
    m = _SLASHED.match(text, start)
    if m is None:
        return None
    before, end = text[start - 1 : start], m.end()
    if not (m["unit"] or after_range or _SLASHED_RANGE.match(text, end)):
        if m["sign"] == ".":
            if not (before in ("“", '"') and text[end : end + 1] in ("”", '"')):
                return None
        elif int(m["day"]) <= 12 and not _SLASHED_LIST.search(text, max(0, start - 7), end + 7):
            return None
    return _Found(Point(month=int(m["month"]), day=int(m["day"])), end, "slashed", 0.85)


def _read_day(text: str, start: int, named_year: int | None, after_range: bool) -> _Found | None:
    m = _DAY_ALONE.match(text, start)
    if m is None:
        return None
    before, end = text[max(0, start - 4) : start], m.end()
    if not after_range:
        if m["unit"] == "日":
            if _TERM_BEFORE.search(before) or _TERM_AFTER.match(text, end):
                return None
        elif not (_NUMBER_DAY_BEFORE.search(before) and _NUMBER_DAY_AFTER.match(text, end)):
            return None
    return _Found(Point(day=int(m["day"])), end, "day", 0.85)


def _read_weekday(text: str, start: int, named_year: int | None, after_range: bool) -> _Found | None:
    m = _WEEKDAY.match(text, start)
    if m is None:
        return None
    weekday = "一二三四五六日".find(m["weekday"]) % 7
    return _Found(
        Point(week_shift=-1, weekday=weekday if m["weekday"] != "天" else 6, relative=True), m.end(), "weekday", 0.8
    )


def _read_decade(text: str, start: int, named_year: int | None, after_range: bool) -> _Found | None:
    if m := _CENTURY.match(text, start):
        year = (int(m["century"]) - 1) * 100 + 1
        return _Found(Point(year=year, year_to=year + 99, part="世纪"), m.end(), "century", 0.8)
    m = _DECADE.match(text, start)
    if m is None or text[start - 1 : start] in (*_C, "十"):
        return None
    number = m["number"] or str(_C.find(m["word"] or m["some"]) + 1)
    year = int(number) * 10 + (1900 if len(number) == 1 else 0)
    other = m["from"] or m["from_word"] or m["from_pair"]
    first = 1900 + 10 * (int(other) if other.isascii() else _C.find(other) + 1) if other else year
    return _Found(Point(year=min(first, year), year_to=year + 9, part="年代"), m.end(), "decade", 0.95)


def _follows(first: Point, last: Point) -> bool:
    """Whether two dates with a dash between them make a range."""
    if first.year_to or last.year_to or (first.part or "").endswith(("年代", "世纪")):
        return False
    if last.year is None and last.shift is None:
        if last.month is None:
            return first.day is not None
        return first.month is not None
    return first.year is None or last.year is None or (first.year, first.month or 0) <= (last.year, last.month or 12)


_NUMBER_READERS = (_read_decade, _read_year, _read_numeric, _read_month, _read_slashed, _read_day)
_WORD_READERS = (_read_year, _read_month, _read_relative_month, _read_lunar, _read_weekday, _read_decade)
