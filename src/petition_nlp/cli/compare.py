"""``petition-nlp compare A B DATA``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from petition_nlp.cli.labeled import add_column_options, read_columns, reading
from petition_nlp.errors import InputError
from petition_nlp.evaluate import Comparison, compare, joint_taxonomy
from petition_nlp.evaluate.page import FIGURE_NAMES
from petition_nlp.pipeline import load

_STYLE = {"better": "green", "worse": "bold red", "can't tell": "dim"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", metavar="A", help="bundle folder, or default for the shipped one")
    parser.add_argument("b", metavar="B", help="bundle folder that is asked to be better")
    parser.add_argument("data", metavar="DATA", help="labelled file: .jsonl, .csv, .xlsx, .parquet")
    parser.add_argument("-o", "--output", metavar="FILE.json", help="write all figures to a file")
    parser.add_argument("--rounds", type=int, default=1000, metavar="N", help="bootstrap resamples (1000)")
    add_column_options(parser)
    parser.add_argument("--quiet", action="store_true", help="no table")


def run(args: argparse.Namespace) -> int:
    from rich.console import Console

    if args.rounds < 1:
        raise InputError("--rounds needs at least 1")
    a, b = load(args.a), load(args.b)
    texts = reading(args.data, joint_taxonomy(a.taxonomy, b.taxonomy), read_columns(args))
    found = compare(a, b, texts, rounds=args.rounds)
    if args.output:
        record = {"a": a.info.to_dict(), "b": b.info.to_dict(), **found.to_dict()}
        try:
            Path(args.output).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{args.output}: cannot be written: {error.strerror}") from error
    if not args.quiet:
        print_comparison(Console(), found)
    return 0


def print_comparison(console: Any, found: Comparison) -> None:
    """The table of a comparison on a rich console."""
    from rich.table import Table

    table = Table("figure", "A", "B", "B − A [95 %]", "texts", "B is", title=f"{found.texts} texts, paired bootstrap")
    for name, d in found.differences.items():
        change = f"{d.b - d.a:+.3f} \\[{d.low:+.3f}, {d.high:+.3f}]" if d.b == d.b else "not answered"
        b = f"{d.b:.3f}" if d.b == d.b else "—"
        verdict = f"[{_STYLE[d.verdict]}]{d.verdict}[/]"
        table.add_row(f"{FIGURE_NAMES[name][0]} {name}", f"{d.a:.3f}", b, change, str(d.texts), verdict)
    console.print(table)
    for name, why in found.skipped.items():
        console.print(f"{name}: not compared: {why}", markup=False)
