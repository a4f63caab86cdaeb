"""Values of PLACE spans: the chain of divisions, the code, what is left; ambiguous names by the company they keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from petition_nlp.gazetteer.forms import WORDS_CITY
from petition_nlp.gazetteer.index import Index
from petition_nlp.gazetteer.read import Reading, read
from petition_nlp.gazetteer.table import LEVELS

_TRIM = " \t\r\n\u3000,，、·;；:：-—"
_TOWN_FIRST = re.compile(r"^[^\s,，]{1,6}?(?:街道办事处|街道|镇|乡|苏木)(?=.)")
_VILLAGE = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9*]{1,9}?(?:行政村|自然村|村|社区|居委会|嘎查)(?![镇乡街路庄口委小组民道公大广村]|卫生|集体|支部|两委)"
)
_GROUP = re.compile(r"[\u4e00-\u9fffA-Za-z0-9*]{1,8}?(?:村民小组|居民小组|生产队|小组|组|屯)(?![团织合长])")
_MAX_CANDIDATES = 5
# The four cities that are provinces.
_CITY_PROVINCES = frozenset(("11", "12", "31", "50"))
# Weights of a shared county, city and province; a nearer bond outweighs several farther ones.
_SHARED = ((6, 9.0), (4, 4.0), (2, 1.0))
# Places of a text that may speak for others; more would cost time and add nothing.
_MAX_VOICES = 64
_MAX_VOICE_CANDIDATES = 20


def village(rest: str) -> str | None:
    """The village, community or group that the text below the table names by its suffix, or None."""
    if not rest:
        return None
    town = _TOWN_FIRST.match(rest)
    body = rest[town.end() :] if town else rest
    m = _VILLAGE.search(body) or _GROUP.match(body)
    return m[0] if m else None


class _Voices:
    """The places of one text, to ask how near another place lies to them."""

    def __init__(self, index: Index, groups: Iterable[Sequence[int]]) -> None:
        codes = index.table.codes
        self._codes = codes
        self._groups: list[tuple[tuple[int, ...], float, list[set[str]]]] = []
        for group in dict.fromkeys(map(tuple, groups)):
            if not group or len(group) > _MAX_VOICE_CANDIDATES or len(self._groups) == _MAX_VOICES:
                continue
            prefixes = [{codes[i][:n] for i in group if len(codes[i]) >= n} for n, _ in _SHARED]
            self._groups.append((group, 1.0 if len(group) == 1 else 0.5, prefixes))
        self.certain = sum(1 for g in self._groups if g[1] == 1.0)

    def support(self, at: int, own: tuple[int, ...]) -> float:
        """How strongly the other places speak for ``at``; 0 when none lies in its province."""
        code = self._codes[at]
        total = 0.0
        for group, weight, prefixes in self._groups:
            if group == own:
                continue
            for (size, value), known in zip(_SHARED, prefixes, strict=True):
                # A shared province between two doubtful names is chance.
                if code[:size] in known and len(code) >= size and (weight == 1.0 or size > 2):
                    total += weight * value
                    break
        return total


class Resolver:
    """Resolves the PLACE spans of texts over one index.

    Args:
        index: forms of names.
        find: the search in running text, giving (start, end, division numbers, full).
    """

    def __init__(self, index: Index, find: Callable[[str], list[tuple[int, int, list[int], bool]]]) -> None:
        self._index = index
        self._find = find

    def resolve(self, text: str, spans: Sequence[tuple[int, int]]) -> list[dict[str, Any] | None]:
        """One value per span, see ``Gazetteer.resolve``."""
        surfaces = [text[max(start, 0) : max(end, 0)] for start, end in spans]
        known: dict[str, Reading | None] = {s: read(self._index, s) for s in dict.fromkeys(surfaces)}
        readings = [r for r in known.values() if r is not None]
        voices: _Voices | None = None
        if any(r.weak or len(r.found) > 1 for r in readings):
            certain = [r.found for r in readings if not r.weak]
            voices = _Voices(self._index, [*certain, *(m[2] for m in self._find(text) if self._speaks(m))])
        values = {s: self._value(s, r, voices) for s, r in known.items()}
        # Equal surfaces get equal values, but never one shared object that a caller might change.
        given: set[str] = set()
        out: list[dict[str, Any] | None] = []
        for surface in surfaces:
            value = values[surface]
            out.append(_copy(value) if value and surface in given else value)
            given.add(surface)
        return out

    def _speaks(self, match: tuple[int, int, list[int], bool]) -> bool:
        # A lone township name is as doubtful as the span that it would decide.
        return self._index.level(match[2]) < 3

    def _value(self, surface: str, reading: Reading | None, voices: _Voices | None) -> dict[str, Any] | None:
        if reading is None:
            return self._unknown(surface)
        found, doubtful = self._decide(reading, voices)
        if not found:
            return self._unknown(surface)
        table = self._index.table
        rest = surface[reading.end :].strip(_TRIM)
        certain = len(found) == 1 and not doubtful
        line = table.lineage(found[0]) if certain else self._common(found)
        value: dict[str, Any] = {"chain": [table.names[i] for i in line]}
        for at in line:
            value[LEVELS[table.levels[at]]] = table.names[at]
            if table.codes[at] in _CITY_PROVINCES and at != line[-1]:
                value["city"] = table.names[at]
        value["code"] = table.code(line[-1]) if certain else None
        value["level"] = LEVELS[table.levels[line[-1]]] if certain else None
        value["rest"] = rest
        if not certain:
            value["candidates"] = [
                {"code": table.code(i), "name": "".join(table.division(i).chain)} for i in found[:_MAX_CANDIDATES]
            ]
            if len(found) > _MAX_CANDIDATES:
                value["candidate_count"] = len(found)
        if name := village(rest):
            value["village"] = name
        return value

    def _unknown(self, surface: str) -> dict[str, Any] | None:
        name = village(surface)
        if name is None:
            return None
        return {"chain": [], "code": None, "level": None, "rest": surface.strip(_TRIM), "village": name}

    def _common(self, found: list[int]) -> list[int]:
        """What all candidates lie in; nothing for a single doubtful one."""
        if len(found) == 1:
            return []
        table = self._index.table
        lines = [table.lineage(i)[:-1] for i in found]
        shared: list[int] = []
        for step in zip(*lines, strict=False):
            if len(set(step)) > 1:
                break
            shared.append(step[0])
        return shared

    def _decide(self, reading: Reading, voices: _Voices | None) -> tuple[list[int], bool]:
        """The divisions that stay possible, and whether even a single one is doubtful."""
        found = reading.found
        if voices is None or (len(found) == 1 and not reading.weak):
            return found, False
        own = tuple(found)
        support = [voices.support(i, own) for i in found]
        best = max(support)
        if reading.weak and reading.bare and best == 0.0:
            return [], True  # 太湖 without Anhui around it is the lake
        if best > 0.0:
            near = [i for i, s in zip(found, support, strict=True) if s == best]
            return near, False
        high = self._index.level(found)
        if reading.bare and (high == 0 or reading.form not in WORDS_CITY):
            return [i for i in found if self._index.table.levels[i] == high], False
        # A township of that name exists, but the text is about another province: it may be a village town's namesake.
        return found, reading.weak and voices.certain > 0


def _copy(value: dict[str, Any]) -> dict[str, Any]:
    out = {**value, "chain": list(value["chain"])}
    if "candidates" in value:
        out["candidates"] = [dict(c) for c in value["candidates"]]
    return out
