"""The key that makes a redaction reversible: written only when asked for, readable by its owner alone.

For each text it holds the SHA-256 of the redacted text and what stood in each place. A text that comes back unchanged
is restored exactly, masks and removed pieces too. In one that was edited meanwhile the pseudonyms are put back by name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from petition_nlp.errors import InputError
from petition_nlp.redact.result import Redacted

FORMAT = 1
_PSEUDONYM = re.compile(r"\[[^\[\]0-9]+[0-9]+\]")


@dataclass(frozen=True, slots=True)
class KeyRow:
    """What was hidden in one text: ``pieces`` are (start, end, original) in offsets of the redacted text."""

    sha256: str
    pieces: tuple[tuple[int, int, str], ...]
    pseudonyms: Mapping[str, str]

    def exact(self, text: str) -> str:
        """The original of the unchanged redacted text."""
        parts, last = [], 0
        for start, end, original in self.pieces:
            parts += [text[last:start], original]
            last = end
        return "".join([*parts, text[last:]])


@dataclass(frozen=True, slots=True)
class Restored:
    """A text with its names back. ``exact`` is False when it had been edited and was restored by pseudonym."""

    text: str
    exact: bool


class RedactionKey:
    """Collects what redaction hid, and restores it.

    Args:
        column: the redacted column, for :mod:`petition_nlp.redact.table`.
        scope: that of the policy; with ``"file"`` a pseudonym means the same in all texts.
    """

    def __init__(self, *, column: str | None = None, scope: str = "text") -> None:
        self.column = column
        self.scope = scope
        self._rows: dict[int, KeyRow] = {}
        self._names: dict[str, str] = {}
        self._by_hash: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"RedactionKey({len(self._rows)} rows)"

    def add(self, original: str, redacted: Redacted, row: int | None = None) -> int:
        """Take up one text; returns its row (default: the next)."""
        if row is None:
            row = max(self._rows, default=0) + 1
        pieces = tuple((r.new_start, r.new_end, original[r.start : r.end]) for r in redacted.replacements)
        names: dict[str, str] = {}
        for r in redacted.replacements:
            if _PSEUDONYM.fullmatch(r.replacement):
                names.setdefault(r.replacement, original[r.start : r.end])
        self._put(row, KeyRow(_digest(redacted.text), pieces, names))
        return row

    def _put(self, row: int, entry: KeyRow) -> None:
        self._rows[row] = entry
        for name, original in entry.pseudonyms.items():
            self._names.setdefault(name, original)
        self._by_hash.setdefault(entry.sha256, []).append(row)

    def knows(self, text: str) -> bool:
        """Whether the text is, unchanged, one that redaction gave."""
        return _digest(text) in self._by_hash

    def restore(self, text: str, row: int | None = None) -> Restored:
        """The original of a redacted text.

        Args:
            text: the redacted text.
            row: its row; needed where the text was edited, or where two texts look alike once redacted.

        Raises:
            InputError: the key does not know the text.
        """
        alike = self._by_hash.get(_digest(text), [])
        if row in alike:
            return Restored(self._rows[row].exact(text), True)
        originals = {self._rows[r].exact(text) for r in alike}
        if len(originals) == 1:
            return Restored(originals.pop(), True)
        if originals:
            raise InputError("several texts look like this once redacted; give the file in its original order")
        if self.scope == "file":
            names: Mapping[str, str] = self._names
        elif row in self._rows:
            names = self._rows[row].pseudonyms
        else:
            raise InputError("the key holds no such text")
        return Restored(_PSEUDONYM.sub(lambda m: names.get(m[0], m[0]), text), False)

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the key."""
        return {
            "format": FORMAT,
            "kind": "petition-nlp redaction key",
            "column": self.column,
            "scope": self.scope,
            "rows": [
                {
                    "row": number,
                    "sha256": entry.sha256,
                    "pseudonyms": dict(entry.pseudonyms),
                    "pieces": [list(p) for p in entry.pieces],
                }
                for number, entry in sorted(self._rows.items())
            ],
        }

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the key file, mode 0600, in one step.

        Raises:
            InputError: the file exists and ``overwrite`` is not given, or cannot be written.
        """
        path = Path(path)
        refuse_existing(path, overwrite)
        data = json.dumps(self.to_dict())  # plain ASCII: a lone surrogate stays an escape
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise InputError(f"{path}: the key cannot be written: {error.strerror or error}") from error

    @classmethod
    def load(cls, path: str | Path) -> RedactionKey:
        """Read a key file.

        Raises:
            InputError: no such file, or not a key; nothing of its content is shown.
        """
        try:
            data = json.loads(Path(path).read_bytes())
        except OSError as error:
            raise InputError(f"{path}: the key cannot be read: {error.strerror or error}") from error
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: not a key file (not JSON)") from error
        if not isinstance(data, dict) or data.get("kind") != "petition-nlp redaction key":
            raise InputError(f"{path}: not a key file of petition-nlp")
        if data.get("format") != FORMAT:
            raise InputError(f"{path}: key format {data.get('format')!r} is unknown; upgrade petition-nlp")
        key = cls(column=data.get("column"), scope=data.get("scope", "text"))
        for number, row in enumerate(data.get("rows", []), 1):
            try:
                pieces = tuple((int(s), int(e), str(o)) for s, e, o in row["pieces"])
                key._put(int(row["row"]), KeyRow(str(row["sha256"]), pieces, dict(row["pseudonyms"])))
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(f"{path}: entry {number} of rows is damaged") from error
        return key


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Raise unless the key file may be written there."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file for the key")
    if not path.parent.exists():
        raise InputError(f"{path.parent}: no such folder; make it first")
    if path.exists() and not overwrite:
        raise InputError(
            f"{path}: a key exists already; without it what it hides is lost; give --overwrite to replace it"
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
