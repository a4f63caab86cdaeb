"""Runs a bulk job: reads rows, analyses them in batches, journals, and writes the output when all is done."""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from petition_nlp.batch.journal import Journal, Record
from petition_nlp.batch.table import merge_row
from petition_nlp.corpus import guess_columns
from petition_nlp.errors import InputError
from petition_nlp.io import BadRow, Row, guess_format, open_rows, write_csv, write_parquet, write_xlsx
from petition_nlp.pipeline import PetitionNLP

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class JobOptions:
    """What to do with which fields.

    Attributes:
        text_field, id_field: column names; None: guessed (内容, text, …; 编号, id, …).
        in_format, out_format: one of jsonl, csv, xlsx, parquet (txt for input); None: by the file name.
        max_chars: longer texts are refused as a bad row, never cut.
    """

    text_field: str | None = None
    id_field: str | None = None
    in_format: str | None = None
    out_format: str | None = None
    batch_size: int = 64
    entities: bool = True
    evidence: bool = True
    reference_date: datetime.date | None = None
    overwrite: bool = False
    max_chars: int = 5_000_000


@dataclass(slots=True)
class JobSummary:
    """What came of a job. ``table`` counts petitions by (domain name, severity level)."""

    rows: int = 0
    errors: int = 0
    review: int = 0
    resumed_from: int = 0
    cut_cells: int = 0
    doc_types: Counter[str] = field(default_factory=Counter)
    table: Counter[tuple[str, int]] = field(default_factory=Counter)

    def count(self, result: dict[str, Any]) -> None:
        self.rows += 1
        self.review += bool(result["needs_review"])
        self.doc_types[result["doc_type"]["id"]] += 1
        level = result["severity"]["level"] if result["severity"] else 0
        for name in [d["name"] for d in result["domains"]] or ["其他"]:
            self.table[name, level] += 1


def run_job(
    nlp: PetitionNLP, source: str, output: str, options: JobOptions, progress: Progress = lambda done: None
) -> JobSummary:
    """Tag every row of ``source`` into ``output``; ``-`` is a standard stream (not resumable).

    Raises:
        InputError: the input cannot be read, a named column is missing, or the output is in the way.
    """
    out_format = options.out_format or ("jsonl" if output == "-" else guess_format(output))
    if out_format not in ("jsonl", "csv", "xlsx", "parquet"):
        raise InputError(f"{output}: cannot write {out_format}; use jsonl, csv, xlsx or parquet")
    rows = open_rows(source, options.in_format)
    if output == "-":
        return _stream(nlp, rows, options, progress)
    path = Path(output)
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file for the output")
    if not path.parent.exists():
        raise InputError(f"{path.parent}: no such folder; make it first")
    if source != "-" and path.exists() and path.samefile(source):
        raise InputError(f"{path}: is the input itself; name another file for the output")
    journal = Journal(path, _job_key(nlp, source, out_format, options))
    if options.overwrite:
        journal.remove()
    elif path.exists() and not journal.part.exists():
        raise InputError(f"{path}: exists already; give --overwrite to replace it")
    keep_fields = out_format != "jsonl"
    summary = JobSummary()
    with journal:
        summary.resumed_from = journal.last_row
        if source == "-" and journal.resumed and journal.last_row:
            raise InputError(f"{journal.part}: a run from standard input cannot be continued; give --overwrite")
        for results, errors, last in _batches(nlp, rows, options, journal.last_row, keep_fields):
            journal.write(results, errors)
            progress(last)
    _finish(journal, path, out_format, summary)
    return summary


def _job_key(nlp: PetitionNLP, source: str, out_format: str, options: JobOptions) -> dict[str, Any]:
    key: dict[str, Any] = {
        "input": source if source == "-" else str(Path(source).resolve()),
        "format": out_format,
        "model": nlp.bundle.manifest["files"],
        "options": [
            options.text_field,
            options.id_field,
            options.entities,
            options.evidence,
            str(options.reference_date),
        ],
    }
    if source != "-" and Path(source).is_file():
        stat = Path(source).stat()
        key["size"], key["mtime"] = stat.st_size, stat.st_mtime_ns
    return key


