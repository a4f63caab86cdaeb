"""``petition-nlp redact IN -o OUT``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from petition_nlp.errors import InputError
from petition_nlp.io import FORMATS
from petition_nlp.pipeline import load
from petition_nlp.redact import ACTIONS, DEFAULT_TYPES, SCOPES, RedactionPolicy, load_policy, parse_policy
from petition_nlp.redact.table import TableOptions, TableSummary, redact_table


def configure(parser: argparse.ArgumentParser) -> None:
    add_table_arguments(parser)
    parser.add_argument("--bundle", help="model bundle folder (default: the shipped one)")
    parser.add_argument("--policy", metavar="FILE", help="policy file (YAML); the options below change it")
    parser.add_argument("--types", metavar="TYPE,…", help=f"entity types to hide (default: {','.join(DEFAULT_TYPES)})")
    parser.add_argument(
        "--action",
        action="append",
        default=[],
        metavar="[TYPE=]ACTION",
        help=f"{', '.join(ACTIONS)}, for all types or for one; may be given several times (default: pseudonym)",
    )
    parser.add_argument(
        "--recall-first", action="store_true", help="for publication: hide whatever may be a name or a number"
    )
    parser.add_argument("--scope", choices=SCOPES, help="how far a pseudonym holds (default: text)")
    parser.add_argument("--key", metavar="FILE", type=Path, help="write a key with which `unredact` undoes it")
    parser.add_argument("--batch-size", type=int, default=64, metavar="N")
    parser.add_argument(
        "--max-chars", type=int, default=5_000_000, metavar="N", help="refuse longer texts (they are never cut)"
    )


def add_table_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``redact`` and ``unredact`` share."""
    parser.add_argument(
        "input", metavar="IN", help="a .jsonl, .csv, .xlsx, .parquet file, a folder of .txt, or - (stdin)"
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="a .jsonl, .csv, .xlsx, .parquet file, or - (stdout)"
    )
    parser.add_argument("--text-field", metavar="NAME", help="column that holds the text (default: guessed)")
    parser.add_argument("--id-field", metavar="NAME", help="column that holds the id (default: guessed)")
    parser.add_argument("--format", choices=("jsonl", "csv", "xlsx", "parquet"), help="format of the output")
    parser.add_argument("--input-format", choices=FORMATS, help="format of the input (default: by its name)")
    parser.add_argument("--overwrite", action="store_true", help="replace OUT (and the key file)")
    parser.add_argument("--quiet", action="store_true", help="no summary; warnings are still given")


def run(args: argparse.Namespace) -> int:
    if args.batch_size < 1:
        raise InputError(f"--batch-size {args.batch_size}: should be at least 1")
    policy = _policy(args)
    options = TableOptions(
        text_field=args.text_field,
        id_field=args.id_field,
        in_format=args.input_format,
        out_format=args.format,
        batch_size=args.batch_size,
        max_chars=args.max_chars,
        overwrite=args.overwrite,
        key=args.key,
    )
    nlp = load(args.bundle)
    if "tagger" not in nlp.bundle.manifest:
        print(
            "petition-nlp: warning: the bundle has no tagger: names are found by rules with --recall-first only, "
            "bodies and places not at all",
            file=sys.stderr,
        )
    summary = redact_table(nlp, args.input, args.output, policy, options)
    if summary.other_columns:
        names = ", ".join(summary.other_columns)
        print(f"petition-nlp: warning: not redacted, other columns hold text: {names}", file=sys.stderr)
    report_rows(summary, args.output)
    if not args.quiet:
        hidden = ", ".join(f"{n} {t}" for t, n in sorted(summary.hidden.items())) or "nothing"
        print(f"{summary.rows} rows → {args.output}; hidden: {hidden}", file=sys.stderr)
        if args.key:
            print(f"key → {args.key}: whoever has it can undo the redaction", file=sys.stderr)
    return 0


def report_rows(summary: TableSummary, output: str) -> None:
    """Say on standard error what did not go through."""
    if summary.errors:
        place = "above" if output == "-" else f"in {output}.errors.jsonl"
        print(f"petition-nlp: warning: {summary.errors} rows left out: see {place}", file=sys.stderr)
    if summary.cut_cells:
        print(
            f"petition-nlp: warning: {summary.cut_cells} cells were longer than Excel allows and end in a mark; "
            "use jsonl or csv",
            file=sys.stderr,
        )


def _policy(args: argparse.Namespace) -> RedactionPolicy:
    policy = load_policy(args.policy) if args.policy else RedactionPolicy()
    values = policy.to_dict()
    if args.types is not None:
        values["types"] = [t.strip() for t in args.types.split(",") if t.strip()]
    if args.recall_first:
        values["recall_first"] = True
    if args.scope:
        values["scope"] = args.scope
    for given in args.action:
        kind, sign, action = given.rpartition("=")
        if sign:
            values["actions"][kind] = action
        else:
            values["action"] = action
    return parse_policy(values, where="options")
