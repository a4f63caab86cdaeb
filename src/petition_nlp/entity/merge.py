"""Merges what dictionary, grammars and tagger say into spans that do not overlap.

Precedence, highest first; a span that overlaps one of higher precedence gives way:

1. ``dictionary``: the office's own names, as it wrote them.
2. ``grammar`` for PHONE and ID_NUMBER: digits with a checksum or a numbering plan leave nothing to learn.
3. ``tagger``: it has read the grammars' finds as input, and decides type and boundaries of all else.
4. ``grammar`` for the other value types, where the tagger saw nothing and the rule is trusted (score at least
   :data:`TRUSTED`).

A value type found by the tagger takes its value from the grammar's match it overlaps most.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from petition_nlp.corpus import EntitySpan
from petition_nlp.extract import Match

HARD_TYPES = frozenset({"PHONE", "ID_NUMBER"})
TRUSTED = 0.9


@dataclass(frozen=True, slots=True)
class Found:
    """One merged entity in normalised offsets."""

    type: str
    start: int
    end: int
    value: dict[str, Any] | None
    score: float
    source: str


def merge(
    matches: Sequence[Match],
    tagged: Sequence[tuple[EntitySpan, float]] | None = None,
    dictionary: Sequence[EntitySpan] = (),
) -> list[Found]:
    """Non-overlapping entities of one text, by start.

    Args:
        matches: the grammars' finds. tagged: the tagger's spans with scores; None: there is no tagger, and every match
            of the grammars counts. dictionary: spans of the user dictionary.
    """
    kept: list[tuple[int, int, Found]] = []

    def offer(found: Found) -> None:
        at = bisect_left(kept, (found.start,), key=lambda k: (k[0],))
        before_clear = at == 0 or kept[at - 1][1] <= found.start
        after_clear = at == len(kept) or found.end <= kept[at][0]
        if before_clear and after_clear:
            insort(kept, (found.start, found.end, found), key=lambda k: k[:2])

    for kind, start, end in dictionary:
        offer(Found(kind, start, end, None, 1.0, "dictionary"))
    for m in matches:
        if tagged is None or m.type in HARD_TYPES:
            offer(_from_match(m))
    for (kind, start, end), score in tagged or ():
        offer(Found(kind, start, end, _value_for(kind, start, end, matches), score, "tagger"))
    for m in matches:
        if tagged is not None and m.type not in HARD_TYPES and m.score >= TRUSTED:
            offer(_from_match(m))
    return [found for _, _, found in kept]


def _from_match(m: Match) -> Found:
    return Found(m.type, m.start, m.end, m.value, m.score, "grammar")


def _value_for(kind: str, start: int, end: int, matches: Sequence[Match]) -> dict[str, Any] | None:
    best, most = None, 0
    for m in matches:
        if m.start >= end:
            break
        shared = min(end, m.end) - max(start, m.start)
        if m.type == kind and shared > most:
            best, most = m.value, shared
    return best
