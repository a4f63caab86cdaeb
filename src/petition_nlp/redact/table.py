"""Redacts and restores one column of a table. The output appears whole or not at all."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from petition_nlp.batch.job import dump_line
from petition_nlp.corpus import guess_columns
from petition_nlp.errors import InputError
from petition_nlp.io import BadRow, Row, RowSource, guess_format, open_rows, write_csv, write_parquet, write_xlsx
from petition_nlp.pipeline import PetitionNLP
from petition_nlp.redact.key import RedactionKey, refuse_existing
from petition_nlp.redact.policy import RedactionPolicy
from petition_nlp.redact.redactor import Redactor

Progress = Callable[[int], None]
_BATCH_CHARACTERS = 2_000_000
_JSON = (str, int, float, bool, list, dict, type(None))
_TELLING = re.compile(r"[\u3400-\u9fff]{2}|[0-9０-９]{7}|@")


@dataclass(frozen=True, slots=True)
class TableOptions:
    """Where what is; the names are those of the command line.

    Attributes:
        text_field, id_field: column names; None: guessed (内容, text, …; 编号, id, …).
        in_format, out_format: None: by the file name.
        max_chars: longer texts go to the errors, they are never cut.
        key: where to write the key file; None: the redaction cannot be undone.
    """

    text_field: str | None = None
    id_field: str | None = None
    in_format: str | None = None
    out_format: str | None = None
    batch_size: int = 64
    max_chars: int = 5_000_000
    overwrite: bool = False
    key: Path | None = None


@dataclass(slots=True)
class TableSummary:
    """What came of it. ``other_columns`` hold text left as it is; ``edited`` rows were restored by pseudonym."""

    rows: int = 0
    errors: int = 0
    hidden: dict[str, int] = field(default_factory=dict)
    other_columns: list[str] = field(default_factory=list)
    edited: int = 0
    cut_cells: int = 0


def redact_table(
    nlp: PetitionNLP,
    source: str,
    output: str,
    policy: RedactionPolicy,
    options: TableOptions,
    progress: Progress = lambda done: None,
) -> TableSummary:
    """Redact the text column of ``source`` into ``output`` (``-``: a standard stream). Other columns are kept.

    Raises:
        InputError: the input cannot be read, a named column is missing, or the output or key is in the way.
    """
    if options.key is not None:
        refuse_existing(options.key, options.overwrite)
        if any(p != "-" and options.key.resolve() == Path(p).resolve() for p in (source, output)):
            raise InputError(f"{options.key}: the key needs a file of its own")
    key = RedactionKey(scope=policy.scope) if options.key is not None else None
    redactor = Redactor(policy)
    summary = TableSummary()
    with _Output(source, output, options) as out:
        for batch, column in _batches(source, options, out, summary):
            documents = nlp.analyze([text for _, text, _ in batch], evidence=False)
            for (row, text, _), document in zip(batch, documents, strict=True):
                redacted = redactor.redact(text, document.entities)
                for r in redacted.replacements:
                    summary.hidden[r.type] = summary.hidden.get(r.type, 0) + 1
                _note_columns(summary, row, column)
                # what has nothing to hide keeps its kind of value (a number, an empty cell)
                out.write({**row.fields, column: redacted.text} if redacted.replacements else row.fields)
                if key is not None:
                    key.column = column
                    key.add(text, redacted, out.rows)
            progress(batch[-1][0].number)
        if key is not None and options.key is not None:
            key.save(options.key, overwrite=options.overwrite)  # first: an output without its key cannot be undone
        summary.cut_cells = out.finish()
    summary.rows, summary.errors = out.rows, out.errors
    return summary


def restore_table(source: str, output: str, key: RedactionKey, options: TableOptions) -> TableSummary:
    """Put the originals back into a redacted table. Rows the key does not know go to the errors.

    Raises:
        InputError: as for :func:`redact_table`.
    """
    if options.text_field is None and key.column is not None:
        options = TableOptions(
            key.column, options.id_field, options.in_format, options.out_format, overwrite=options.overwrite
        )
    summary = TableSummary()
    with _Output(source, output, options) as out:
        for batch, column in _batches(source, options, out, summary):
            for row, text, ident in batch:
                sent = text
                if text[:1] == "'" and not key.knows(text) and key.knows(text[1:]):
                    text = text[1:]  # the apostrophe that keeps spreadsheets from running the cell
                try:
                    restored = key.restore(text, row.number)
                except InputError as error:
                    out.error(row, ident, str(error))
                    continue
                summary.edited += not restored.exact
                out.write({**row.fields, column: restored.text} if restored.text != sent else row.fields)
        summary.cut_cells = out.finish()
    summary.rows, summary.errors = out.rows, out.errors
    return summary


def _batches(
    source: str, options: TableOptions, out: _Output, summary: TableSummary
) -> Iterator[tuple[list[tuple[Row, str, str | None]], str]]:
    pending: list[tuple[Row, str, str | None]] = []
    columns: dict[str, str] | None = None
    characters = 0
    for row in out.source:
        if isinstance(row, BadRow):
            out.error(row, None, row.reason)
            continue
        if columns is None:
            columns = _columns(row, options)
        raw_id = row.fields.get(columns.get("id", ""))
        ident = None if raw_id is None or raw_id == "" else str(raw_id)
        text, fault = _text(row.fields, columns["text"], options.max_chars)
        if fault:
            out.error(row, ident, fault)
            continue
        pending.append((row, text, ident))
        characters += len(text)
        if len(pending) >= options.batch_size or characters > _BATCH_CHARACTERS:
            yield pending, columns["text"]
            pending, characters = [], 0
    if pending and columns is not None:
        yield pending, columns["text"]


def _columns(row: Row, options: TableOptions) -> dict[str, str]:
    names = list(map(str, row.fields))
    columns = guess_columns(names)
    for name, column in (("text", options.text_field), ("id", options.id_field)):
        if column is not None:
            if column not in row.fields:
                raise InputError(f"{row.where}: no column {column!r}; the columns are {', '.join(names)}")
            columns[name] = column
    if "text" not in columns:
        raise InputError(
            f"{row.where}: cannot tell which column holds the text; "
            f"give --text-field; the columns are {', '.join(names)}"
        )
    return columns


def _text(fields: dict[str, Any], column: str, max_chars: int) -> tuple[str, str | None]:
    """The text of a row; or why it has none. An empty cell of a table is an empty text."""
    if column not in fields:
        return "", f"field {column!r} is missing"
    value = fields[column]
    if value is None:
        return "", None
    if isinstance(value, (bool, list, dict)):
        return "", f"field {column!r} should be text, is {type(value).__name__}"
    text = str(value)
    if len(text) > max_chars:
        return "", f"field {column!r} has {len(text)} characters, the limit is {max_chars} (--max-chars)"
    return text, None


def _note_columns(summary: TableSummary, row: Row, column: str) -> None:
    """Remember the other columns that hold words or long numbers: they may name somebody."""
    for name, value in row.fields.items():
        if name != column and name not in summary.other_columns and value is not None:
            shown = json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else str(value)
            if _TELLING.search(shown):
                summary.other_columns.append(name)


class _Output:
    """Rows and errors on their way to the output: a temporary file beside it that nobody else can read."""

    def __init__(self, source: str, output: str, options: TableOptions) -> None:
        self.format = options.out_format or ("jsonl" if output == "-" else guess_format(output))
        if self.format not in ("jsonl", "csv", "xlsx", "parquet"):
            raise InputError(f"{output}: cannot write {self.format}; use jsonl, csv, xlsx or parquet")
        if output == "-" and self.format != "jsonl":
            raise InputError(f"{self.format} cannot be written to standard output; give a file")
        self.path = None if output == "-" else Path(output)
        if self.path is not None:
            _refuse_output(self.path, source, options.overwrite)
        self.source: RowSource = open_rows(source, options.in_format)
        self.rows = self.errors = 0
        self._columns: dict[str, None] = {}
        self._stack = ExitStack()

    def __enter__(self) -> _Output:
        folder = self.path.parent if self.path else Path(tempfile.gettempdir())
        stem = f".{self.path.name if self.path else 'petition-nlp'}.{secrets.token_hex(4)}"
        self._rows_path, self._errors_path = folder / f"{stem}.rows", folder / f"{stem}.errors"
        self._done_path = folder / f"{stem}.tmp"
        for path in (self._rows_path, self._errors_path, self._done_path):
            self._stack.callback(path.unlink, missing_ok=True)
        self._out = self._stack.enter_context(_private(self._rows_path))
        self._faults = self._stack.enter_context(_private(self._errors_path))
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def write(self, fields: dict[str, Any]) -> None:
        self.rows += 1
        self._columns.update(dict.fromkeys(fields))
        self._out.write(dump_line({k: v if isinstance(v, _JSON) else str(v) for k, v in fields.items()}))

    def error(self, row: Row | BadRow, ident: str | None, reason: str) -> None:
        self.errors += 1
        record = {"row": row.number, "where": row.where, "id": ident, "reason": reason}
        self._faults.write(dump_line(record))

    def finish(self) -> int:
        """Put output and errors in place. Returns the number of cells that Excel could not hold whole."""
        self._out.close()
        self._faults.close()
        if self.path is None:
            with self._rows_path.open("rb") as stream:
                shutil.copyfileobj(stream, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            with self._errors_path.open("rb") as stream:
                sys.stderr.write(stream.read().decode())
            return 0
        cut = 0
        columns = list(self._columns)
        if self.format == "jsonl":
            shutil.copyfile(self._rows_path, self._done_path)
        elif self.format == "csv":
            write_csv(self._done_path, columns, self._records())
        elif self.format == "xlsx":
            cut = write_xlsx(self._done_path, columns, self._records())
        else:
            write_parquet(self._done_path, columns, self._records())
        with self._done_path.open("rb") as done:
            os.fsync(done.fileno())
        errors = self.path.with_name(self.path.name + ".errors.jsonl")
        if self.errors:
            self._errors_path.replace(errors)
        else:
            errors.unlink(missing_ok=True)
        self._done_path.replace(self.path)
        return cut

    def _records(self) -> Iterator[dict[str, Any]]:
        with self._rows_path.open(encoding="utf-8") as stream:
            for line in stream:
                yield json.loads(line)


def _refuse_output(path: Path, source: str, overwrite: bool) -> None:
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file for the output")
    if not path.parent.exists():
        raise InputError(f"{path.parent}: no such folder; make it first")
    if source != "-" and path.exists() and Path(source).exists() and path.samefile(source):
        raise InputError(f"{path}: is the input itself; name another file for the output")
    if path.exists() and not overwrite:
        raise InputError(f"{path}: exists already; give --overwrite to replace it")


def _private(path: Path) -> IO[str]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline="\n")
