"""From overlapping hits to disjoint pieces, and the search that leaves no further occurrence of a hidden surface."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation

from petition_nlp.text import NormalizedText

_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_GLOSS = re.compile(r"[(（\[]\s*[A-Za-zÀ-ÖØ-öø-ÿĀ-ž\u01cd-\u01dc\u0300-\u030cüÜ]{1,8}\s*[)）\]]")

ENTITY, RULE, OCCURRENCE = 0, 1, 2  # who found it, the most trusted first


@dataclass(frozen=True, slots=True)
class Hit:
    """A span to hide; ``surface`` is what it is called by (its pseudonym goes by that), ``rank`` who found it."""

    start: int
    end: int
    type: str
    surface: str
    cluster: int | None = None
    rank: int = ENTITY


def surface_key(surface: str) -> str:
    """Spellings of one name or number that are the same: full width, spaces, dashes, case."""
    folded = _SPACE.sub("", unicodedata.normalize("NFKC", surface)).casefold()
    digits = re.sub(r"[-‐-―－()+]", "", folded)
    return digits if digits.isascii() and digits.isalnum() else folded or surface


def join(hits: Iterable[Hit]) -> list[Hit]:
    """Disjoint pieces in order that cover all hits. Overlapping ones become one, named after the most trusted, longest
    and first of them."""
    out: list[Hit] = []
    best: tuple[int, int, int] = (0, 0, 0)
    for hit in sorted(hits, key=lambda h: (h.start, -h.end, h.rank)):
        trust = (hit.rank, hit.start - hit.end, hit.start)
        if out and hit.start < out[-1].end:
            last = out[-1]
            main = hit if trust < best else last
            best = min(trust, best)
            out[-1] = Hit(last.start, max(last.end, hit.end), main.type, main.surface, main.cluster, main.rank)
        else:
            out.append(hit)
            best = trust
    return out


def find_strings(strings: Iterable[str], text: str) -> Iterator[tuple[str, int, int]]:
    """Every occurrence of every string, overlapping ones too, as (string, start, end). Linear in the text."""
    wanted = list(dict.fromkeys(s for s in strings if s))
    plain = [s for s in wanted if not _SURROGATE.search(s)]
    if plain:
        automaton = AhoCorasick(plain, implementation=Implementation.ContiguousNFA)
        # The automaton works on UTF-8, which has no lone surrogates; � keeps the offsets.
        safe = _SURROGATE.sub("�", text)
        for i, start, end in automaton.find_matches_as_indexes(safe, overlapping=True):
            if text[start:end] == plain[i]:
                yield plain[i], start, end
    for string in wanted:
        if _SURROGATE.search(string):
            start = text.find(string)
            while start >= 0:
                yield string, start, start + len(string)
                start = text.find(string, start + 1)


def occurrences(hits: Sequence[Hit], text: NormalizedText) -> list[Hit]:
    """Further occurrences of the hits' surfaces, in the text as sent and in its normalised copy (王（wáng）建國).

    A surface of one character is looked for nowhere else: it is too often a part of other words.
    """
    owners: dict[str, Hit] = {}
    for hit in hits:
        piece = text.original[hit.start : hit.end]
        for surface in (hit.surface, piece):
            if len(surface) > 1:
                owners.setdefault(surface, hit)
    found = [_again(owners[s], start, end) for s, start, end in find_strings(owners, text.original)]
    if text.identity:
        return found
    normal: dict[str, Hit] = {}
    for hit in hits:
        start, end = text.to_normalized(hit.start, hit.end)
        if end - start > 1:
            normal.setdefault(text.text[start:end], hit)
    for s, start, end in find_strings(normal, text.text):
        found.append(_again(normal[s], *text.to_original(start, end)))
    return found


def _again(hit: Hit, start: int, end: int) -> Hit:
    return Hit(start, end, hit.type, hit.surface, hit.cluster, OCCURRENCE)


def with_glosses(hits: Iterable[Hit], text: NormalizedText) -> list[Hit]:
    """Lengthen hits by the pinyin gloss that stands behind their last character: 王建國(guó)."""
    if text.identity:
        return list(hits)
    out = []
    for hit in hits:
        gloss = _GLOSS.match(text.original, hit.end)
        if gloss:
            start, end = text.to_normalized(*gloss.span())
            if start == end:
                hit = Hit(hit.start, gloss.end(), hit.type, hit.surface, hit.cluster, hit.rank)
        out.append(hit)
    return out


def seams(pieces: Sequence[Hit], dropped: Sequence[bool], text: str, watched: Mapping[str, Hit]) -> list[Hit]:
    """Surfaces that removing pieces would put together anew (张[张三]三), as hits over the original characters.

    Args:
        pieces: disjoint, in order.
        dropped: for each piece whether nothing stands in its place.
        watched: surface -> a hit of it.
    """
    found: list[Hit] = []
    for segment, places in _segments(pieces, dropped, text):
        for surface, start, end in find_strings(watched, segment):
            found.append(_again(watched[surface], places[start], places[end - 1] + 1))
    return found


def _segments(pieces: Sequence[Hit], dropped: Sequence[bool], text: str) -> Iterator[tuple[str, list[int]]]:
    """What is left standing between replacements that leave something: the characters and their places."""
    kept: list[int] = []
    last = 0
    for piece, gone in zip(pieces, dropped, strict=True):
        kept.extend(range(last, piece.start))
        last = piece.end
        if not gone:
            yield "".join([text[i] for i in kept]), kept
            kept = []
    kept.extend(range(last, len(text)))
    yield "".join([text[i] for i in kept]), kept
