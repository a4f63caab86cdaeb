"""Faults a client can act on, in one envelope: ``{error, error_type, request_id}``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class Fault(Exception):
    """An answer other than success.

    Attributes:
        status: HTTP status.
        error_type: stable id for programs, e.g. ``text_too_long``.
        message: for people; never holds any of the text sent.
    """

    def __init__(self, status: int, error_type: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error_type)
        self.status = status
        self.error_type = error_type
        self.message = message
        self.headers = dict(headers or {})

    def item(self, index: int) -> dict[str, Any]:
        """The same fault in the place of one item of a list."""
        return {"error": self.message, "error_type": self.error_type, "index": index}


def envelope(fault: Fault, request_id: str) -> bytes:
    """The JSON body of a fault."""
    body = {"error": fault.message, "error_type": fault.error_type, "request_id": request_id}
    return json.dumps(body, ensure_ascii=False).encode()


def busy(message: str, retry_after: int = 1) -> Fault:
    """429: come back in ``retry_after`` seconds."""
    return Fault(429, "busy", message, {"Retry-After": str(retry_after)})


def timed_out(message: str) -> Fault:
    """503: not done in time."""
    return Fault(503, "timeout", message, {"Retry-After": "5"})
