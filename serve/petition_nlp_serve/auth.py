"""Bearer keys with names and scopes. Only SHA-256 digests are stored; keys can be changed without a restart.

A key file (or the environment variable PETITION_NLP_KEYS, with ``;`` for line ends) holds one key a line:
``name scope,scope sha256-of-the-key``. Blank lines and lines that begin with ``#`` are skipped. The keys are random
strings of 256 bits, so that a plain digest cannot be turned back by guessing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from petition_nlp.errors import InputError
from petition_nlp_serve.log import log
from petition_nlp_serve.settings import KEYS_ENVIRONMENT

SCOPES = ("classify", "feedback", "admin")
_LINE = re.compile(r"(?P<name>[A-Za-z0-9._-]{1,64})\s+(?P<scopes>[a-z,]+)\s+(?P<digest>[0-9a-f]{64})")
_LOOK_AGAIN = 1.0  # seconds between looks at the file's time stamp


@dataclass(frozen=True, slots=True)
class Key:
    """One key: who holds it and what it opens."""

    name: str
    scopes: frozenset[str]
    digest: bytes


def new_key(spec: str) -> tuple[str, str]:
    """Make a key from ``NAME:scope,scope``. Returns (the key, shown once; the line for the key file).

    Raises:
        InputError: the spec is not of that form.
    """
    name, _, scopes = spec.partition(":")
    key = "pn_" + secrets.token_urlsafe(32)
    line = f"{name} {scopes or 'classify,feedback'} {hashlib.sha256(key.encode()).hexdigest()}"
    parse_keys(line, "--new-key")
    return key, line


def parse_keys(text: str, where: str) -> list[Key]:
    """Read key lines.

    Raises:
        InputError: a line is wrong, or there is none; the message names the line, never a digest.
    """
    keys: list[Key] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise InputError(f"{where}:{number}: expected 'name scope,scope sha256'; make one with --new-key")
        scopes = frozenset(match["scopes"].split(","))
        if not scopes <= set(SCOPES):
            raise InputError(f"{where}:{number}: unknown scope; the scopes are {', '.join(SCOPES)}")
        if any(k.name == match["name"] for k in keys):
            raise InputError(f"{where}:{number}: the name {match['name']} stands twice")
        keys.append(Key(match["name"], scopes, bytes.fromhex(match["digest"])))
    if not keys:
        raise InputError(f"{where}: holds no key")
    return keys


class KeyRing:
    """The keys in force. With neither file nor environment there are none, and every request may pass."""

    def __init__(self, path: str | None) -> None:
        self._path = Path(path) if path else None
        self._stamp: tuple[int, int] | None = None
        self._looked = 0.0
        self._keys: list[Key] = []
        text = os.environ.get(KEYS_ENVIRONMENT)
        self._fixed = parse_keys(text.replace(";", "\n"), KEYS_ENVIRONMENT) if text else []
        if self._path:
            self._keys = self._read(self._path)

    @property
    def required(self) -> bool:
        return self._path is not None or bool(self._fixed)

    def find(self, authorization: str) -> Key | None:
        """The key of an ``Authorization`` header. Every stored digest is compared, in constant time each."""
        self.refresh()
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        digest = hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).digest()
        found = None
        for key in [*self._keys, *self._fixed]:
            if hmac.compare_digest(key.digest, digest):
                found = key
        return found

    def refresh(self, *, now: bool = False) -> None:
        """Read the key file again if it changed; a broken one leaves the old keys in force."""
        if self._path is None or (not now and time.monotonic() - self._looked < _LOOK_AGAIN):
            return
        self._looked = time.monotonic()
        try:
            if self._stamp_of(self._path) != self._stamp:
                self._keys = self._read(self._path)
                log("keys_reloaded", keys=len(self._keys))
        except (InputError, OSError) as error:
            log("keys_not_reloaded", level="error", reason=type(error).__name__)

    def _read(self, path: Path) -> list[Key]:
        try:
            stamp = self._stamp_of(path)
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: the key file cannot be read; see --new-key") from error
        keys = parse_keys(text, str(path))
        self._stamp = stamp
        return keys

    @staticmethod
    def _stamp_of(path: Path) -> tuple[int, int]:
        stat = path.stat()
        return stat.st_mtime_ns, stat.st_size
