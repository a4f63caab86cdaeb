"""Numbers as people write them: 12,000.50, 3.2万, 3千5, 三万二, 两千零五, 二〇一八, 廿五, 壹仟贰佰, 几十, 三四十.

``scan`` finds where numerals stand in a text (linear time, whatever the text); ``parse`` says what one is worth, as an
interval. ``read_quantity`` joins both with a unit: the part that amounts, areas and head counts share.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "○": 0, "两": 2}
_FINANCIAL = {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}
_ALL_DIGITS = _DIGITS | _FINANCIAL
_TENS = {"廿": 20, "卅": 30}
_SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_LARGE = {"万": 10_000, "w": 10_000, "W": 10_000, "亿": 100_000_000}
_MORE = "多余来把"
_MAX_DIGITS = 15  # beyond this a float no longer holds every integer; such runs are account numbers anyway

_CN = "".join(_ALL_DIGITS) + "".join(_TENS)
_MULT = "".join(_SMALL) + "万亿"
_NUMERAL = re.compile(  # begins with one character class: the engine then skips everything else quickly
    rf"[0-9{_CN}{_MULT}几数半]"
    # 12,000.50 / 3.2万 / 3千5 / 15万6320 / 20多万 / 1.3个亿; 2018.12.26 is one run, which parse() then refuses
    r"(?:(?<=[0-9])(?:[0-9]{0,2}(?:,[0-9]{3})+(?![0-9])|[0-9]*)(?:\.[0-9]+)*"
    rf"(?:(?:[{_MULT}wW](?![A-Za-z])(?:[0-9]{{1,4}}(?![0-9.]))?|[{_MORE}几](?=[{_MULT}])|个(?=[{_MORE}]?亿))"
    rf"(?:[{_CN}{_MULT}几](?:[0-9]{{1,4}}(?![0-9.]))?|[{_MORE}]|个(?=[{_MORE}]?亿))*|[{_MORE}几])?"
    # 三万二 / 两千零五 / 二〇一八 / 几十 / 数百 / 上百 is 百 with a word before it
    rf"|(?<![0-9])(?:[{_CN}{_MULT}几{_MORE}]|点(?=[{_CN}])|个(?=[{_MORE}]?亿))*)"
)
_PART = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?|.")
_DIGIT_STRING = re.compile(rf"[{''.join(_ALL_DIGITS)}]+")
_OR_SO = re.compile(r"(百|千|万)([一二两三四五六七八九]?)(十|百|千)(万|亿)?")  # 百八十, 千八百, 百十来
_DECIMAL = re.compile(rf"([{''.join(_DIGITS)}十]+)点([{''.join(_DIGITS)}]+)(.*)")
_DASH = re.compile(r"(?:[-—–―~～]{1,2}|至|到|一(?=[0-9])) ?")
_PERCENT = "%％‰"
_TRICKY = "百千把一"
_WORDS = {"百姓", "千瓦", "千克", "千米", "千伏", "百货"}
_AFTER_BA = "块元个人户来号斤亩"
_ONE_EACH = re.compile("[百千万亿wW多0-9]一(?:[个户人台套间平吨年月天次亩栋辆车股座棵斤度份]|学[期年])")
_DASHES = "-—–―~～至到一"
_LIST = re.compile("[、，,]")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or an interval of numbers; ``approx`` when the writer says 多, 余, 来, 几 and the like."""

    low: float
    high: float
    approx: bool = False

    def times(self, factor: float) -> Quantity:
        return Quantity(self.low * factor, self.high * factor, self.approx)

    def roughly(self, approx: bool) -> Quantity:
        return Quantity(self.low, self.high, approx)


def interval_value(key: str, quantity: Quantity) -> dict[str, Any]:
    """``{key: number}``; for an interval the middle, with ``min`` and ``max``; ``approx`` only when true."""
    value: dict[str, Any] = {key: round((quantity.low + quantity.high) / 2, 2)}
    if quantity.low != quantity.high:
        value |= {"min": round(quantity.low, 2), "max": round(quantity.high, 2)}
    if quantity.approx:
        value["approx"] = True
    return value


@dataclass(frozen=True, slots=True)
class Reading:
    """A quantity with its unit as read from a text; ``last`` is the last numeral used, ``end`` comes after the unit."""

    start: int
    end: int
    quantity: Quantity
    unit: str
    last: int


