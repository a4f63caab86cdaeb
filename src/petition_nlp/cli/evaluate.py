"""``petition-nlp evaluate BUNDLE DATA -o REPORT/``."""

from __future__ import annotations

import argparse
from pathlib import Path

from petition_nlp.cli.labeled import add_column_options, read_columns, reading
from petition_nlp.errors import InputError
from petition_nlp.evaluate import evaluate
from petition_nlp.evaluate.page import FIGURE_NAMES
from petition_nlp.pipeline import load


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", help="bundle folder, or default for the shipped one")
    parser.add_argument("data", metavar="DATA", help="labelled file: .jsonl, .csv, .xlsx, .parquet")
    parser.add_argument(
        "-o", "--output", required=True, metavar="REPORT", help="folder for report.json and report.html"
    )
    parser.add_argument("--no-text", action="store_true", help="leave every piece of text out of the report")
    parser.add_argument("--errors", type=int, default=20, metavar="N", help="worst errors kept of each head (20)")
    parser.add_argument("--rounds", type=int, default=500, metavar="N", help="bootstrap resamples (500)")
    add_column_options(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress and no table")


def run(args: argparse.Namespace) -> int:
    from rich.console import Console

    if args.rounds < 1 or args.errors < 0:
        raise InputError("--rounds needs at least 1, --errors at least 0")
    if Path(args.output).is_file():
        raise InputError(f"{args.output}: is a file; name a folder for the report")
    nlp = load(args.bundle)
    texts = reading(args.data, nlp.taxonomy, read_columns(args))
    with Console(stderr=True, quiet=args.quiet).status("evaluate") as status:
        report = evaluate(
            nlp,
            texts,
            rounds=args.rounds,
            errors_per_head=args.errors,
            progress=lambda done, total: status.update(f"evaluate {done}/{total}"),
        )
    folder = report.save(args.output, text=not args.no_text)
    if not args.quiet:
        from rich.table import Table

        table = Table(
            "figure", "value [95 %]", "texts", title=f"{nlp.info.name} {nlp.info.version}: {len(texts)} texts"
        )
        for name, figure in report.figures.items():
            table.add_row(f"{FIGURE_NAMES[name][0]} {name}", str(figure).replace("[", r"\["), str(figure.texts))
        console = Console()
        console.print(table)
        console.print(f"→ {folder / 'report.html'}", markup=False, highlight=False)
    return 0
