"""The journal that makes bulk runs resumable.

Results go to ``OUT.part``, one line a row: the row's number, a tab, a JSON object. Errors go to
``OUT.errors.jsonl.part`` *before* the results of their batch. The last whole line of ``OUT.part`` says how far a run
got: on resuming, a torn last line and errors of later rows are cut off and the input is read on from the next row.
So whatever moment a run dies at, no row is lost and none stands twice.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from petition_nlp.errors import InputError

Record = tuple[int, Any]


class Journal:
    """Append-only files beside the output.

    Args:
        output: the final output path.
        job: what identifies the job (input, options, bundle); a journal of another job is not continued.
    """

    def __init__(self, output: Path, job: dict[str, Any]) -> None:
        self.output = output
        self.part = output.with_name(output.name + ".part")
        self.errors = output.with_name(output.name + ".errors.jsonl")
        self.errors_part = self.errors.with_name(self.errors.name + ".part")
        self._job = json.dumps(job, ensure_ascii=False, sort_keys=True)
        self.last_row = 0
        self.resumed = False
        self._results: IO[bytes] | None = None
        self._faults: IO[bytes] | None = None

    def __enter__(self) -> Journal:
        if self.part.exists() and self.part.stat().st_size:
            self._recover()
        self._results = self.part.open("ab")
        self._faults = self.errors_part.open("ab")
        if self._results.tell() == 0:
            self._results.write(f"0\t{self._job}\n".encode())
            self._results.flush()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in (self._results, self._faults):
            if stream:
                stream.close()

    def _recover(self) -> None:
        with self.part.open("rb") as stream:
            first = stream.readline()
            if not first.endswith(b"\n"):  # died while writing the very first line
                self._truncate(self.part, 0)
                self._truncate(self.errors_part, 0)
                return
            if first.rstrip(b"\n").partition(b"\t")[2].decode("utf-8", "replace") != self._job:
                raise InputError(
                    f"{self.part}: left by a run with another input, bundle or options; "
                    "finish that run, or start over with --overwrite"
                )
            end = stream.tell()
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                end += len(line)
                self.last_row = int(line.partition(b"\t")[0])
        self._truncate(self.part, end)
        if self.errors_part.exists():
            keep = 0
            with self.errors_part.open("rb") as stream:
                for line in stream:
                    if not line.endswith(b"\n") or int(line.partition(b"\t")[0]) > self.last_row:
                        break
                    keep += len(line)
            self._truncate(self.errors_part, keep)
        self.resumed = True

    @staticmethod
    def _truncate(path: Path, size: int) -> None:
        if path.exists():
            os.truncate(path, size)

    def write(self, results: list[Record], errors: list[Record]) -> None:
        """Append one batch; errors first (see above). Flushed to the operating system before it returns."""
        assert self._results is not None
        assert self._faults is not None
        if errors:
            self._faults.write(b"".join(_line(r) for r in errors))
            self._faults.flush()
        if results:
            self._results.write(b"".join(_line(r) for r in results))
            self._results.flush()

    def results(self) -> Iterator[Any]:
        """The results so far, in order, read back from disk."""
        with self.part.open("rb") as stream:
            stream.readline()
            for line in stream:
                yield json.loads(line.partition(b"\t")[2])

    def finish_errors(self) -> int:
        """Move the errors to their final place; remove it if there are none. Returns how many."""
        count = 0
        temporary = self.errors.with_name(self.errors.name + ".tmp")
        with self.errors_part.open("rb") as source, temporary.open("wb") as target:
            for line in source:
                target.write(line.partition(b"\t")[2])
                count += 1
        if count:
            temporary.replace(self.errors)
        else:
            temporary.unlink()
            self.errors.unlink(missing_ok=True)
        return count

    def remove(self) -> None:
        """Delete the journal; the output is complete. The results go first: without them the errors mean nothing."""
        self.part.unlink(missing_ok=True)
        self.errors_part.unlink(missing_ok=True)


def _line(record: Record) -> bytes:
    # surrogatepass never happens: json escapes lone surrogates as \udXXX with ensure_ascii where needed
    text = json.dumps(record[1], ensure_ascii=False)
    try:
        return f"{record[0]}\t{text}\n".encode()
    except UnicodeEncodeError:  # a lone surrogate from the input: keep it as an escape
        return f"{record[0]}\t{json.dumps(record[1])}\n".encode()
