"""The table of divisions: shipped as one small file, held as plain columns.

File format (gzip of UTF-8 lines): ``#`` lines name the source; then one line a division, ``CODE<tab>NAME``, parents
before children. Codes of 2 digits are provinces, 4 prefectures, 6 counties. A county's line goes on with a field for
each of its townships: the three digits after the county's code, then the name.
"""

from __future__ import annotations

import gzip
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from petition_nlp.errors import PetitionError

LEVELS = ("province", "city", "county", "township")
# Lines of the statistical table that group divisions and are no division themselves.
_GROUPS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


@dataclass(frozen=True, slots=True)
class Division:
    """One administrative division.

    Attributes:
        code: statistical code; 6 digits down to the county (``430100``), 9 for a township (``430112001``).
        name: official name.
        level: ``province``, ``city``, ``county`` or ``township``.
        chain: names from the province down to this one, e.g. ``("湖南省", "长沙市", "望城区")``.
    """

    code: str
    name: str
    level: str
    chain: tuple[str, ...]


class Table:
    """Divisions by number, in the order of the file.

    Attributes:
        names: official names.
        codes: codes as in the file, 2, 4, 6 or 9 digits.
        levels: index into ``LEVELS``.
        upper: numbers of the provinces, cities and counties.
        parents: number of the next division above, -1 for a province. Grouping lines are left out.
        spans: one past the last number of the subtree, so that ``i <= j < spans[i]`` says that j lies in i.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.names: list[str] = []
        self.codes: list[str] = []
        self.levels = bytearray()
        self.parents = array("i")
        above = [-1, -1, -1]
        for number, line in enumerate(lines, 1):
            if not line or line.startswith("#"):
                continue
            code, *fields = line.split("\t")
            if len(code) not in (2, 4, 6) or not fields:
                raise PetitionError(
                    f"divisions: line {number} is not CODE<tab>NAME; rebuild with training/gazetteer.py"
                )
            level = len(code) // 2 - 1
            if level == 1 and fields[0] in _GROUPS:
                above[1] = above[0]
                continue
            at = len(self.names)
            towns = fields[1:]
            self.names.append(fields[0])
            self.codes.append(code)
            self.names += [t[3:] for t in towns]
            self.codes += [code + t[:3] for t in towns]
            self.levels += bytes((level,)) + b"\3" * len(towns)
            self.parents.append(above[level - 1] if level else -1)
            self.parents.extend([at] * len(towns))
            above[level] = at
        self.upper = [i for i, level in enumerate(self.levels) if level < 3]
        self.spans = self._spans()

    def _spans(self) -> array[int]:
        size = len(self.names)
        spans = array("i", range(1, size + 1))
        for at, following in zip(reversed(self.upper), [size, *reversed(self.upper)], strict=False):
            if self.levels[at] == 2:
                spans[at] = following
        for at in reversed(self.upper):
            parent = self.parents[at]
            if parent >= 0 and spans[at] > spans[parent]:
                spans[parent] = spans[at]
        return spans

    def __len__(self) -> int:
        return len(self.names)

    def inside(self, child: int, parent: int) -> bool:
        """Does ``child`` lie in ``parent`` (or is it the same)?"""
        return parent <= child < self.spans[parent]

    def lineage(self, at: int) -> list[int]:
        """Numbers from the province down to ``at``; 东莞市 as its own county-level line stands once."""
        line: list[int] = []
        while at >= 0:
            if not line or self.names[line[-1]] != self.names[at]:
                line.append(at)
            else:
                line[-1] = at
            at = self.parents[at]
        return line[::-1]

    def code(self, at: int) -> str:
        """The code in 6 digits, 9 for a township."""
        return self.codes[at].ljust(6, "0")

    def division(self, at: int) -> Division:
        """The division of that number."""
        line = self.lineage(at)
        last = line[-1]
        return Division(
            self.code(last), self.names[last], LEVELS[self.levels[last]], tuple(self.names[i] for i in line)
        )


@lru_cache(maxsize=1)
def load_table() -> Table:
    """The table shipped with the library (source and licence: docs/gazetteer.md). Read once.

    Raises:
        PetitionError: the shipped file is damaged.
    """
    packed = (resources.files("petition_nlp.gazetteer") / "divisions.tsv.gz").read_bytes()
    try:
        lines = gzip.decompress(packed).decode("utf-8").split("\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise PetitionError("divisions.tsv.gz is damaged; install the package again") from error
    return Table(lines)
