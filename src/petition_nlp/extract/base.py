"""What every recogniser shares: the match it returns, the context it is given, the protocol it fulfils."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Match:
    """A typed piece of a text: ``text[start:end]`` holds it.

    Attributes:
        type: entity type as in the taxonomy, e.g. ``"MONEY"``.
        start: index of the first character.
        end: index after the last character; always greater than ``start``.
        value: what a computer can use (JSON types only; the keys are listed in docs/values.md), or None.
        score: how far the rule is trusted, 0–1.
        rule: name of the rule that found it, for error analysis.
    """

    type: str
    start: int
    end: int
    value: dict[str, Any] | None
    score: float
    rule: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a recogniser may know beyond the text.

    Attributes:
        reference_date: the day the text was written or received; relative dates (去年10月) are counted from it.
            Without it they are found too, but their ``iso`` is None.
    """

    reference_date: datetime.date | None = None


class Recognizer(Protocol):
    """Finds the values of one entity type."""

    @property
    def type(self) -> str:
        """The entity type of every match it returns."""
        ...

    def find(self, text: str, context: Context) -> list[Match]:
        """All matches in ``text``, sorted by start, not overlapping. Never raises, whatever the text."""
        ...


def merge(taken: list[Match], more: list[Match]) -> list[Match]:
    """Both lists as one, in order; what of ``more`` overlaps a match of ``taken`` is left out.

    Each list must be sorted and without overlaps of its own.
    """
    if not taken or not more:
        return taken or more
    merged: list[Match] = []
    index = 0
    for match in more:
        while index < len(taken) and taken[index].end <= match.start:
            merged.append(taken[index])
            index += 1
        if index == len(taken) or taken[index].start >= match.end:
            merged.append(match)
    return merged + taken[index:]
