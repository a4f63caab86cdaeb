"""The optional audit log: which labels were given, when, by which model, for which input - known by keyed hash only.

The key is random, is made at the first start beside the log (``FILE.key``), and lets those who hold it check whether a
given text was labelled, but nobody read the texts.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import time
from pathlib import Path

from petition_nlp.errors import InputError


class AuditLog:
    """Appends one JSON line a labelled text."""

    def __init__(self, path: str) -> None:
        """Open the log.

        Raises:
            InputError: the log or its key cannot be written.
        """
        try:
            key_path = Path(path + ".key")
            try:
                with os.fdopen(os.open(key_path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as stream:
                    stream.write(secrets.token_hex(32))
            except FileExistsError:
                pass
            self._key = bytes.fromhex(key_path.read_text(encoding="ascii").strip())
            self._fd = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: the audit log cannot be written ({type(error).__name__})") from error

    def hash(self, text: str) -> str:
        """Keyed hash of a text, as the log names it."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def write(self, request_id: str, key: str | None, text: str, answer: bytes) -> None:
        """Append the decision on one text. One write call, so that workers do not mix lines."""
        result = json.loads(answer)
        line = {
            "time": round(time.time(), 3),
            "request_id": request_id,
            "key": key,
            "input": self.hash(text),
            "doc_type": (result.get("doc_type") or {}).get("id"),
            "domains": [d["id"] for d in result.get("domains", [])],
            "severity": (result.get("severity") or {}).get("level"),
            "needs_review": result.get("needs_review"),
            "model": result.get("model"),
        }
        os.write(self._fd, (json.dumps(line) + "\n").encode())

    def close(self) -> None:
        os.close(self._fd)
