"""Options and reading shared by the commands that take one file of labelled data."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from petition_nlp.corpus import LabeledText, read_labeled
from petition_nlp.errors import InputError
from petition_nlp.taxonomy import Taxonomy


def add_column_options(parser: argparse.ArgumentParser) -> None:
    """``--column FIELD=NAME`` and ``--text-field NAME``."""
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        type=_column,
        metavar="FIELD=NAME",
        help="column of a field, e.g. domains=一级分类 (default: guessed; may be repeated)",
    )
    parser.add_argument("--text-field", metavar="NAME", help="the same as --column text=NAME")


def read_columns(args: argparse.Namespace) -> dict[str, str]:
    """The column mapping that the options give."""
    columns = dict(args.column)
    if args.text_field:
        columns["text"] = args.text_field
    return columns


def reading(path: str, taxonomy: Taxonomy, columns: Mapping[str, str]) -> list[LabeledText]:
    """All labelled texts of a file.

    Raises:
        InputError: the file cannot be read, a row breaks the format, or there is no text in it.
    """
    texts = list(read_labeled(path, taxonomy, columns=columns or None))
    if not texts:
        raise InputError(f"{path}: holds no labelled text")
    return texts


def _column(text: str) -> Sequence[str]:
    field, equals, name = text.partition("=")
    if not (field and equals and name):
        raise argparse.ArgumentTypeError(f"{text!r}: write it as FIELD=NAME, e.g. domains=一级分类")
    return field, name
