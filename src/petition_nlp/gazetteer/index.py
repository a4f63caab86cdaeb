"""Which divisions a form of a name may mean, and the numbers of corps regiments (兵团一五二团, 152团)."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from functools import cached_property
from operator import itemgetter

from petition_nlp.gazetteer import forms
from petition_nlp.gazetteer.table import LEVELS, Table

# Divisions of the Xinjiang Production and Construction Corps and the cities they run.
CORPS_CITY = {
    1: "阿拉尔市",
    2: "铁门关市",
    3: "图木舒克市",
    4: "可克达拉市",
    5: "双河市",
    6: "五家渠市",
    7: "胡杨河市",
    8: "石河子市",
    9: "白杨市",
    10: "北屯市",
    13: "新星市",
    14: "昆玉市",
}
_DIGIT = {c: i % 10 for i, c in enumerate("零一二三四五六七八九0123456789０１２３４５６７８９")} | {"〇": 0, "两": 2}
_REGIMENT = re.compile(r"(?:^|[^\d一二三四五六七八九十百零〇])(\d{1,3}|[一二三四五六七八九十百零〇]{1,5})团")
_CORPS = re.compile(
    r"(?:新疆)?(?:维吾尔自治区)?(?:生产建设)?兵?团?(?:第|农)?(?P<division>\d{1,2}|[一二三四五六七八九十]{1,3})师"
    r"|(?:新疆)?(?:生产建设)?兵团"
)
_UNIT = re.compile(
    r"[\s,，、]*(?P<n>\d{1,3}|[一二三四五六七八九十百零〇]{1,5})团(?!结|伙|体|队|圆|购)(?:场|分部|生活区)?"
)


def small_number(text: str) -> int | None:
    """A number up to three digits, written in digits or characters (一五二, 一百五十二, 十三), or None."""
    if all(c in _DIGIT for c in text):
        value = 0
        for c in text:
            value = value * 10 + _DIGIT[c]
        return value
    value, unit = 0, 1
    for c in text:
        if c in _DIGIT:
            unit = _DIGIT[c]
            value += unit
        elif c in "十百":
            scale = 10 if c == "十" else 100
            last = unit if value else 1
            value = value - (last if value else 0) + last * scale
        else:
            return None
    return value


# Longest township name looked for; the few longer ones are zones named after their whole address.
_LONGEST_TOWN = 12
_HEAD = itemgetter(slice(0, 2))


class Index:
    """Forms to division numbers.

    Attributes:
        table: the divisions.
        full: forms of provinces, cities and counties that keep the kind (望城区, 恩施州).
        bare: the same without it (望城, 恩施).
        first: township names, each with the first township in the table that has it.
        reach: first two characters of a form -> length of the longest form that begins so. Most text begins no name,
            and is done with after one look-up.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        full: dict[str, list[int]] = {}
        bare: dict[str, list[int]] = {}
        # Townships of one name form a chain: the first in the table, then the next of that name, -1 at the end.
        # A list for each of 36,000 names would cost more time at loading than all the rest.
        first: dict[str, int] = {}
        following = array("i", bytes(4 * len(table)))
        names, levels, parents = table.names, table.levels, table.parents
        for at in range(len(names) - 1, -1, -1):
            if levels[at] == 3:
                name = names[at]
                following[at] = first.get(name, -1)
                first[name] = at
        for at in table.upper:
            name, parent = names[at], parents[at]
            for form in forms.full_forms(name, names[parent] if parent >= 0 else ""):
                full.setdefault(form, []).append(at)
            for form in forms.bare_forms(name):
                bare.setdefault(form, []).append(at)
        self.full, self.bare = full, bare
        self.first, self._following = first, following
        self._stems: dict[int, dict[str, list[int]]] = {}
        reach = dict.fromkeys(map(_HEAD, first), _LONGEST_TOWN)
        for form in (*full, *bare):
            head = form[:2]
            reach[head] = max(reach.get(head, 0), len(form))
        self.reach = reach

    def named(self, form: str) -> list[int]:
        """Divisions of this full form at any level; empty when there is none."""
        found = self.full.get(form, [])
        at = self.first.get(form, -1)
        if at < 0:
            return found
        towns = []
        while at >= 0:
            towns.append(at)
            at = self._following[at]
        return sorted(found + towns) if found else towns

    def town_ending(self, text: str, end: int) -> int:
        """Start of the longest township name that ends at ``end``, or -1. Shorter ones than three characters do not
        count: 新镇 is also any new town.
        """
        for size in range(min(_LONGEST_TOWN, end), 2, -1):
            if text[end - size : end] in self.first:
                return end - size
        return -1

    def level(self, found: list[int]) -> int:
        """The highest level among ``found`` (0 is the province)."""
        levels = self.table.levels
        return levels[found[0]] if len(found) == 1 else min([levels[i] for i in found])

    def findable(self) -> Iterable[tuple[str, bool]]:
        """Forms down to the county that may be searched for in running text, with whether each is a bare one."""
        for form, owners in self.full.items():
            if forms.findable(form, LEVELS[self.level(owners)], unique=len(owners) == 1):
                yield form, False
        for form, owners in self.bare.items():
            if form not in self.full and forms.findable(form, LEVELS[self.level(owners)], unique=len(owners) == 1):
                yield form, True

    def stems(self, county: int) -> dict[str, list[int]]:
        """Townships of a county by what stays of their names when a town becomes a street district."""
        stems = self._stems.get(county)
        if stems is None:
            stems = {}
            for at in range(county + 1, self.table.spans[county]):
                stems.setdefault(forms.township_stem(self.table.names[at]), []).append(at)
            self._stems[county] = stems
        return stems

    @cached_property
    def _regiments(self) -> dict[int, list[int]]:
        regiments: dict[int, list[int]] = {}
        table = self.table
        for at, name in enumerate(table.names):
            # Corps regiments are townships of Xinjiang (65) alone.
            if table.levels[at] == 3 and table.codes[at].startswith("65") and (m := _REGIMENT.search(name)):
                number = small_number(m[1])
                if number is not None:
                    regiments.setdefault(number, []).append(at)
        return regiments

    def corps(self, surface: str) -> tuple[list[int], int] | None:
        """A place of the corps at the start of ``surface``: (divisions, end), or None.

        ``兵团第八师一五二团`` is the regiment; ``第八师`` alone, named as the corps', is the city it runs.
        """
        m = _CORPS.match(surface)
        if not m or m.end() < 2:
            return None
        said = "兵团" in m[0]
        city: list[int] = []
        if m["division"]:
            name = CORPS_CITY.get(small_number(m["division"]) or 0)
            city = self.full.get(name, []) if name else []
        unit = _UNIT.match(surface, m.end())
        number = small_number(unit["n"]) if unit else None
        found = self._regiments.get(number, []) if number is not None else []
        if unit and found:
            return found, unit.end()
        return (city, m.end()) if city and said else None
