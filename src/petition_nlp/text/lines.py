"""Line breaks inside sentences and spaced-out words, as scanned or retyped letters have them, and line noise.

A break is removed when all of this holds, otherwise it stays:

* the text is wrapped: at least three of its lines, and two in five, have nearly the same width (12–60 characters,
  half-width ones counting half), at most one in five is wider, and most of the former have punctuation inside, as prose
  has and lists have not;
* the line before it is one of them, so it was full, and ends in a Chinese character, a digit or a comma;
* the line after it begins, without indentation, with a Chinese character, a digit, an opening quote or ``《``, and is
  not the start of a list item, an article, a field (``诉求：``), a date or a closing formula;
* it is not the break after the first line, unless that line ends in a comma or holds ``。！？；``: the first line is
  often the title, titles have no final punctuation, and the models weigh them.

Spaces are removed only between single characters that stand alone: three or more (``申 请 书``), or two with no word
after them (``张 三，``). A space between words is the writer's punctuation. Lone numerals (``一 二 三``) stay.

Of a sign repeated more than three times (``=====``, ``！！！！！！``, blank lines) three are kept. Letters, digits and
Chinese characters are never noise, nor are ``*``, ``×`` and ``○``, whose number says how much was masked, nor is ``&``,
the last of which may begin an entity.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from .offsets import Codes, Edit
from .tables import HAN

_NARROWEST, _WIDEST, _RAGGED = 12.0, 60.0, 5.0
_FEWEST, _SHARE, _WIDER = 3, 0.4, 0.2
_BEFORE = re.compile(f"[{HAN}0-9，、,]")
_AFTER = re.compile(f"[{HAN}0-9“《]")
_INSIDE = re.compile("[，。、；：！？,;:!?“《]")
_SENTENCE = re.compile("[。！？；]")
_HEAD = re.compile(
    r"[一二三四五六七八九十]{1,3}、|\d{1,3}(?:、|[.．](?!\d))|第[一二三四五六七八九十百零〇\d]{1,7}[条章节款项编]|其[一二三四五]|此致|敬礼|附[件：:表]"
    r"|[^，。；：！？:,]{1,10}[：:](?!\d)"
    r"|(?:\d{4}|[二一][〇○零一二三四五六七八九]{3})年.{1,3}月.{1,3}日\s*$"
    r"|(?:举报|申请|申诉|反映|投诉|控告|上访|来信|具名|报告|检举|建议|联系|知情|信访|代表)人"
)
_SPACED = re.compile(rf"(?<!\w)[{HAN}](?:(?: +[{HAN}]){{2,200}}(?!\w)| +[{HAN}](?! *\w))")
# Begins with a literal, which the regex engine finds fast: decides for nearly all texts that there is nothing to do.
_SPACED_START = re.compile(rf" (?<=(?<!\w)[{HAN}] ) *[{HAN}](?!\w)")
_GAP = re.compile(" +")
_NUMERAL = re.compile(r"[〇零一二三四五六七八九十百千万亿两 ]+")
_NEVER_NOISE = frozenset("*×○&")


def find_breaks(text: str) -> list[Edit]:
    """The deletions of line breaks (with blanks before them) that split a sentence of a wrapped text."""
    lines = text.split("\n")
    if len(text) < _SHARE * _NARROWEST * len(lines):
        return []
    candidates = [
        number
        for number in range(len(lines) - 1)
        if lines[number + 1]
        and _AFTER.match(lines[number + 1])
        and _BEFORE.match(lines[number].rstrip(" \t")[-1:])
        and not _HEAD.match(lines[number + 1])
    ]
    if candidates and candidates[0] == 0 and not (lines[0].rstrip(" \t")[-1] in "，、," or _SENTENCE.search(lines[0])):
        del candidates[0]
    if not candidates:
        return []
    full = _full_lines(lines)
    ends = np.cumsum([len(line) + 1 for line in lines]) - 1
    edits: list[Edit] = []
    for number in candidates:
        if number in full:
            end = int(ends[number])
            blanks = len(lines[number]) - len(lines[number].rstrip(" \t"))
            edits.append((end - blanks, end + 1, ""))
    return edits


def _full_lines(lines: list[str]) -> set[int]:
    """The lines that reach the width at which the text is wrapped; empty when it is not wrapped."""
    # Three bytes of UTF-8 are a wide character, one is a narrow one.
    widths = [(len(line) + len(line.encode("utf-8", "replace"))) / 4 for line in map(str.strip, lines)]
    inside = sorted(width for width in widths if _NARROWEST <= width <= _WIDEST)
    best, top, low = 0, 0.0, 0
    for high, width in enumerate(inside):
        while inside[low] < width - _RAGGED:
            low += 1
        if high - low + 1 >= best:
            best, top = high - low + 1, width
    wider = sum(width > top + _RAGGED for width in widths)
    if best < max(_FEWEST, _SHARE * len(lines)) or wider > _WIDER * len(lines):
        return set()
    full = {number for number, width in enumerate(widths) if top - _RAGGED <= width <= top}
    prose = sum(_INSIDE.search(lines[number].strip(), 0, len(lines[number].strip()) - 1) is not None for number in full)
    return full if 2 * prose >= len(full) else set()


def find_spaced(text: str) -> list[Edit]:
    """The deletions of spaces between single Chinese characters that stand alone."""
    if _SPACED_START.search(text) is None:
        return []
    return [
        (found.start() + gap.start(), found.start() + gap.end(), "")
        for found in _SPACED.finditer(text)
        if not _NUMERAL.fullmatch(found[0])
        for gap in _GAP.finditer(found[0])
    ]


def noise_mask(codes: Codes) -> npt.NDArray[np.bool_] | None:
    """True where a character is kept: all but the fourth and later of a repeated sign. None when nothing goes."""
    same = codes[1:] == codes[:-1]
    if b"\x01\x01\x01" not in same.tobytes():
        return None
    fourth = same[2:] & same[1:-1] & same[:-2]
    repeated = codes[3:][fourth]
    noise = [code for code in np.unique(repeated).tolist() if not (chr(code).isalnum() or chr(code) in _NEVER_NOISE)]
    if not noise:
        return None
    mask = np.ones(len(codes), dtype=np.bool_)
    mask[3:] = ~(fourth & np.isin(codes[3:], np.array(noise, dtype=codes.dtype)))
    return mask
