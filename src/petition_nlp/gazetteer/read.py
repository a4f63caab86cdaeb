"""Reads a place name from its start: which divisions it goes through, and where they end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from petition_nlp.gazetteer import forms
from petition_nlp.gazetteer.index import Index

# After a bare name these show that it names a street, estate, hill or firm: 长沙大道, 中山公园, 北京银行.
_OTHER_THING = re.compile(
    "[东西南北中]{0,2}(?:路|街(?!道)|大道|大街|巷|弄|胡同|桥|大桥|大厦|小区|花园|广场|公园|社区|村|镇|乡|街道|站|山(?!东|西)|湖(?!南|北)|"
    "河(?!南|北)|寺|庙|坝|水库|机场|学院|大学|中学|小学|医院|公馆|府|苑|家园|新村|城(?!区|关|东|西|南|北)|国际|话|市|县|区|州|银行|"
    "时间|白药|烤鸭|菜|牌|友谊|商会|宾馆|饭店|酒店|高速|高铁|航空)"
)
_SEPARATOR = re.compile(r"[\s,，、·/\\—-]{0,3}")
_SUBPLACE = re.compile(r"[\u4e00-\u9fff]{1,5}?(?:镇|乡|街道|苏木|村|社区)")
_TOWNSHIP = re.compile(r"([\u4e00-\u9fff]{2,7}?)(?:街道办事处|街道办|街道|镇|乡)")
_TOWN_NAME = re.compile(r"(?:街道|镇|乡|苏木|农场|林场|牧场)$")
# The office's own 开发区 written without its city: 高新区, 经开区.
_ZONE = re.compile(r"(?P<zone>(?:国家)?(?:高新|经开|经济技术开发|经济开发|高新技术产业开发|高新技术开发)区)")
# A name that is shared more widely than this says nothing (经济开发区).
_MOST = 120
_LONGEST_BARE = 6


@dataclass(frozen=True, slots=True)
class Part:
    """One more division of a chain: it may be any of ``found``; the name ends at ``end``."""

    found: list[int]
    end: int
    bare: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What the start of a place name says.

    Attributes:
        found: divisions it may mean, in table order.
        end: where the division names end; the rest of the span is below the table.
        parts: how many names were read.
        bare: the first name came without its kind.
        form: the first name as written.
        weak: the name alone is thin evidence (a bare county, a township without its county).
    """

    found: list[int]
    end: int
    parts: int
    bare: bool
    form: str
    weak: bool


def continues(index: Index, text: str, end: int, owners: list[int]) -> bool:
    """May a bare name end at ``end``: a lower division follows, or nothing that makes it another thing's name?"""
    return not _OTHER_THING.match(text, end) or next_part(index, text, end, owners) is not None


def next_part(index: Index, text: str, at: int, above: list[int]) -> Part | None:
    """The longest name at ``at`` of a division that lies below one of ``above``, or None."""
    if at >= len(text) or index.level(above) == 3:
        return None
    full, first = index.full, index.first
    for size in range(min(index.reach.get(text[at : at + 2], 0), len(text) - at), 1, -1):
        form = text[at : at + size]
        if (form in full or form in first) and (found := _below(index, index.named(form), above)):
            return Part(found, at + size, bare=False)
        bare = index.bare.get(form)
        if bare is not None:
            found = _below(index, bare, above)
            if found and _bare_part_fits(index, text, at + size, form, found):
                return Part(found, at + size, bare=True)
    return _zone(index, text, at, above) or _renamed(index, text, at, above)


def next_bare(index: Index, text: str, at: int, above: list[int]) -> Part | None:
    """The longest bare name at ``at`` of a city or county below one of ``above``: 望城 after 长沙."""
    reach = index.reach.get(text[at : at + 2])
    if reach is None or index.level(above) > 1:
        return None
    for size in range(min(_LONGEST_BARE, reach, len(text) - at), 1, -1):
        owners = index.bare.get(text[at : at + size])
        if owners is not None:
            found = _below(index, owners, above)
            if found and _bare_part_fits(index, text, at + size, text[at : at + size], found):
                return Part(found, at + size, bare=True)
    return None


