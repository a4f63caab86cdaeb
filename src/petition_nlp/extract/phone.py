"""PHONE: mobile, landline (with extension) and service numbers; masked ones are left out.

Found: 13812345678, 138-1234-5678, 0731-88888888, (0731)88888888转8001, 400-123-4567, the zero-filled 0000-00000000 of
redacted texts, and a local number of seven or eight digits after a word such as 电话. Short service numbers (12345)
are names of bodies.
"""

from __future__ import annotations

import bisect
import re

from .base import Context, Match, merge

_DASH = "[-—–]"
_FREE = r"(?<![0-9A-Za-z*_/.])(?<![0-9][-—–])"  # no part of a longer number, an identifier or an address
_END = r"(?![0-9A-Za-z*])"
_ANY = re.compile(r"[0-9](?:[-—– ]?[0-9]|[)）][- ]?[0-9]){6}")
_PATTERNS = (
    (
        "zero",
        re.compile(
            rf"{_FREE}(?:0[0-9]{{2,3}}{_DASH})?0000{_DASH}0{{8}}(?![0-9A-Za-z号])|{_FREE}0[0-9]{{2,3}}{_DASH}0{{7,8}}{_END}"
        ),
        "landline",
        0.9,
    ),
    (
        "mobile",
        re.compile(
            rf"(?:(?<![0-9A-Za-z*_/.])\+?86[- ]?|(?<![0-9A-Za-z*_/.]))1[3-9][0-9](?:[- ]?[0-9]{{4}}){{2}}{_END}"
        ),
        "mobile",
        0.98,
    ),
    (
        "landline",
        re.compile(
            rf"(?:{_FREE}0[1-9][0-9]{{1,2}}(?:{_DASH}{{1,2}}| ?)|[(（]0[1-9][0-9]{{1,2}}[)）][- ]?)[1-9][0-9]{{6,7}}"
            rf"(?:(?:转|{_DASH})(?P<ext>[0-9]{{1,6}}))?{_END}"
        ),
        "landline",
        0.97,
    ),
    ("service", re.compile(rf"{_FREE}[48]00{_DASH}?[0-9]{{3}}{_DASH}?[0-9]{{4}}{_END}"), "service", 0.95),
    ("local", re.compile(rf"{_FREE}[2-8][0-9]{{6,7}}(?![0-9A-Za-z*.,%/年万亿元个㎡号]|[-—–][0-9])"), "landline", 0.8),
)
_CALL = re.compile("电话|手机|热线|联系方式|致电|拨打|咨询|号码|座机|传真|来电|微信|站|局|科|办|镇政府")
_NO_CALL = re.compile("编号|字第|证书|书号|证号")


class PhoneRecognizer:
    """Phone numbers; the module's description lists the forms, docs/values.md the value."""

    type = "PHONE"

    def find(self, text: str, context: Context) -> list[Match]:
        if not _ANY.search(text):
            return []
        found: list[Match] = []
        for rule, pattern, kind, score in _PATTERNS:
            more = [
                Match("PHONE", *m.span(), _value(m, kind), score, rule)
                for m in pattern.finditer(text)
                if rule != "zero" or not _NO_CALL.search(text, max(0, m.start() - 6), m.start())
            ]
            if rule == "local":
                ends = [other.end for other in found]
                more = [match for match in more if _is_local(text, match.start, ends)]
            found = merge(found, more)
        return found


def _value(m: re.Match[str], kind: str) -> dict[str, str]:
    extension = m.groupdict().get("ext")
    number = m[0] if not extension else m[0][: m.start("ext") - m.start()]
    value = {"number": re.sub("[^0-9]", "", number), "kind": kind}
    if kind == "mobile":
        value["number"] = value["number"][-11:]
    return value | {"ext": extension} if extension else value


def _is_local(text: str, start: int, ends: list[int]) -> bool:
    """Whether a bare number of seven or eight digits is a phone number: after a word such as 电话, or in a list."""
    if _CALL.search(text, max(0, start - 10), start):
        return True
    place = bisect.bisect_left(ends, start - 10)
    return place < len(ends) and ends[place] <= start + 20
