"""``petition-nlp check DATA…``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from petition_nlp.corpus.check import check_files
from petition_nlp.corpus.report import KINDS, CheckReport, LabelIssue
from petition_nlp.errors import InputError
from petition_nlp.taxonomy import default_taxonomy, load_taxonomy

_MAX_PLACES = 4


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", nargs="+", metavar="DATA", help="labelled files: .jsonl, .csv, .xlsx, .parquet")
    parser.add_argument("--taxonomy", metavar="FILE", help="taxonomy file (default: the shipped one)")
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="FILE",
        help="data held apart for evaluation: report texts of DATA that stand in it (may be repeated)",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        type=_column,
        metavar="FIELD=NAME",
        help="column of a field, e.g. domains=一级分类 (default: guessed; may be repeated)",
    )
    parser.add_argument("--text-field", metavar="NAME", help="the same as --column text=NAME")
    parser.add_argument("--no-outliers", action="store_true", help="do not train models to find likely label errors")
    parser.add_argument("-o", "--output", metavar="REPORT.json", help="write all findings to a file")
    parser.add_argument("--strict", action="store_true", help="exit with 1 on warnings too")
    parser.add_argument("--max-shown", type=int, default=10, metavar="N", help="findings shown of each kind (10)")
    parser.add_argument("--quiet", action="store_true", help="no progress and no tables")


def run(args: argparse.Namespace) -> int:
    from rich.console import Console

    console = Console(quiet=args.quiet, width=None if sys.stdout.isatty() else 120)
    columns = dict(args.column)
    if args.text_field:
        columns["text"] = args.text_field
    taxonomy = load_taxonomy(args.taxonomy) if args.taxonomy else default_taxonomy()
    with Console(stderr=True, quiet=args.quiet).status("check") as status:

        def progress(stage: str, done: int, total: int) -> None:
            status.update(f"{stage} {done}/{total}")

        def outliers(*of: Any) -> list[LabelIssue]:
            from petition_nlp.train.outliers import label_issues

            return label_issues(*of, progress=progress)

        report = check_files(
            args.data,
            taxonomy,
            against=args.against,
            columns=columns or None,
            outliers=None if args.no_outliers else outliers,
            progress=progress,
        )
    if args.output:
        _write(args.output, report)
    print_report(console, report, max(args.max_shown, 0))
    return 1 if report.errors or (args.strict and report.warnings) else 0


def print_report(console: Any, report: CheckReport, max_shown: int) -> None:
    """Tables of a report on a rich console. Ids, rows, offsets and labels only, never text."""
    console.print(f"{report.texts} texts, {report.errors} errors, {report.warnings} warnings")
    _print_counts(console, report)
    counts = report.counts
    for kind, (level, meaning) in KINDS.items():
        if kind not in counts:
            continue
        shown = list(report.of(kind))[:max_shown]
        table = _table(f"{level}: {counts[kind]} {meaning}", "where", "what")
        for finding in shown:
            places = [str(p) for p in finding.places[:_MAX_PLACES]]
            if len(finding.places) > _MAX_PLACES:
                places.append(f"and {len(finding.places) - _MAX_PLACES} more")
            table.add_row(*_plain("\n".join(places) or "all", finding.message))
        if counts[kind] > len(shown):
            table.caption = f"{counts[kind] - len(shown)} more"
        console.print(table)
    if report.outliers:
        table = _table(f"hint: {len(report.outliers)} labels that other texts speak against", "where", "head")
        for name in ("given", "suggested", "score"):
            table.add_column(name)
        for place, issue in report.outliers[:max_shown]:
            given, suggested = ("+".join(x) or "none" for x in (issue.given, issue.suggested))
            table.add_row(*_plain(str(place), issue.head, given, suggested, f"{issue.score:.2f}"))
        if len(report.outliers) > max_shown:
            table.caption = f"{len(report.outliers) - max_shown} more"
        console.print(table)
    for note in report.notes:
        console.print(f"note: {note}", markup=False)


def _print_counts(console: Any, report: CheckReport) -> None:
    table = _table("texts of each label", "head", "label")
    table.add_column("texts", justify="right")
    for head, labels in report.labels.items():
        rows = [*labels.items(), ("(not labelled)", report.unlabelled[head])]
        for i, (label, n) in enumerate(rows):
            table.add_row(*_plain("" if i else head, label, str(n)), end_section=i == len(rows) - 1)
    for i, (pair, n) in enumerate(report.domain_pairs.items()):
        table.add_row(*_plain("" if i else "domains, both", " + ".join(pair), str(n)))
    if report.labels:
        console.print(table)
    if report.entities:
        console.print("entities: " + ", ".join(f"{kind} {n}" for kind, n in report.entities.items()), markup=False)


def _table(title: str, *columns: str) -> Any:
    from rich.table import Table

    table = Table(title=title, title_justify="left", caption_justify="left")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _plain(*cells: str) -> list[Any]:
    """Cells whose square brackets are not read as styles."""
    from rich.text import Text

    return [Text(c) for c in cells]


def _write(path: str, report: CheckReport) -> None:
    try:
        with Path(path).open("w", encoding="utf-8", errors="backslashreplace") as stream:
            json.dump(report.to_dict(), stream, ensure_ascii=False, indent=1)
            stream.write("\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def _column(text: str) -> Sequence[str]:
    field, equals, name = text.partition("=")
    if not (field and equals and name):
        raise argparse.ArgumentTypeError(f"{text!r}: write it as FIELD=NAME, e.g. domains=一级分类")
    return field, name
