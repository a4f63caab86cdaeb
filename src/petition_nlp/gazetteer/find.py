"""Divisions named in running text: one Aho–Corasick pass, then names written together are joined into one place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from petition_nlp.gazetteer.index import Index
from petition_nlp.gazetteer.read import continues, next_bare
from petition_nlp.gazetteer.resolve import Resolver
from petition_nlp.gazetteer.table import Division, Table, load_table

_SURROGATE = re.compile("[\ud800-\udfff]")
_TOWN_SUFFIX = re.compile("街道|镇|乡|苏木")
_HAN = re.compile("[\u3400-\u9fff]")
# 河南 in 黄河南岸, 山东 in 泰山东侧: a bare name of a direction needs a neighbour that cannot be part of a landmark.
_DIRECTIONAL = frozenset(
    re.findall(
        r"\S+",
        """
    河南 河北 山东 山西 海南 江西 湖南 湖北 云南 海东
    """,
    )
)
_LANDMARK_BEFORE = frozenset("黄淮渭运护城小大老沿泰华衡嵩后前南北上青江洞太东西")
_LANDMARK_AFTER = frozenset("侧边面岸坡头口站门段部")
# 和县 in 镇和县政府, 成县 in 建成县城: a county name of two characters needs one of these before it, or none at all.
_OPENERS = frozenset("在到从来由于住回去我是省市州")


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A place in a text: ``text[start:end]`` names one of ``candidates``.

    Attributes:
        start: index of the first character.
        end: index after the last one.
        candidates: what it may mean, in order of their codes; more than one when the name is ambiguous.
        full: the last name keeps its kind (长沙市); a bare one (长沙) may be part of a brand or a street name.
    """

    start: int
    end: int
    candidates: tuple[Division, ...]
    full: bool = True


class Gazetteer:
    """The divisions of a table, to be found and resolved. Holds no state of any text; threads may share it."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._division = lru_cache(maxsize=4096)(table.division)
        self._index = Index(table)
        patterns = list(self._index.findable())
        self._bare = bytearray(bare for _, bare in patterns)
        self._automaton = AhoCorasick(
            [form for form, _ in patterns],
            matchkind=MatchKind.LeftmostLongest,
            implementation=Implementation.ContiguousNFA,
        )
        self._resolver = Resolver(self._index, self._raw)

    def find(self, text: str) -> list[PlaceMatch]:
        """Places named in ``text`` by divisions alone, sorted, longest, not overlapping.

        Names written together are one match (湖南省长沙市望城区). Bare names are taken only where they are seldom
        anything else. Never raises, whatever the text.
        """
        return [PlaceMatch(start, end, self._divisions(found), full) for start, end, found, full in self._raw(text)]

    def resolve(self, text: str, spans: Sequence[tuple[int, int]]) -> list[dict[str, Any] | None]:
        """One value per PLACE span of ``text``: its chain of divisions, code and what is left (docs/gazetteer.md).

        Ambiguous names are decided by the other places of the text, or listed as candidates. A county that is not
        in the named city is not forced into it: it stays in ``rest``. None when nothing is known of a span.

        Args:
            text: the text the offsets count in.
            spans: (start, end) of each place.
        """
        return self._resolver.resolve(text, spans)

    @cached_property
    def county_cities(self) -> frozenset[str]:
        """Names of the cities that stand at county level, such as 浏阳市."""
        table = self.table
        return frozenset(n for n in (table.names[i] for i in table.upper if table.levels[i] == 2) if n[-1] == "市")

    def _divisions(self, found: list[int]) -> tuple[Division, ...]:
        # 东莞市 is listed as a prefecture and again as its own county.
        return tuple(dict.fromkeys([self._division(i) for i in found]))

    def _raw(self, text: str) -> list[tuple[int, int, list[int], bool]]:
        """(start, end, division numbers, full) of each place."""
        out: list[tuple[int, int, list[int], bool]] = []
        index = self._index
        for start, end, bare in self._names(text):
            if out and start < out[-1][1]:
                continue  # a bare county name was read on past the next name's start
            form = text[start:end]
            owners = index.bare[form] if bare else index.named(form)
            if out and out[-1][1] == start and (inner := self._below(owners, out[-1][2])):
                out[-1] = (out[-1][0], end, inner, not bare)
            elif (bare and not _bare_fits(text, form, start, end, index, owners)) or (
                end - start == 2 and form[-1] == "县" and not _starts_freely(text, start)
            ):
                continue
            else:
                out.append((start, end, owners, not bare))
            # 长沙望城: the bare name of a county is safe after its city.
            place = out[-1]
            part = next_bare(index, text, place[1], place[2])
            if part is not None:
                out[-1] = (place[0], part.end, part.found, False)
        return out

    def _names(self, text: str) -> list[tuple[int, int, bool]]:
        """Single names as (start, end, bare), leftmost-longest."""
        automaton = self._automaton
        try:
            hits = automaton.find_matches_as_indexes(text)
        except UnicodeEncodeError:  # the automaton works on UTF-8, which has no lone surrogates
            hits = automaton.find_matches_as_indexes(_SURROGATE.sub("\ufffd", text))
        names = [(start, end, bool(self._bare[pattern])) for pattern, start, end in hits]
        # 30,000 township names would make the automaton six to nine times as slow to build; all that are looked for
        # end in one of four suffixes, so a dictionary is asked at each of those.
        towns = [
            (start, m.end(), False)
            for m in _TOWN_SUFFIX.finditer(text)
            if (start := self._index.town_ending(text, m.end())) >= 0
        ]
        if not towns:
            return names
        merged: list[tuple[int, int, bool]] = []
        for name in sorted(names + towns, key=lambda n: (n[0], -n[1])):
            if not merged or name[0] >= merged[-1][1]:
                merged.append(name)
        return merged

    def _below(self, owners: list[int], above: list[int]) -> list[int]:
        inside = self.table.inside
        return [o for o in owners if any(o != a and inside(o, a) for a in above)]


def _bare_fits(text: str, form: str, start: int, end: int, index: Index, owners: list[int]) -> bool:
    if form in _DIRECTIONAL:
        before = text[start - 1] if start else ""
        after = text[end] if end < len(text) else ""
        if before in _LANDMARK_BEFORE or after in _LANDMARK_AFTER:
            return False
    return continues(index, text, end, owners)


def _starts_freely(text: str, start: int) -> bool:
    return not start or text[start - 1] in _OPENERS or not _HAN.match(text[start - 1])


@lru_cache(maxsize=1)
def default_gazetteer() -> Gazetteer:
    """The gazetteer of the shipped table, built once at first use."""
    return Gazetteer(load_table())
