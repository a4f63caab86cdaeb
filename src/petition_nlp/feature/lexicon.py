"""Term lexicon: concepts of the field with the words people use for them, found by one Aho–Corasick pass.

A concept fires on any of its terms, so that a word never seen in training still counts when a neighbour was seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml
from ahocorasick_rs import AhoCorasick, Implementation
from numpy.typing import NDArray

from petition_nlp.errors import PetitionError

_SURROGATE = re.compile("[\ud800-\udfff]")


class Lexicon:
    """Concept ids with their terms (simplified characters, lower case).

    Args:
        concepts: concept id -> terms. A term may belong to several concepts.
    """

    def __init__(self, concepts: Mapping[str, Sequence[str]]) -> None:
        self.concepts = {k: tuple(v) for k, v in concepts.items()}
        self.ids = tuple(self.concepts)
        owners: dict[str, list[int]] = {}
        for i, (ident, terms) in enumerate(self.concepts.items()):
            for term in terms:
                if not isinstance(term, str) or len(term) < 2:
                    raise PetitionError(
                        f"lexicon: concept {ident}: term {term!r} should be text of at least 2 characters"
                    )
                owners.setdefault(term, []).append(i)
        self._owners = list(owners.values())
        self._times = np.array([len(o) for o in self._owners], dtype=np.int64)
        self._first = np.cumsum(self._times) - self._times
        self._flat = np.array([c for o in self._owners for c in o], dtype=np.int32)
        self._automaton = AhoCorasick(list(owners), implementation=Implementation.ContiguousNFA) if owners else None

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """All matches as (concept number, start, end), overlapping ones too, by end."""
        return [(concept, start, end) for term, start, end in self._matches(text) for concept in self._owners[term]]

    def batch(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """All matches of several texts: (concept numbers, numbers of their texts), both of shape (matches,)."""
        terms: list[int] = []
        sizes: list[int] = []
        for text in texts:
            found = self._matches(text)
            terms += [m[0] for m in found]
            sizes.append(len(found))
        term = np.array(terms, dtype=np.int64)
        owner = np.repeat(np.arange(len(texts), dtype=np.int32), sizes)
        # A term of several concepts stands several times in the flat table.
        times = self._times[term]
        start = np.repeat(self._first[term], times)
        step = np.arange(len(start)) - np.repeat(np.cumsum(times) - times, times)
        return self._flat[start + step], np.repeat(owner, times)

    def _matches(self, text: str) -> list[tuple[int, int, int]]:
        if self._automaton is None:
            return []
        try:
            return list(self._automaton.find_matches_as_indexes(text, overlapping=True))
        except UnicodeEncodeError:  # the automaton works on UTF-8, which has no lone surrogates
            return list(self._automaton.find_matches_as_indexes(_SURROGATE.sub("�", text), overlapping=True))

    def __reduce__(self) -> tuple[type[Lexicon], tuple[dict[str, tuple[str, ...]]]]:
        return Lexicon, (self.concepts,)  # the automaton cannot be copied between processes; it is built anew

    def to_dict(self) -> dict[str, list[str]]:
        return {k: list(v) for k, v in self.concepts.items()}


def parse_lexicon(data: Any) -> Lexicon:
    """Check and build a lexicon from parsed YAML/JSON: a mapping from concept id to a list of terms (or one text of
    terms parted by white space).
    """
    if not isinstance(data, dict):
        raise PetitionError("lexicon: expected a mapping from concept id to terms")
    return Lexicon({str(k): v.split() if isinstance(v, str) else v for k, v in data.items()})


@lru_cache(maxsize=1)
def default_lexicon() -> Lexicon:
    """The lexicon shipped with the library, written for it from knowledge of the field."""
    source = (resources.files("petition_nlp.feature") / "lexicon.yaml").read_text(encoding="utf-8")
    return parse_lexicon(yaml.safe_load(source))