def _batches(
    nlp: PetitionNLP, rows: Iterator[Row | BadRow], options: JobOptions, skip: int, keep_fields: bool
) -> Iterator[tuple[list[Record], list[Record], int]]:
    pending: list[tuple[Row, str, str | None]] = []
    errors: list[Record] = []
    mapping: dict[str, str] = {}
    characters = 0
    last = skip

    def flush() -> tuple[list[Record], list[Record], int]:
        documents = nlp.analyze(
            [text for _, text, _ in pending],
            reference_date=options.reference_date,
            entities=options.entities,
            evidence=options.evidence,
        )
        results: list[Record] = []
        for (row, _, ident), document in zip(pending, documents, strict=True):
            document.id = ident
            result = document.to_dict()
            results.append((row.number, {"fields": _plain(row.fields), "result": result} if keep_fields else result))
        return results, errors, last

    for row in rows:
        if isinstance(row, Row) and not mapping:
            mapping = _mapping(row, options)
        if row.number <= skip:
            continue
        last = row.number
        if isinstance(row, BadRow):
            errors.append((row.number, {"row": row.number, "where": row.where, "reason": row.reason}))
            continue
        text, ident, reason = _read(row, mapping, options)
        if reason:
            errors.append((row.number, {"row": row.number, "where": row.where, "id": ident, "reason": reason}))
            continue
        pending.append((row, text, ident))
        characters += len(text)
        if len(pending) >= options.batch_size or characters > 2_000_000:
            yield flush()
            pending, errors, characters = [], [], 0
    if pending or errors:
        yield flush()


def _mapping(row: Row, options: JobOptions) -> dict[str, str]:
    names = list(map(str, row.fields))
    mapping = guess_columns(names)
    for field_name, column in (("text", options.text_field), ("id", options.id_field)):
        if column is not None:
            if column not in row.fields:
                raise InputError(f"{row.where}: no column {column!r}; the columns are {', '.join(names)}")
            mapping[field_name] = column
    if "text" not in mapping:
        raise InputError(
            f"{row.where}: cannot tell which column holds the text; "
            f"give --text-field; the columns are {', '.join(names)}"
        )
    return mapping


def _read(row: Row, mapping: dict[str, str], options: JobOptions) -> tuple[str, str | None, str | None]:
    """Text, id and (where the row cannot be used) the reason."""
    raw_id = row.fields.get(mapping.get("id", ""))
    ident = None if raw_id is None or raw_id == "" else str(raw_id)
    column = mapping["text"]
    text = row.fields.get(column)
    if text is None:
        return "", ident, f"field {column!r} is missing or empty"
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str):
        return "", ident, f"field {column!r} should be text, is {type(text).__name__}"
    if len(text) > options.max_chars:
        return "", ident, f"field {column!r} has {len(text)} characters, the limit is {options.max_chars} (--max-chars)"
    return text, ident, None


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        k: v if isinstance(v, (str, int, float, bool, list, dict, type(None))) else str(v) for k, v in fields.items()
    }


def _finish(journal: Journal, path: Path, out_format: str, summary: JobSummary) -> None:
    """Write the output from the journal to a temporary file and put it in place in one step."""
    temporary = path.with_name(path.name + ".tmp")
    if out_format == "jsonl":
        with temporary.open("w", encoding="utf-8") as stream:
            for result in journal.results():
                summary.count(result)
                stream.write(dump_line(result))
    else:
        seen: dict[str, None] = {}
        for record in journal.results():
            summary.count(record["result"])
            seen.update(dict.fromkeys(merge_row(record["fields"], record["result"])))
        columns = list(seen)
        rows = (merge_row(r["fields"], r["result"]) for r in journal.results())
        if out_format == "csv":
            write_csv(temporary, columns, rows)
        elif out_format == "xlsx":
            summary.cut_cells = write_xlsx(temporary, columns, rows)
        else:
            write_parquet(temporary, columns, rows)
    with temporary.open("rb") as stream_done:
        os.fsync(stream_done.fileno())
    summary.errors = journal.finish_errors()
    temporary.replace(path)
    journal.remove()


def dump_line(result: dict[str, Any]) -> str:
    """One line of JSONL; a lone surrogate of the input stays as an escape."""
    text = json.dumps(result, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(result)
    return text + "\n"


def _stream(nlp: PetitionNLP, rows: Iterator[Row | BadRow], options: JobOptions, progress: Progress) -> JobSummary:
    summary = JobSummary()
    for results, errors, last in _batches(nlp, rows, options, 0, False):
        for _, result in results:
            summary.count(result)
            sys.stdout.buffer.write(dump_line(result).encode())
        for _, error in errors:
            print(json.dumps(error, ensure_ascii=False), file=sys.stderr)
        sys.stdout.buffer.flush()
        summary.errors += len(errors)
        progress(last)
    return summary
