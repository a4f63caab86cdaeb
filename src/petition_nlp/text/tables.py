"""What happens to a single character: one table from code point to code point, one from code point to class bits.

Decisions (``fold_char`` states them for one character, the tables apply them to whole arrays):

* Full-width digits, letters and signs become ASCII (``％`` → ``%``). Chinese punctuation stays as it is
  (``，。！？；：（）、“”《》【】〔〕``), and so does half-width ``,;:?!()``: the models learn both. Small and vertical
  forms of that punctuation (``﹐``, ``﹕``) become the ordinary full-width one.
* Compatibility forms that NFKC maps to exactly one character are mapped (CJK compatibility ideographs, Kangxi
  radicals, mathematical letters, half-width kana), except those that would run into a number beside them or change
  its meaning: circled and parenthesised numbers (``款②2013年``), Roman numerals, superscripts (``m²``), squared units
  (``㎡``, ``℃``), fractions. Those stay. Forms that NFKC spells with several characters (``㍿``, ``№``) stay too, so a
  table entry never changes the length.
* Dots, dashes and slashes that look alike become one (``•・`` → ``·``, ``–−`` → ``-``).
* Traditional characters become simplified by OpenCC's character table (BMP to BMP). ``乾``, ``吒``, ``薹``, ``袷`` are
  ordinary simplified characters as well and stay; ``著``, ``瞭``, ``藉`` stay: OpenCC maps them by phrase only.
* Unicode spaces become a plain space; tab and newline stay; CR, VT, FF, NEL, LS, PS become a newline (CR before LF
  is removed). Control and zero-width characters, variation selectors, bidi marks and the soft hyphen are removed.
* A lone surrogate becomes U+FFFD, so that the result can always be encoded.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

# Class bits of a character, as it stands before folding.
WIDTH = 1
TRADITIONAL = 2
SPACE = 4
NEWLINE = 8
SURROGATE = 16
DROP = 32
MARKUP = 64
TONE = 128
LINE = 256
BLANK = 512
FOLDED = WIDTH | TRADITIONAL | SPACE | NEWLINE | SURROGATE | DROP

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""Body of a regular-expression class that matches a Chinese character."""

TONE_MARKS = "\u0300\u0301\u0304\u030c"
TONED_LETTERS = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"

_CODE_POINTS = 0x110000

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_NEWLINES = "\r\u000b\u000c\u0085\u2028\u2029"

_DROPPED_RANGES = (
    (0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x034F, 0x034F), (0x061C, 0x061C),
    (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC), (0xFFFE, 0xFFFF),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip

_NFKC_RANGES = (
    (0x2100, 0x214F), (0x2E80, 0x2FDF), (0x3000, 0x303F), (0xF900, 0xFAFF), (0xFE10, 0xFE6F), (0xFF01, 0xFFEF),
    (0x1D400, 0x1D7FF), (0x2F800, 0x2FA1F),
)  # fmt: skip

_KEPT = frozenset("，！？；：（）")
_NARROW_OF_KEPT = frozenset(",!?;:()")

# NFKC gives nothing (or several characters) for these; each pair is the same sign to a reader.
_LOOKALIKES = dict(
    zip(
        "•‧∙・･∶︰∕−‐‑‒–―〝〞〜￣",
        "·····:：/-----—“”~¯",
        strict=True,
    )
)
# Radicals that PDF extraction leaves in place of the character; Unicode gives them no decomposition.
_RADICALS = dict(
    zip(
        "⺠⻓⻋⻔⻄⻅⻆⻉⻚⻛⻜⻢⻥⻦⻨⻩⻬⻰⻝⻣⻤⻘⻙⻁⻮",
        "民长车门西见角贝页风飞马鱼鸟麦黄齐龙食骨鬼青韦虎齿",
        strict=True,
    )
)
# Traditional quotation marks belong to the script, not to the width.
_QUOTES = {"「": "“", "」": "”", "『": "‘", "』": "’"}
_ALSO_SIMPLIFIED = frozenset("乾吒薹袷")


class Tables(NamedTuple):
    """Folding tables over all code points.

    Attributes:
        fold: uint32, shape (0x110000,); the code point that each code point becomes.
        classes: uint16, shape (0x110000,); the bits above.
    """

    fold: npt.NDArray[np.uint32]
    classes: npt.NDArray[np.uint16]


def _width_map() -> dict[str, str]:
    mapped = dict(_LOOKALIKES)
    mapped.update(_RADICALS)
    for low, high in _NFKC_RANGES:
        for code in range(low, high + 1):
            char = chr(code)
            folded = unicodedata.normalize("NFKC", char)
            if len(folded) != 1 or folded == char or folded.isspace() or char in _KEPT or char in mapped:
                continue
            if code < 0xFF00 and folded in _NARROW_OF_KEPT:
                folded = chr(ord(folded) + 0xFEE0)
            mapped[char] = folded
    return {char: mapped.get(folded, folded) for char, folded in mapped.items()}


def _traditional_map() -> dict[str, str]:
    from opencc import OpenCC  # loading its dictionaries costs more than importing this package may

    codes = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]
    converted = OpenCC("t2s").convert("\n".join(map(chr, codes))).split("\n")
    mapped = {
        chr(code): simple
        for code, simple in zip(codes, converted, strict=True)
        if len(simple) == 1 and simple != chr(code) and ord(simple) < 0x10000 and chr(code) not in _ALSO_SIMPLIFIED
    }
    mapped.update(_QUOTES)
    # A few targets are traditional themselves (薴 → 苧 → 苎).
    return {char: mapped.get(simple, simple) for char, simple in mapped.items()}


@lru_cache(maxsize=4)
def tables(simplify: bool = True, fold_width: bool = True) -> Tables:
    """The tables for these choices, built on first use (about 40 ms, most of it OpenCC) and kept: about 7 MB."""
    fold = np.arange(_CODE_POINTS, dtype=np.uint32)
    classes = np.zeros(_CODE_POINTS, dtype=np.uint16)

    def mark(char: str, target: str, bit: int) -> None:
        fold[ord(char)] = ord(target)
        classes[ord(char)] |= bit

    traditional = _traditional_map() if simplify else {}
    for char, simple in traditional.items():
        mark(char, simple, TRADITIONAL)
    if fold_width:
        for char, folded in _width_map().items():
            mark(char, traditional.get(folded, folded), WIDTH)
    for char in _SPACES:
        mark(char, " ", SPACE)
    for char in _NEWLINES:
        mark(char, "\n", NEWLINE)
    fold[0xD800:0xE000] = 0xFFFD
    classes[0xD800:0xE000] |= SURROGATE
    for low, high in _DROPPED_RANGES:
        classes[low : high + 1] = DROP
    for char in "<&_]":
        classes[ord(char)] |= MARKUP
    for char in TONE_MARKS + TONED_LETTERS:
        classes[ord(char)] |= TONE
    classes[ord("\n")] |= LINE
    classes[ord(" ")] |= BLANK
    return Tables(fold, classes)


def fold_char(char: str, *, simplify: bool = True, fold_width: bool = True) -> str:
    """What one character becomes: one character, or ``""`` when it is removed."""
    fold, classes = tables(simplify, fold_width)
    code = ord(char)
    return "" if classes[code] & DROP else chr(int(fold[code]))