@functools.lru_cache(maxsize=1)  # the recognisers of one find_all call share the scan of its text
def scan(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of every numeral, in order.

    Numbers glued to a Latin letter (GB50016), ordinals (第三) and percentages (百分之三) are none.
    """
    found: list[tuple[int, int]] = []
    for m in _NUMERAL.finditer(text):
        start, end = m.span()
        before = text[start - 1 : start]
        if before and before in "第之":
            if before == "第" or text[start - 2 : start - 1] == "分":
                continue  # 第三, 百分之三十
        elif before.isascii() and text[start].isascii() and (before.isalpha() or (before and before in "._")):
            continue  # GB50016
        last, after = text[end - 1], text[end : end + 1]
        if last in _TRICKY:
            if text.startswith("分之", end):
                continue
            if last + after in _WORDS or (last == "把" and after not in _AFTER_BA):
                end -= 1  # 几十万百姓, 3亿千瓦, 捐了十万把路修好
                if end == start:
                    continue
            elif last == "一" and end - start > 1 and _ONE_EACH.match(text, end - 2):
                end -= 1  # 三千一个月, 40万一台
        elif after and after in _PERCENT:
            continue
        found.append((start, end))
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def parse(numeral: str) -> Quantity | None:
    """The value of a numeral, or None when the characters make no number.

    Colloquial forms are read as people mean them: 三万二 is 32,000, 一百二 is 120, 一百零二 is 102, 三四十 is 30–40,
    百八十 is 80–100, 几十 is 20–90, 十几 is 11–19.
    """
    if len(numeral) > 40:
        return None
    body = numeral.rstrip(_MORE)
    approx = body != numeral
    if any(c in body for c in _MORE):
        body, approx = "".join(c for c in body if c not in _MORE), True
    body = body.replace("个", "")
    if m := _OR_SO.fullmatch(body):
        top, several, unit = _SMALL.get(m[1], 10_000), _DIGITS.get(m[2]), _SMALL[m[3]]
        factor = _LARGE.get(m[4] or "", 1)
        if unit < top:
            ends = (top, top + unit) if several is None else (several * unit, top)
            return Quantity(float(ends[0] * factor), float(ends[1] * factor), True)
    if m := _DECIMAL.fullmatch(body):
        whole = parse(m[1])
        factor_of = parse("一" + m[3]) if m[3] else Quantity(1, 1)
        if whole is None or factor_of is None:
            return None
        fraction = "".join(str(_DIGITS[c]) for c in m[2][:9])
        value = (whole.low + int(fraction) / 10 ** len(fraction)) * factor_of.low
        return Quantity(value, value, approx or factor_of.approx)
    parts = _split(body)
    if parts is None:
        return None
    low, high = _evaluate(parts, 0), _evaluate(parts, 1)
    if low is None or high is None or not 0 <= low <= high:
        return None
    return Quantity(low, high, approx or "几" in body or "数" in body)


def _split(body: str) -> list[tuple[str, float, float]] | None:
    """Parts of a numeral: ("digit" | "number" | "times" | "zero" | "half", low, high); None for impossible ones."""
    if len(body) > 1 and _DIGIT_STRING.fullmatch(body):
        digits = [_ALL_DIGITS[c] for c in body]
        if len(digits) > 2 or 0 in digits:  # 二〇一八, 一二三四五
            value = float(int("".join(map(str, digits))))
            return [("number", value, value)] if len(digits) <= _MAX_DIGITS else None
        return [("digit", digits[0], digits[1])] if digits[0] < digits[1] else None  # 三四, 三五
    parts: list[tuple[str, float, float]] = []
    for m in _PART.finditer(body):
        part = m[0]
        if part[0].isascii() and part[0].isdigit():
            plain = part.replace(",", "")
            if len(plain) > _MAX_DIGITS or plain.count(".") > 1:
                return None
            value = float(plain)
            parts.append(("digit" if len(plain) == 1 else "number", value, value))
        elif (digit := _ALL_DIGITS.get(part)) is not None:
            if digit == 0:
                parts.append(("zero", 0, 0))
            elif parts and parts[-1][0] == "digit" and parts[-1][1] == parts[-1][2] < digit:
                parts[-1] = ("digit", parts[-1][1], digit)  # 三四十: an interval
            else:
                parts.append(("digit", digit, digit))
        elif part in _TENS:
            parts.append(("tens", _TENS[part], _TENS[part]))
        elif part in "几数":
            parts.append(("digit", 1 if parts else 2, 9))
        elif part == "半":
            parts.append(("half", 0.5, 0.5))
        else:
            times = _SMALL.get(part) or _LARGE.get(part)
            if times is None:
                return None
            parts.append(("times", times, times))
    return parts or None


def _evaluate(parts: Sequence[tuple[str, float, float]], side: int) -> float | None:
    """One end (0 low, 1 high) of the interval the parts stand for; None when they do not fit together."""
    total = section = 0.0  # section: what stands below the next 万 or 亿
    current: float | None = None  # a number that waits for its multiplier
    kind, last, after_zero = "", 0.0, False
    for name, *ends in parts:
        value = ends[side]
        if name == "times" and value < 10_000:
            if last and last < 10_000 and value >= last and section:
                return None  # 五十百
            section += (1 if current is None else current) * value
            current, last, after_zero = None, value, False
        elif name == "times":
            here = section + (current or 0)
            if here and (last < 10_000 or value < last):
                total += here * value
            else:
                total = (total + here or 1) * value  # 万元, 10万亿
            section, current, last, after_zero = 0.0, None, value, False
        elif name == "zero":
            if current is not None:
                return None
            after_zero = True
        elif name == "half":
            section += 0.5 * (last or 1)
        elif name == "tens":
            section += value
            last = 10.0
        elif current is not None:
            if kind != "number" or ends[0] == ends[1] or current % 10:
                return None  # two numbers in a row
            current += value  # 30几
        else:
            current, kind = value, name
    if current is not None:
        # 三万二 is 三万二千; 三万零二 and 十二 are what they say
        section += current * last / 10 if kind == "digit" and last > 10 and not after_zero else current
    return round(total + section, 6)


def read_quantity(text: str, numerals: Sequence[tuple[int, int]], index: int, unit: re.Pattern[str]) -> Reading | None:
    """The quantity that begins with numeral ``index`` and ends with ``unit``: 三亩, 3-5亩, 20平米至30平米, 两到三万元.

    Args:
        text: the text that was scanned.
        numerals: the result of ``scan``.
        index: which numeral to begin with.
        unit: what must follow the numeral; may match the empty string.

    Returns:
        None when the unit does not follow or the numeral has no value.
    """
    start, end = numerals[index]
    own = unit.match(text, end)
    if index + 1 < len(numerals):
        after = own.end() if own else end
        dash = _DASH.match(text, after) if text[after : after + 1] in _DASHES else None
        if dash is None and end - start <= 2:
            dash = _LIST.match(text, after)
        if dash and (joined := _read_upper(text, numerals, index, dash, own, unit)):
            return joined
    if own and (quantity := parse(text[start:end])):
        return Reading(start, own.end(), quantity, own[0], index)
    return None


def _read_upper(
    text: str,
    numerals: Sequence[tuple[int, int]],
    index: int,
    dash: re.Match[str],
    own: re.Match[str] | None,
    unit: re.Pattern[str],
) -> Reading | None:
    """The interval from numeral ``index`` to the one after ``dash``, if both ends fit together."""
    # a 一 that serves as the dash is scanned as a numeral of its own
    upper = next((i for i in (index + 1, index + 2) if i < len(numerals) and numerals[i][0] == dash.end()), None)
    if upper is None:
        return None
    low_text, high_text = text[slice(*numerals[index])], text[slice(*numerals[upper])]
    low, high, other = parse(low_text), parse(high_text), unit.match(text, numerals[upper][1])
    if not (low and high and other) or (own and (own[0] != other[0] or (own[0] and dash[0][0] in "至到"))):
        return None  # 2000元到2600元 are two
    if dash[0] in "、，,":  # 8、9万元 is an interval, 3、50元 is a list
        upper_digits = parse(high_text.rstrip("百千万亿" + _MORE))
        step = 10 if low.low >= 10 and low.low % 10 == 0 else 1
        counted = other[0] or "万" in high_text or "亿" in high_text
        if (own and own[0]) or not counted or upper_digits is None or upper_digits.low != low.low + step:
            return None
    if not (own and own[0]):
        low = _share_multiplier(low, low_text, high, high_text)
    if low.low >= high.high:
        return None
    quantity = Quantity(low.low, high.high, low.approx or high.approx)
    return Reading(numerals[index][0], other.end(), quantity, other[0], upper)


def _share_multiplier(low: Quantity, low_text: str, high: Quantity, high_text: str) -> Quantity:
    """2-3万: the 万 belongs to both ends, unless the first has one of its own (8千到一万) or is not the smaller one."""
    sign = next((c for c in "亿万千百" if c in high_text), None)
    if sign is None or any(c in low_text for c in _MULT):
        return low
    factor = _LARGE.get(sign) or _SMALL[sign]
    return low.times(factor) if low.low * factor < high.high else low
