"""The rules in their order, repeated until nothing changes, so that normalising twice equals normalising once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from . import tables as t
from .gloss import find_glosses
from .lines import find_breaks, find_spaced, noise_mask
from .markup import find_markup
from .nav import find_navigation
from .offsets import Edit, NormalizedText, Working, codes_of

_ROUNDS = 8
# A real text is at rest after one or two rounds. One that still changes after eight is nested on purpose; its brackets
# are then taken out, and after another eight its line breaks. Without these only rules are left that are at rest after
# one round: removing noise, a gloss or a space uncovers none of the others.
_DISCARDED = ("<>&_[]", "\n")

_CHARACTER_NOTES = (
    (t.WIDTH, "width_folded"),
    (t.TRADITIONAL, "traditional"),
    (t.SPACE, "spaces_folded"),
    (t.NEWLINE, "newlines_folded"),
    (t.DROP, "control_removed"),
    (t.SURROGATE, "surrogates_replaced"),
)


class Normalizer:
    """Makes the copy of a text that models and grammars read. Holds no state beside its choices; safe between threads.

    Args:
        simplify: traditional characters and quotation marks become simplified ones.
        fold_width: full-width letters, digits, signs and other compatibility forms become ordinary ones.
        strip_html: tags, comments, entities and Markdown links are resolved.
        strip_glosses: pinyin in parentheses after a character is removed.
        strip_navigation: lines of site navigation are removed.
        join_lines: breaks inside sentences and spaces inside spaced-out words are removed.

    Line ends, Unicode spaces, control characters, lone surrogates and repeated signs are always put in order.
    """

    __slots__ = ("_choices", "_glosses", "_html", "_join", "_navigation")

    def __init__(
        self, *, simplify: bool = True, fold_width: bool = True, strip_html: bool = True, strip_glosses: bool = True,
        strip_navigation: bool = True, join_lines: bool = True,
    ) -> None:  # fmt: skip
        self._choices = (simplify, fold_width)
        self._html = strip_html
        self._glosses = strip_glosses
        self._navigation = strip_navigation
        self._join = join_lines

    def normalize(self, text: str) -> NormalizedText:
        """The normalised copy of any string, with its map back. Never raises; an empty text gives an empty copy."""
        work = Working(text, codes_of(text))
        notes: dict[str, None] = {}
        if self._settle(work, notes):
            return NormalizedText(text, work.text, work.starts, work.ends, list(notes))
        for signs in _DISCARDED:
            notes["markup_discarded"] = None
            work.keep(~np.isin(work.codes, np.array([ord(sign) for sign in signs], dtype=np.uint32)))
            if self._settle(work, notes):
                break
        return NormalizedText(text, work.text, work.starts, work.ends, list(notes))

    def _settle(self, work: Working, notes: dict[str, None]) -> bool:
        return any(not self._round(work, notes) for _ in range(_ROUNDS))

    def _round(self, work: Working, notes: dict[str, None]) -> bool:
        """Apply every rule once; whether anything changed."""
        changed = False
        flags = self._flags(work)
        if flags & t.FOLDED:
            self._fold(work, flags, notes)
            changed = True
            flags = self._flags(work)
        mask = noise_mask(work.codes)
        if mask is not None:
            work.keep(mask)
            notes["noise_shortened"] = None
            changed = True

        def edit(find: Callable[[str], list[Edit]], note: str) -> bool:
            edits = find(work.text)
            if edits:
                work.apply(edits)
                notes[note] = None
            return bool(edits)

        if flags & t.MARKUP and self._html and edit(find_markup, "html_removed"):
            changed = True
            flags = self._flags(work)
        if flags & t.LINE and self._navigation:
            changed |= edit(find_navigation, "navigation_removed")
        if flags & t.TONE and self._glosses:
            changed |= edit(find_glosses, "glosses_removed")
        if self._join:
            if flags & t.LINE and work.text.count("\n") > 1:
                changed |= edit(find_breaks, "linebreaks_joined")
            if flags & t.BLANK:
                changed |= edit(find_spaced, "spaces_removed")
        return changed

    def _flags(self, work: Working) -> int:
        return int(np.bitwise_or.reduce(t.tables(*self._choices).classes.take(work.codes))) if work.text else 0

    def _fold(self, work: Working, flags: int, notes: dict[str, None]) -> None:
        fold, classes = t.tables(*self._choices)
        notes.update((note, None) for bit, note in _CHARACTER_NOTES if flags & bit)
        if flags & (t.DROP | t.NEWLINE):
            keep = classes[work.codes] & t.DROP == 0
            keep[:-1] &= ~((work.codes[:-1] == 0x0D) & (work.codes[1:] == 0x0A))
            if not keep.all():
                work.keep(keep)
        work.recode(fold[work.codes])


@lru_cache(maxsize=1)
def _default() -> Normalizer:
    return Normalizer()


def normalize(text: str) -> NormalizedText:
    """The normalised copy of ``text`` with its map back, by all rules. Never raises."""
    return _default().normalize(text)