def _below(index: Index, owners: list[int], above: list[int]) -> list[int]:
    spans = index.table.spans
    if len(above) == 1:
        low, high = above[0], spans[above[0]]
        return [o for o in owners if low < o < high]
    if len(owners) * len(above) > _MOST * 4:
        return []
    return [o for o in owners if any(a < o < spans[a] for a in above)]


def _bare_part_fits(index: Index, text: str, end: int, form: str, found: list[int]) -> bool:
    if end == len(text) or (_SUBPLACE.match(text, end) and not _OTHER_THING.match(text, end)):
        return True
    if index.level(found) < 2:  # a prefecture after its province: 湖南长沙
        return continues(index, text, end, found)
    if next_part(index, text, end, found) is not None:
        return True
    safe = forms.findable(form, "county", unique=True)
    return (safe or text[end] in " ,，。；;、\n的") and not _OTHER_THING.match(text, end)


def _zone(index: Index, text: str, at: int, above: list[int]) -> Part | None:
    """高新区 after its city is the zone the table calls 石家庄高新技术产业开发区, when there is just one."""
    m = _ZONE.match(text, at)
    if not m:
        return None
    key = "高新" if "高新" in m["zone"] else "经济"
    table = index.table
    found: list[int] = []
    for city in above:
        if table.levels[city] != 1:
            continue
        child = city + 1
        while child < table.spans[city]:
            name = table.names[child]
            if key in name and name.endswith("区") and "开发" in name:
                found.append(child)
            child = table.spans[child]
    return Part(found, m.end(), bare=False) if len(found) == 1 else None


def _renamed(index: Index, text: str, at: int, above: list[int]) -> Part | None:
    """A township of a known county under another kind: 榔梨镇 for 榔梨街道."""
    if len(above) > 3 or any(index.table.levels[a] != 2 for a in above):
        return None
    m = _TOWNSHIP.match(text, at)
    if not m:
        return None
    found = [t for a in above for t in index.stems(a).get(m[1], ())]
    return Part(found, m.end(), bare=False) if len(found) == 1 else None


def read(index: Index, surface: str) -> Reading | None:
    """The reading of a place name that begins with the longest name, or None."""
    corps = index.corps(surface) if surface[:1] in "新兵第农" or "师" in surface[:4] else None
    if corps:
        return Reading(corps[0], corps[1], 1, False, surface[: corps[1]], weak=False)
    for size in range(min(index.reach.get(surface[:2], 0), len(surface)), 1, -1):
        form = surface[:size]
        bare = index.bare.get(form)
        if bare is None and form not in index.full and form not in index.first:
            continue
        for is_bare, owners in ((False, index.named(form)), (True, bare)):
            if owners and len(owners) <= _MOST:
                reading = _read_on(index, surface, form, owners, is_bare)
                if reading is not None:
                    return reading
    return None


def _read_on(index: Index, surface: str, form: str, owners: list[int], bare: bool) -> Reading | None:
    level = index.level(owners)
    if level == 3 and not _TOWN_NAME.search(form) and not (form.startswith("兵团") and len(owners) == 1):
        return None
    found, end, parts = owners, len(form), 1
    while True:
        if end == len(surface):
            break
        gap = _SEPARATOR.match(surface, end)
        part = next_part(index, surface, gap.end() if gap else end, found)
        if part is None:
            break
        found, end, parts = part.found, part.end, parts + 1
    weak = parts == 1 and (level == 3 or (bare and level == 2))
    if bare and parts == 1:
        if _OTHER_THING.match(surface, end):
            return None
        safe = forms.findable(form, "county", unique=len(owners) == 1)
        if level == 2 and not safe and (end != len(surface) or not forms.alone_in_span(form)):
            return None
        weak = weak and not safe
    return Reading(_top(index, found), end, parts, bare, form, weak)


def _top(index: Index, found: list[int]) -> list[int]:
    """Without those that lie in another of the same reading: 长沙 is the city, not 长沙县 in it."""
    kept: list[int] = []
    for at in sorted(found):
        if not kept or at >= index.table.spans[kept[-1]]:
            kept.append(at)
    return kept
