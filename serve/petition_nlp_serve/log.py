"""Logs: one JSON object a line on standard error, with lengths, timings and ids, never with text."""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from datetime import datetime, timezone
from typing import Any


def log(event: str, *, level: str = "info", **fields: Any) -> None:
    """Write one line. ``fields`` must be numbers, ids or fixed words."""
    stamp = datetime.fromtimestamp(time.time(), timezone.utc).isoformat(timespec="milliseconds")
    line = json.dumps({"time": stamp, "level": level, "event": event, **fields}, ensure_ascii=True)
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return  # nobody reads our log any more; that is no reason to stop serving


def log_exception(event: str, error: BaseException, **fields: Any) -> None:
    """Log a fault of our own: its type and where it arose. Its message might quote the text and is left out."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = [f"{f.filename.replace(chr(92), '/').rsplit('/', 2)[-1]}:{f.lineno}:{f.name}" for f in frames]
    log(event, level="error", exception=type(error).__name__, at=places, **fields)


class JsonHandler(logging.Handler):
    """Brings the server's own log lines into the same form, without the messages of exceptions."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            log_exception("server", record.exc_info[1], **fields)
        else:
            # Later lines hold tracebacks and exceptions, whose messages might quote a text.
            message = record.getMessage().partition("\n")[0][:300]
            if not message.startswith("Traceback"):
                log("server", level=record.levelname.lower(), message=message, **fields)
