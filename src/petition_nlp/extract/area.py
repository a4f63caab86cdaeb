"""AREA: land and floor areas in square metres.

Found: 148.5㎡, 三亩二分, 50多亩, 3.2公顷, 1.82万亩, 20个平方, 60-70平, 八分地 (分 only beside a word for land). A 垧 is
counted as 10,000 m², as in most of the north-east; a mu is 2,000/3 m².
"""

from __future__ import annotations

import re
from typing import Any

from .base import Context, Match
from .numerals import Quantity, Reading, interval_value, parse, read_quantity, scan

_MU = 2000 / 3
_FACTORS = {
    "平方公里": 1e6, "平方千米": 1e6, "公顷": 1e4, "垧": 1e4, "顷": 100 * _MU, "亩": _MU,
    "分": _MU / 10, "厘": _MU / 100,
}  # fmt: skip
_LAND = "地|田|水田|旱田|稻田|菜地|责任田|自留地|土地|水浇地|山林|鱼塘|机动地|宅基地|口粮田"
_UNIT = re.compile(
    r" ?(?:个?(?:多个)?平方(?:公里|千米|米)?(?![毫厘分英])|个?平米"
    r"|平(?![方均时房安台整常等原价顶移面衡静坦定信凉江阳湖潭坝])"
    r"|㎡|[mM](?:²|2(?![0-9]))|公顷|顷|垧"
    rf"|亩(?:多(?!少))?(?!产)|分(?:地|(?=(?:来的)?(?:{_LAND})))|厘(?={_LAND}))"
)
_MINOR = re.compile(
    r"([0-9一二三四五六七八九])(?:分半?(?:([0-9一二三四五六七八九])厘)?(?:地(?!块))?)?(?![0-9一二三四五六七八九十百千万年月户人个亩块元])|半(?!年)"
)
_OF_LAND = re.compile(f"的?(?:{_LAND}|耕地|良田|林地|茶园|果园)|[，、。]")
_PLACE = re.compile("[街塘湾坪墩坝](?:[镇村街]|居|民|老|是)")
_BEGINS = frozenset(" 个平㎡mM公顷垧亩分厘多-—–―~～至到一、，,/")
_MORE = tuple("近约上")
_UP = "百千万亿"


class AreaRecognizer:
    """Areas; the module's description lists the forms, docs/values.md the value."""

    type = "AREA"

    def find(self, text: str, context: Context) -> list[Match]:
        numerals = scan(text)
        found: list[Match] = []
        index = free = 0
        while index < len(numerals):
            start, end = numerals[index]
            if start >= free and text[end : end + 1] in _BEGINS and text[start - 1 : start] != "*":
                reading = read_quantity(text, numerals, index, _UNIT)
                if reading and not _is_name(text, reading):
                    found.append(_match(text, reading))
                    free, index = found[-1].end, reading.last
            index += 1
        return found


def _is_name(text: str, reading: Reading) -> bool:
    """Whether this is no area after all: 四平市, 四亩街, 一亩三分地 and 一亩 or 一平方 as the base of a price."""
    token, unit = text[reading.start : reading.end - len(reading.unit)], reading.unit.strip()
    if unit == "分地" and text[reading.start - 2 : reading.start] == "一亩":
        return True
    if unit == "平" and len(token) == 1 and not token.isascii():
        return True
    if token == "一" and not (unit == "亩多" or _OF_LAND.match(text, reading.end)):
        minor = _MINOR.match(text, reading.end)
        return unit != "亩" or minor is None or text.startswith("三分地", reading.end)
    return bool(_PLACE.match(text, reading.end))


def _match(text: str, reading: Reading) -> Match:
    start, end, unit = reading.start, reading.end, reading.unit.strip().lstrip("个")
    factor = next((f for name, f in _FACTORS.items() if unit.startswith(name)), 1.0)
    quantity = reading.quantity
    if unit == "亩" and (minor := _MINOR.match(text, end)):
        parts = zip(minor.groups() if minor[1] else ("半", None), (0.1, 0.01) if minor[1] else (1.0, 0.0), strict=True)
        extra = sum(number.low * share for part, share in parts if part and (number := parse(part)))
        quantity = Quantity(quantity.low + extra, quantity.high + extra, quantity.approx)
        end = minor.end()
    before = text[start - 1 : start]
    approx = quantity.approx or before in _MORE or "多" in unit or text.startswith("左右", end)
    if before == "上" and text[start] in _UP:
        start -= 1
    value: dict[str, Any] = interval_value("square_meters", quantity.times(factor).roughly(approx))
    value["unit"] = next((name for name in _FACTORS if unit.startswith(name)), "平方米")
    return Match("AREA", start, end, value, 0.97, "unit")
