"""Pinyin that broken converters leave behind a character: ``關(guān)鍵``, ``群眾（zhòng）``.

A gloss is a pair of parentheses right after a Chinese character (or after another gloss) holding nothing but valid
pinyin syllables in lower case with at least one tone mark. ``(a)``, ``(km)``, ``(mu)`` have none and stay. The neutral
tone has no mark: ``(men)`` is taken only when the same text has a gloss with one, and never a single letter.
"""

from __future__ import annotations

import re
import unicodedata

from .offsets import Edit
from .tables import HAN, TONE_MARKS, TONED_LETTERS

_FINALS = {
    "": "a o e ai ei ao ou an en ang eng er",
    "b": "a o ai ei ao an en ang eng i ie iao ian in ing u",
    "p": "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
    "m": "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
    "f": "a o ei ou an en ang eng u",
    "d": "a e ai ei ao ou an en ang eng ong i ie iao iu ian ing u uo ui uan un",
    "t": "a e ai ao ou an ang eng ong i ie iao ian ing u uo ui uan un",
    "n": "a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan ü üe v ve ue",
    "l": "a e o ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un ü üe v ve ue",
    "g": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "k": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "h": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "j": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "q": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "x": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "zh": "a e i ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "ch": "a e i ai ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "sh": "a e i ai ei ao ou an en ang eng u ua uo uai ui uan un uang",
    "r": "e i ao ou an en ang eng ong u ua uo ui uan un",
    "z": "a e i ai ei ao ou an en ang eng ong u uo ui uan un",
    "c": "a e i ai ao ou an en ang eng ong u uo ui uan un",
    "s": "a e i ai ao ou an en ang eng ong u uo ui uan un",
    "y": "a o e ao ou an in ang ing ong i u ue uan un",
    "w": "a o ai ei an en ang eng u",
}
SYLLABLES = frozenset(initial + final for initial, finals in _FINALS.items() for final in finals.split())
"""Every syllable of standard Chinese without its tone mark."""

_SYLLABLE = "(?:" + "|".join(sorted(SYLLABLES, key=lambda syllable: (-len(syllable), syllable))) + ")"
_WORD = re.compile(rf"{_SYLLABLE}(?:['’ -]?{_SYLLABLE}){{0,5}}")
_GLOSS = re.compile(rf"[(（]([a-zɑɡü{TONED_LETTERS}{TONE_MARKS}\u0308'’ -]{{2,30}}|[{TONED_LETTERS}])[)）]")
_TONED = re.compile(f"[{TONED_LETTERS}{TONE_MARKS}]")
_CHINESE = re.compile(f"[{HAN}]")
_PLAIN = str.maketrans({"ɑ": "a", "ɡ": "g", **dict.fromkeys(TONE_MARKS)})


def find_glosses(text: str) -> list[Edit]:
    """The deletions that take pinyin glosses out of ``text``."""
    glosses = [(found.start(), found.end(), found[1]) for found in _GLOSS.finditer(text) if _is_pinyin(found[1])]
    toned = {start for start, _, inside in glosses if _TONED.search(inside)}
    if not any(start > 0 and _CHINESE.match(text[start - 1]) for start in toned):
        return []
    edits: list[Edit] = []
    last = -1
    for start, end, inside in glosses:
        follows = start == last or (start > 0 and _CHINESE.match(text[start - 1]))
        if follows and (start in toned or inside in SYLLABLES):
            edits.append((start, end, ""))
            last = end
    return edits


def _is_pinyin(inside: str) -> bool:
    bare = unicodedata.normalize("NFC", unicodedata.normalize("NFD", inside).translate(_PLAIN))
    return _WORD.fullmatch(bare.strip(" ")) is not None
