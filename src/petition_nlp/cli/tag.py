"""``petition-nlp tag IN -o OUT``."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path
from typing import Any

from petition_nlp.batch import JobOptions, JobSummary, run_job
from petition_nlp.io import FORMATS
from petition_nlp.pipeline import PetitionNLP, load


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "input", metavar="IN", help="a .jsonl, .csv, .xlsx, .parquet file, a folder of .txt, or - (stdin)"
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="a .jsonl, .csv, .xlsx, .parquet file, or - (stdout)"
    )
    parser.add_argument("--bundle", help="model bundle folder (default: the shipped one)")
    parser.add_argument(
        "--text-field", metavar="NAME", help="column that holds the text (default: guessed, e.g. 内容, text)"
    )
    parser.add_argument("--id-field", metavar="NAME", help="column that holds the id (default: guessed, e.g. 编号, id)")
    parser.add_argument(
        "--format", choices=("jsonl", "csv", "xlsx", "parquet"), help="format of the output (default: by its name)"
    )
    parser.add_argument("--input-format", choices=FORMATS, help="format of the input (default: by its name)")
    parser.add_argument("--batch-size", type=int, default=64, metavar="N")
    parser.add_argument(
        "--reference-date", type=_date, metavar="YYYY-MM-DD", help="day against which 去年10月 is resolved"
    )
    parser.add_argument("--no-entities", action="store_true", help="leave entities out (faster)")
    parser.add_argument("--no-evidence", action="store_true", help="leave evidence and severity factors out (faster)")
    parser.add_argument(
        "--max-chars", type=int, default=5_000_000, metavar="N", help="refuse longer texts (they are never cut)"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace OUT and any unfinished run to it")
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no summary")
    parser.add_argument("--show", action="store_true", help="print a readable table of the results as well")


def run(args: argparse.Namespace) -> int:
    options = JobOptions(
        text_field=args.text_field,
        id_field=args.id_field,
        in_format=args.input_format,
        out_format=args.format,
        batch_size=args.batch_size,
        entities=not args.no_entities,
        evidence=not args.no_evidence,
        reference_date=args.reference_date,
        overwrite=args.overwrite,
        max_chars=args.max_chars,
    )
    nlp = load(args.bundle)
    if args.quiet:
        run_job(nlp, args.input, args.output, options)
        return 0
    from rich.console import Console  # only a person needs it
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("[bold]tag"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
    with bar:
        task = bar.add_task("tag", total=_count_rows(args.input, args.input_format))
        summary = run_job(nlp, args.input, args.output, options, lambda done: bar.update(task, completed=done))
    _print_summary(console, nlp, args.output, summary)
    if args.show and args.output != "-":
        from petition_nlp.cli.show import print_results

        print_results(args.output)
    return 0


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2024-05-31") from error


def _count_rows(source: str, in_format: str | None) -> int | None:
    """Number of rows for the progress bar where a count of line feeds tells it; otherwise None."""
    if source == "-" or in_format not in (None, "jsonl") or not source.lower().endswith((".jsonl", ".ndjson")):
        return None
    total = 0
    try:
        with Path(source).open("rb") as stream:
            while chunk := stream.read(1 << 20):
                total += chunk.count(b"\n")
    except OSError:
        return None  # the reader says what is wrong
    return total


def _print_summary(console: Any, nlp: PetitionNLP, output: str, summary: JobSummary) -> None:
    from rich.table import Table

    resumed = f", continued after row {summary.resumed_from}" if summary.resumed_from else ""
    console.print(f"{summary.rows} rows tagged{resumed} → {output}")
    head = nlp.taxonomy.heads.get("severity")
    levels = [label.name for label in head.labels] if head else []
    table = Table(title="领域 × 严重程度")
    table.add_column("领域")
    for name in levels:
        table.add_column(name, justify="right")
    table.add_column("非诉求", justify="right")
    domains = nlp.taxonomy.heads.get("domains")
    for name in [*(label.name for label in domains.labels if domains), "其他"] if domains else ["其他"]:
        cells = [summary.table[name, i + 1] for i in range(len(levels))]
        table.add_row(name, *map(str, cells), str(summary.table[name, 0]))
    console.print(table)
    share = summary.review / summary.rows if summary.rows else 0.0
    console.print(f"to review: {summary.review} ({share:.0%})")
    if summary.cut_cells:
        console.print(
            f"[yellow]{summary.cut_cells} cells were longer than Excel allows and end in a mark; use jsonl or csv[/]"
        )
    if summary.errors:
        print(f"{summary.errors} rows could not be read: see {output}.errors.jsonl", file=sys.stderr)
