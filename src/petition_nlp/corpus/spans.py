"""Checks of entity spans: in each text, and of the same surface across texts."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from petition_nlp.corpus.report import Finding, Place
from petition_nlp.corpus.schema import EntitySpan, LabeledText

# Numbers in all their forms: whether 三亩 is an entity hangs on its sentence, so no surface of these is held to be one.
_GRAMMAR_TYPES = {"MONEY", "DATE", "AREA", "HEADCOUNT", "PHONE", "ID_NUMBER"}
_MASKS = set("*＊×○〇…")  # stand for hidden letters and digits, so a span may begin or end in them
_MIN_TEXTS = 3  # a surface labelled in fewer texts says nothing on how it ought to be
_EXAMPLES = 3
_SURROGATE = re.compile("[\ud800-\udfff]")
Locate = Callable[[int], Place]


def span_findings(item: LabeledText, place: Place) -> Iterator[Finding]:
    """Offsets outside the text, overlaps in part, and bad edges of one text's entities."""
    spans = []
    for span in item.entities or ():
        if 0 <= span[1] < span[2] <= len(item.text):
            spans.append(span)
        else:
            message = f"{span[0]} {span[1]}..{span[2]} does not lie in the text of {len(item.text)} characters"
            yield Finding("format", message, (_at(place, span),))
    for before, after in pairwise(spans):
        if after[1] < before[2]:
            message = f"{before[0]} {before[1]}..{before[2]} and {after[0]} {after[1]}..{after[2]} overlap in part"
            yield Finding("entity_overlap", message, (_at(place, before), _at(place, after)))
    for span in spans:
        surface = item.text[span[1] : span[2]]
        wrong = [n for n, bad in (("begins", _bad(surface[0], "si")), ("ends", _bad(surface[-1], "ef"))) if bad]
        if wrong:
            message = f"{span[0]} {' and '.join(wrong)} in white space or punctuation"
            yield Finding("entity_edge", message, (_at(place, span),))


def surface_findings(texts: Sequence[LabeledText], locate: Locate) -> Iterator[Finding]:
    """Surfaces with several types, and surfaces that some texts mark and others do not; the most even splits first.

    Args:
        locate: the place of a text by its number.
    """
    types: dict[str, Counter[str]] = defaultdict(Counter)
    example: dict[tuple[str, str], tuple[int, EntitySpan]] = {}
    for i, item in enumerate(texts):
        for kind, surface in {(s[0], item.text[s[1] : s[2]]) for s in item.entities or ()}:
            types[surface][kind] += 1
        for span in item.entities or ():
            example.setdefault((span[0], item.text[span[1] : span[2]]), (i, span))
    mixed = [(counts, surface) for surface, counts in types.items() if len(counts) > 1]
    for counts, surface in sorted(mixed, key=lambda m: (-m[0].most_common(2)[1][1], example[_top(m[0]), m[1]][0])):
        ranked = counts.most_common()
        message = "labelled " + ", ".join(f"{kind} in {_texts(n)}" for kind, n in ranked)
        places = (example[kind, surface] for kind, _ in ranked)
        yield Finding("entity_types", message, tuple(_at(locate(i), span) for i, span in places))
    wanted = [
        surface
        for surface, counts in types.items()
        if len(surface) > 1 and counts.total() >= _MIN_TEXTS and not _GRAMMAR_TYPES.intersection(counts)
        if not _SURROGATE.search(surface)
    ]
    unmarked = _unmarked(texts, wanted)
    for surface in sorted(unmarked, key=lambda s: -min(types[s].total(), len(unmarked[s]))):
        kind, missing = _top(types[surface]), unmarked[surface]
        message = f"{kind} in {_texts(types[surface].total())}, unmarked in {_texts(len(missing))}"
        i, span = example[kind, surface]
        shown = [_at(locate(j), (kind, start, start + len(surface))) for j, start in missing[:_EXAMPLES]]
        yield Finding("entity_unmarked", message, (_at(locate(i), span), *shown))


def _unmarked(texts: Sequence[LabeledText], surfaces: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """Surface -> (text, offset) of a first occurrence that touches no entity, in texts whose entities are labelled and
    that mark the surface nowhere. Of surfaces inside longer ones only the longest is looked for.
    """
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    if not surfaces:
        return found
    automaton = AhoCorasick(
        list(surfaces), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
    )
    for i, item in enumerate(texts):
        if item.entities is None:
            continue
        marked = {item.text[s:e] for _, s, e in item.entities}
        taken = bytearray(len(item.text))
        for _, start, end in item.entities:
            taken[start:end] = b"\1" * (end - start)
        seen: set[int] = set()
        # The automaton works on UTF-8, which has no lone surrogates; one character for one keeps the offsets.
        for which, start, end in automaton.find_matches_as_indexes(_SURROGATE.sub("�", item.text)):
            if which not in seen and surfaces[which] not in marked and not any(taken[start:end]):
                seen.add(which)
                found[surfaces[which]].append((i, start))
    return found


def _bad(character: str, bracket: str) -> bool:
    """White space, control or punctuation. A bracket or quotation mark that opens at the start (Ps, Pi) or closes at
    the end (Pe, Pf) is part of a title such as 《…》.
    """
    category = unicodedata.category(character)
    if character in _MASKS or (category[0] == "P" and category[1] in bracket):
        return False
    return category[0] in "PZ" or category == "Cc"


def _top(counts: Counter[str]) -> str:
    return counts.most_common(1)[0][0]


def _at(place: Place, span: EntitySpan) -> Place:
    return Place(place.at, place.id, span[1], span[2])


def _texts(n: int) -> str:
    return f"{n} text" if n == 1 else f"{n} texts"
