"""What redaction returns: the text with its replacements, and the maps between both texts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from petition_nlp.errors import InputError


@dataclass(frozen=True, slots=True)
class Replacement:
    """One hidden piece.

    Attributes:
        start, end: the piece in the original text, end exclusive.
        type: entity type, e.g. ``"PERSON"``.
        replacement: what stands there now; empty when removed.
        new_start, new_end: where that stands in the redacted text.
    """

    start: int
    end: int
    type: str
    replacement: str
    new_start: int
    new_end: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "end": self.end,
            "type": self.type,
            "replacement": self.replacement,
            "new_start": self.new_start,
            "new_end": self.new_end,
        }


@dataclass(frozen=True, slots=True)
class Redacted:
    """A redacted text. It holds nothing of what was hidden; ``replacements`` are in order and do not overlap."""

    text: str
    replacements: list[Replacement] = field(default_factory=list)

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The piece of the original that ``text[start:end]`` stands for; a cut replacement counts whole."""
        return self._map(start, end, [(r.new_start, r.new_end, r.start, r.end) for r in self.replacements])

    def to_redacted(self, start: int, end: int) -> tuple[int, int]:
        """The piece of the redacted text that stands for ``original[start:end]``; a cut entity counts whole."""
        return self._map(start, end, [(r.start, r.end, r.new_start, r.new_end) for r in self.replacements])

    def originals(self, original: str) -> list[str]:
        """The hidden pieces, read from the original text the caller still has."""
        return [original[r.start : r.end] for r in self.replacements]

    def restore(self, originals: Sequence[str]) -> str:
        """The original text, from the pieces that :meth:`originals` gave.

        Raises:
            InputError: another number of pieces than of replacements.
        """
        if len(originals) != len(self.replacements):
            raise InputError(f"originals: {len(originals)} pieces for {len(self.replacements)} replacements")
        parts, last = [], 0
        for r, piece in zip(self.replacements, originals, strict=True):
            parts += [self.text[last : r.new_start], piece]
            last = r.new_end
        return "".join([*parts, self.text[last:]])

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "replacements": [r.to_dict() for r in self.replacements]}

    @staticmethod
    def _map(start: int, end: int, pieces: list[tuple[int, int, int, int]]) -> tuple[int, int]:
        """From one text into the other; ``pieces`` are (start, end, other start, other end) in order."""
        end = max(start, end)
        starts = [p[0] for p in pieces]

        def place(position: int, right: bool) -> int:
            i = bisect_right(starts, position if not right else position - 1) - 1
            if i < 0:
                return position
            _, b, c, d = pieces[i]
            if position >= b:
                return d + position - b
            return d if right else c

        low = place(start, False)
        return low, max(low, place(end, True)) if end > start else low
