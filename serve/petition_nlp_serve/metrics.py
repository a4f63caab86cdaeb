"""Counters in the Prometheus text format. Numbers only; with several workers, the sum over all of them."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_HELP = {
    "requests_total": ("counter", "Requests by route and status."),
    "request_seconds": ("histogram", "Time from the first byte of a request to the last of the answer, by route."),
    "texts_total": ("counter", "Texts by route and outcome."),
    "chars_total": ("counter", "Characters of the texts analysed."),
    "batches_total": ("counter", "Batches given to the model."),
    "batch_texts_total": ("counter", "Texts in these batches."),
    "inference_seconds_total": ("counter", "Time spent in the model."),
    "rejected_total": ("counter", "Requests refused, by reason."),
    "reloads_total": ("counter", "Reloads of the model, by outcome."),
    "feedback_total": ("counter", "Feedback items stored."),
    "queue_cost": ("gauge", "Work that waits or runs, in characters."),
    "inflight": ("gauge", "Requests under way."),
    "resident_bytes": ("gauge", "Resident memory of the workers."),
    "ready": ("gauge", "Workers that are ready."),
}


class Metrics:
    """All counters of one worker. Only the event loop's thread changes them."""

    def __init__(self, run_dir: str | None = None) -> None:
        self._values: Counter[str] = Counter()
        self._folder = Path(run_dir) if run_dir else None
        self._written = 0.0

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        self._values[_key(name, tuple(labels.items()))] += value  # type: ignore[assignment]

    def set(self, name: str, value: float) -> None:
        self._values[name] = value  # type: ignore[assignment]

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        for bucket in BUCKETS:
            if seconds <= bucket:
                self.add(f"{name}_bucket", 1, **labels, le=f"{bucket:g}")
        self.add(f"{name}_bucket", 1, **labels, le="+Inf")
        self.add(f"{name}_sum", seconds, **labels)
        self.add(f"{name}_count", 1, **labels)

    def publish(self) -> None:
        """Let the other workers see this one's counters; at most once a second."""
        if self._folder is None or time.monotonic() - self._written < 1:
            return
        self._written = time.monotonic()
        self.set("resident_bytes", resident_bytes())
        mine = self._folder / f"metrics-{os.getpid()}.json"
        with suppress(OSError):  # counters are not worth a failure
            temporary = mine.with_suffix(".tmp")
            temporary.write_text(json.dumps(self._values), encoding="utf-8")
            temporary.replace(mine)

    def render(self, model: dict[str, Any]) -> str:
        """The text format, counters of all workers added up."""
        self.set("resident_bytes", resident_bytes())
        total = Counter(self._values)
        if self._folder is not None:
            for path in self._folder.glob("metrics-*.json"):
                if path.name != f"metrics-{os.getpid()}.json":
                    with suppress(OSError, ValueError):
                        total.update(json.loads(path.read_text(encoding="utf-8")))
        lines = []
        for name, (kind, text) in _HELP.items():
            samples = sorted(k for k in total if k.split("{")[0].startswith(name) and _family(k) == name)
            lines += [f"# HELP petition_nlp_{name} {text}", f"# TYPE petition_nlp_{name} {kind}"]
            lines += [f"petition_nlp_{key} {total[key]:.10g}" for key in samples]
        labels = ",".join(f'{k}="{_escape(str(v))}"' for k, v in model.items())
        lines += ["# HELP petition_nlp_model_info The model served.", "# TYPE petition_nlp_model_info gauge"]
        lines += [f"petition_nlp_model_info{{{labels}}} 1"]
        return "\n".join(lines) + "\n"


def _family(key: str) -> str:
    name = key.split("{")[0]
    for suffix in ("_bucket", "_sum", "_count"):
        if name.endswith(suffix) and name.removesuffix(suffix) in _HELP:
            return name.removesuffix(suffix)
    return name


@lru_cache(4096)
def _key(name: str, labels: tuple[tuple[str, str], ...]) -> str:
    if not labels:
        return name
    return f"{name}{{{','.join(f'{k}={chr(34)}{_escape(v)}{chr(34)}' for k, v in labels)}}}"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def resident_bytes() -> int:
    """Resident memory of this process; 0 where the system does not tell in ``/proc``."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
