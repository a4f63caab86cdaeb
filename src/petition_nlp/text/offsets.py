"""The normalised copy of a text with its map back, and the working copy on which the rules edit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Offsets = npt.NDArray[np.int32]
Codes = npt.NDArray[np.uint32]

Edit = tuple[int, int, str]
"""Replace ``text[start:end]`` by a string that is not longer. A list of edits is sorted and does not overlap."""


class NormalizedText:
    """A normalised copy of a text that knows which piece of the original each of its characters stands for.

    Attributes:
        original: the text as it was given.
        text: the normalised copy. It never holds a lone surrogate.
        notes: what was changed or removed, as plain ids in order of first appearance:
            ``width_folded``, ``traditional``, ``spaces_folded``, ``newlines_folded``, ``control_removed``,
            ``surrogates_replaced`` (characters); ``html_removed``, ``navigation_removed``, ``glosses_removed``,
            ``linebreaks_joined``, ``spaces_removed``, ``noise_shortened`` (rules); ``markup_discarded`` (brackets of a
            text nested so deeply that it cannot be markup).
    """

    __slots__ = ("_ends", "_starts", "notes", "original", "text")

    def __init__(
        self, original: str, text: str, starts: Offsets | None = None, ends: Offsets | None = None,
        notes: list[str] | None = None,
    ) -> None:  # fmt: skip
        """``starts`` and ``ends`` may be left out when characters correspond one to one."""
        self.original = original
        self.text = text
        self.notes = [] if notes is None else notes
        self._starts = starts
        self._ends = ends

    @property
    def identity(self) -> bool:
        """True when nothing was changed."""
        return self.text == self.original

    @property
    def starts(self) -> Offsets:
        """int32, shape (len(text),): where in the original the piece begins that each character stands for."""
        if self._starts is None:
            self._starts = np.arange(len(self.text), dtype=np.int32)
        return self._starts

    @property
    def ends(self) -> Offsets:
        """int32, shape (len(text),): where that piece ends (exclusive); always greater than its start."""
        if self._ends is None:
            self._ends = np.arange(1, len(self.text) + 1, dtype=np.int32)
        return self._ends

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The piece of the original that ``text[start:end]`` stands for.

        What was removed between two of its characters lies inside, what was removed before or after it does not.
        Positions outside the text are moved to its nearest end; an empty span gives an empty span.
        """
        size = len(self.text)
        start = min(max(start, 0), size)
        end = min(max(end, start), size)
        if self._starts is None:
            return start, end
        if start < end:
            return int(self.starts[start]), int(self.ends[end - 1])
        position = int(self.starts[start]) if start < size else len(self.original)
        return position, position

    def to_normalized(self, start: int, end: int) -> tuple[int, int]:
        """The smallest span of ``text`` that holds every character standing for a part of ``original[start:end]``.

        A piece that was removed altogether gives an empty span at its place. Positions outside are moved as in
        :meth:`to_original`.
        """
        size = len(self.original)
        start = min(max(start, 0), size)
        end = min(max(end, start), size)
        if self._starts is None:
            return start, end
        first = int(np.searchsorted(self.ends, start, side="right"))
        if start == end:
            return first, first
        return first, int(np.searchsorted(self.starts, end, side="left"))

    def __repr__(self) -> str:
        return f"NormalizedText({len(self.original)} -> {len(self.text)} characters, notes={self.notes})"


def codes_of(text: str) -> Codes:
    """The code points of ``text``: uint32, shape (len(text),), read-only."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


class Working:
    """A text under edit. ``codes`` always are the code points of ``text``."""

    __slots__ = ("codes", "ends", "starts", "text")

    def __init__(self, text: str, codes: Codes) -> None:
        self.text = text
        self.codes = codes
        self.starts: Offsets | None = None
        self.ends: Offsets | None = None

    def recode(self, codes: Codes) -> None:
        """Change characters one to one."""
        self.codes = codes
        self.text = codes.tobytes().decode("utf-32-le", "surrogatepass")

    def keep(self, mask: npt.NDArray[np.bool_]) -> None:
        """Remove the characters where ``mask`` is False."""
        if self.starts is None or self.ends is None:
            self.starts = np.flatnonzero(mask).astype(np.int32)
            self.ends = self.starts + np.int32(1)
        else:
            self.starts = self.starts[mask]
            self.ends = self.ends[mask]
        self.recode(self.codes[mask])

    def apply(self, edits: Sequence[Edit]) -> None:
        """Make the edits. Each character of a replacement stands for the whole piece it replaces."""
        codes = self.codes.copy()
        mask = np.ones(len(codes), dtype=np.bool_)
        starts, ends = self.starts, self.ends
        if starts is None or ends is None:
            starts = np.arange(len(codes), dtype=np.int32)
            ends = starts + np.int32(1)
        else:
            starts, ends = starts.copy(), ends.copy()
        for start, end, new in edits:
            stop = start + len(new)
            if new:
                codes[start:stop] = [ord(char) for char in new]
                starts[start:stop] = starts[start]
                ends[start:stop] = ends[end - 1]
            mask[stop:end] = False
        self.codes, self.starts, self.ends = codes, starts, ends
        self.keep(mask)
