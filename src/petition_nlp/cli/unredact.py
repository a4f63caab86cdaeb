"""``petition-nlp unredact IN -k KEY -o OUT``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from petition_nlp.cli.redact import add_table_arguments, report_rows
from petition_nlp.redact import RedactionKey
from petition_nlp.redact.table import TableOptions, restore_table


def configure(parser: argparse.ArgumentParser) -> None:
    add_table_arguments(parser)
    parser.add_argument("-k", "--key", required=True, metavar="FILE", type=Path, help="key file that `redact` wrote")


def run(args: argparse.Namespace) -> int:
    options = TableOptions(
        text_field=args.text_field,
        id_field=args.id_field,
        in_format=args.input_format,
        out_format=args.format,
        overwrite=args.overwrite,
    )
    summary = restore_table(args.input, args.output, RedactionKey.load(args.key), options)
    report_rows(summary, args.output)
    if summary.edited:
        print(
            f"petition-nlp: warning: {summary.edited} rows were edited after redaction; "
            "only their pseudonyms were put back",
            file=sys.stderr,
        )
    if not args.quiet:
        print(f"{summary.rows} rows → {args.output}", file=sys.stderr)
    return 0
