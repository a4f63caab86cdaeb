"""An office's own names of bodies, places and projects, from a text file; they go before all other sources.

One entry a line, parted by tabs (or, where no name holds a space, by spaces)::

    # name      type    aliases
    柳塘镇经管站	ORG	镇经管站	经管站
    后港渠整治工程	PROJECT

A dictionary belongs to the pipeline or tokenizer it is given to; nothing is global.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from petition_nlp.corpus import ENTITY_TYPES, EntitySpan
from petition_nlp.errors import InputError
from petition_nlp.io import detect_encoding
from petition_nlp.text import normalize

_SURROGATE = re.compile("[\ud800-\udfff]")
_LINES = re.compile("\r\n|\r|\n")
_MIN_LENGTH = 2  # a single character is part of too many other words


@dataclass(frozen=True, slots=True)
class DictionaryEntry:
    """A name with its type and its other names; ``where`` is file and line, for messages."""

    name: str
    type: str
    aliases: tuple[str, ...] = ()
    where: str = "dictionary"


class UserDictionary:
    """Finds the entries' names and aliases in texts. Safe to share between threads.

    Args:
        entries: the names; each is found as written and in its normalised form (full width, traditional characters).
        types: the entity types allowed.

    Raises:
        InputError: an unknown type, a name too short, or one name with two types; the message names file and line.
    """

    def __init__(self, entries: Iterable[DictionaryEntry], *, types: Iterable[str] = ENTITY_TYPES) -> None:
        self.entries = tuple(entries)
        allowed = tuple(types)
        owners: dict[str, DictionaryEntry] = {}
        self._names: dict[str, None] = {}
        for entry in self.entries:
            if entry.type not in allowed:
                raise InputError(
                    f"{entry.where}: {entry.type!r} is no entity type; known are {', '.join(allowed)}. "
                    "A line is: name, tab, type, and after further tabs aliases"
                )
            for name in (entry.name, *entry.aliases):
                if len(name) < _MIN_LENGTH or _SURROGATE.search(name):
                    raise InputError(f"{entry.where}: a name should have at least {_MIN_LENGTH} characters")
                self._names[name] = None
                for form in (name, normalize(name).text.strip()):
                    if len(form) < _MIN_LENGTH:
                        continue
                    other = owners.setdefault(form, entry)
                    if other.type != entry.type:
                        raise InputError(
                            f"{entry.where}: the name is {entry.type} here and {other.type} at {other.where}; keep one"
                        )
        self._types = [entry.type for entry in owners.values()]
        self._automaton = (
            AhoCorasick(list(owners), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA)
            if owners
            else None
        )

    @classmethod
    def load(cls, path: str | Path, *, types: Iterable[str] = ENTITY_TYPES) -> UserDictionary:
        """Read a dictionary file in UTF-8 or GBK.

        Raises:
            InputError: no such file, not text, or a wrong line; the message names file and line.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding=detect_encoding(path))
        except OSError as error:
            raise InputError(f"{path}: the dictionary cannot be read: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: neither UTF-8 nor GBK text; save it as UTF-8") from error
        lines = enumerate(_LINES.split(text), 1)
        entries = [_parse(line, f"{path}:{n}") for n, line in lines if line.strip() and line.lstrip()[0] != "#"]
        return cls(entries, types=types)

    def __len__(self) -> int:
        return len(self.entries)

    def find(self, text: str) -> list[EntitySpan]:
        """Where names stand: (type, start, end) by start, not overlapping, of names at one place the longest."""
        if self._automaton is None:
            return []
        # The automaton works on UTF-8, which has no lone surrogates; � keeps the offsets.
        safe = _SURROGATE.sub("�", text)
        return [(self._types[i], start, end) for i, start, end in self._automaton.find_matches_as_indexes(safe)]

    def apply_jieba(self, tokenizer: Any) -> None:
        """Teach all names to a ``jieba.Tokenizer`` of one's own, so that it keeps them whole.

        Raises:
            InputError: it is jieba's global tokenizer, which the whole process shares.
        """
        jieba = sys.modules.get("jieba")
        if tokenizer is jieba or (jieba is not None and tokenizer is jieba.dt):
            raise InputError("tokenizer: is jieba's global one; make one with jieba.Tokenizer() and give that")
        for name in self._names:
            # An explicit count: without one that is above zero jieba changes state that all tokenizers share.
            tokenizer.add_word(name, max(1, tokenizer.suggest_freq(name, False)))

    def to_jieba(self, path: str | Path) -> None:
        """Write the names as a user dictionary that ``Tokenizer.load_userdict`` reads (UTF-8, one a line)."""
        names = [n for n in self._names if not re.search(r"\s", n)]  # jieba's format parts fields by spaces
        Path(path).write_text("".join(f"{n} {10 * len(n)} n\n" for n in names), encoding="utf-8", newline="\n")


def _parse(line: str, where: str) -> DictionaryEntry:
    line = line.strip(" \ufeff")
    fields = [f.strip() for f in line.split("\t")] if "\t" in line.strip() else line.split()
    fields = [f for f in fields if f]
    if len(fields) < 2:
        raise InputError(
            f"{where}: the entity type is missing; a line is: name, tab, type, and after further tabs aliases"
        )
    return DictionaryEntry(fields[0], fields[1].upper(), tuple(fields[2:]), where)
