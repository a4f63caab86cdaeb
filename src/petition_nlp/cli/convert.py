"""``petition-nlp convert IN -o OUT``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from petition_nlp.cli.labeled import add_column_options, read_columns
from petition_nlp.corpus import (
    LabeledText,
    derive_taxonomy,
    label_studio_config,
    open_labeled,
    write_doccano,
    write_labeled,
    write_labelstudio,
    write_table,
)
from petition_nlp.errors import DataError, InputError
from petition_nlp.taxonomy import default_taxonomy, load_taxonomy

_BY_NAME = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "labelstudio", ".csv": "table", ".xlsx": "table"}
TARGETS = ("jsonl", "table", "labelstudio", "doccano", "doccano-labels", "doccano-spans")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "input",
        metavar="IN",
        help=".jsonl, .csv, .xlsx, .parquet, Label Studio .json, doccano .jsonl (told by content)",
    )
    parser.add_argument("-o", "--output", required=True, metavar="OUT")
    parser.add_argument(
        "--to",
        choices=TARGETS,
        help="default by OUT's name: .jsonl jsonl, .csv and .xlsx table, .json labelstudio; doccano is for projects "
        "with both kinds, doccano-labels for classification, doccano-spans for sequence labelling",
    )
    parser.add_argument("--taxonomy", metavar="FILE", help="taxonomy file, or auto (default: the shipped one)")
    add_column_options(parser)
    parser.add_argument(
        "--empty-is-none",
        action="store_true",
        help="records of annotation tools without labels mean none of the labels (default: not labelled)",
    )
    parser.add_argument(
        "--predictions", action="store_true", help="take Label Studio's predictions where nobody has annotated"
    )
    parser.add_argument(
        "--labelling-config", metavar="FILE.xml", help="write the labelling interface for a Label Studio project"
    )
    parser.add_argument("--skip-bad", action="store_true", help="leave out rows that cannot be read")
    parser.add_argument("--quiet", action="store_true", help="say nothing")


def run(args: argparse.Namespace) -> int:
    columns = read_columns(args)
    target = args.to or _BY_NAME.get(Path(args.output).suffix.lower())
    if target is None:
        raise InputError(f"{args.output}: cannot tell the format by the name; give --to {'|'.join(TARGETS)}")
    if args.taxonomy == "auto":
        taxonomy = derive_taxonomy([args.input], columns=columns)
    else:
        taxonomy = load_taxonomy(args.taxonomy) if args.taxonomy else default_taxonomy()

    def show(mapping: dict[str, str]) -> None:
        if not args.quiet:
            print("columns: " + ", ".join(f"{k} ← {v}" for k, v in mapping.items()), file=sys.stderr)

    bad: list[DataError] = []
    texts: list[LabeledText] = []
    for _, item in open_labeled(
        args.input,
        taxonomy,
        columns=columns or None,
        empty_is_none=args.empty_is_none,
        predictions=args.predictions,
        on_columns=show,
    ):
        if isinstance(item, LabeledText):
            texts.append(item)
        elif args.skip_bad:
            bad.append(item)
        else:
            raise item
    cut = 0
    try:
        if target == "jsonl":
            write_labeled(args.output, texts, taxonomy)
        elif target == "table":
            _, cut = write_table(args.output, texts, taxonomy)
        elif target == "labelstudio":
            write_labelstudio(args.output, texts, taxonomy)
        else:
            write_doccano(args.output, texts, taxonomy, kind=target.partition("-")[2] or "both")
        if args.labelling_config:
            Path(args.labelling_config).write_text(label_studio_config(taxonomy), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{args.output}: cannot be written: {error.strerror}") from error
    if not args.quiet:
        print(f"{len(texts)} texts → {args.output}", file=sys.stderr)
        for reason in bad[:5]:
            print(f"left out: {reason}", file=sys.stderr)
        if len(bad) > 5:
            print(f"left out: {len(bad) - 5} more", file=sys.stderr)
    if cut:
        print(f"{cut} cells were longer than Excel allows and end in a mark; use .jsonl or .csv", file=sys.stderr)
    return 0
