"""``petition-nlp select POOL -n 200 -o next.xlsx``."""

from __future__ import annotations

import argparse
import sys

from petition_nlp.cli.labeled import reading
from petition_nlp.errors import InputError
from petition_nlp.io import FORMATS, guess_format
from petition_nlp.pipeline import load
from petition_nlp.select import read_pool, select, write_selection


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "pool", metavar="POOL", help="unlabelled texts: .jsonl, .csv, .xlsx, .parquet, a folder of .txt"
    )
    parser.add_argument("-n", "--number", type=int, default=200, metavar="N", help="how many texts to choose (200)")
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="an .xlsx, .csv, .jsonl or .parquet file")
    parser.add_argument("--bundle", help="model bundle folder (default: the shipped one)")
    parser.add_argument(
        "--labelled",
        action="append",
        default=[],
        metavar="DATA",
        help="texts labelled already: nothing like them is chosen (may be repeated)",
    )
    parser.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="NAME",
        help="a head to choose for, e.g. domains (default: all; may be repeated)",
    )
    parser.add_argument("--text-field", metavar="NAME", help="column of POOL that holds the text (default: guessed)")
    parser.add_argument("--id-field", metavar="NAME", help="column of POOL that holds the id (default: guessed)")
    parser.add_argument("--input-format", choices=FORMATS, help="format of POOL (default: by its name)")
    parser.add_argument("--quiet", action="store_true", help="no progress and no summary")


def run(args: argparse.Namespace) -> int:
    from rich.console import Console

    if guess_format(args.output) == "txt":
        raise InputError(f"{args.output}: name an .xlsx, .csv, .jsonl or .parquet file")
    nlp = load(args.bundle)
    pool = read_pool(args.pool, text_field=args.text_field, id_field=args.id_field, format=args.input_format)
    labelled = [t.text for path in args.labelled for t in reading(path, nlp.taxonomy, {})]
    with Console(stderr=True, quiet=args.quiet).status("select") as status:
        chosen = select(
            nlp,
            [text for _, text, _ in pool],
            args.number,
            labelled=labelled,
            heads=args.head,
            progress=lambda stage, done, total: status.update(f"{stage} {done}/{total}"),
        )
    for item in chosen:
        item.id, _, item.meta = pool[item.row]
    cut = write_selection(nlp, chosen, args.output)
    if not args.quiet:
        short = (
            f" ({args.number} were asked for: no more that differ from the rest)" if len(chosen) < args.number else ""
        )
        print(f"{len(chosen)} of {len(pool)} texts chosen{short} → {args.output}", file=sys.stderr)
        if cut:
            print(f"{cut} cells were longer than Excel allows and end in a mark; use jsonl", file=sys.stderr)
    return 0
