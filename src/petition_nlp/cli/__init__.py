"""The ``petition-nlp`` command. One file per sub-command, imported when it is called."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from petition_nlp import __version__
from petition_nlp.errors import PetitionError

COMMANDS = {
    "tag": "tag texts in bulk: jsonl, csv, xlsx, parquet, a folder of .txt, or standard input",
    "train": "train a bundle from labelled data, from nothing or from a base",
    "convert": "labelled data from and to jsonl, csv, xlsx, Label Studio and doccano",
    "evaluate": "measure a bundle on labelled data: report.json and one self-contained report.html",
    "compare": "two bundles on the same labelled data: better, worse or can't tell, figure by figure",
    "models": "a registry of bundles: list, promote, rollback, show",
    "select": "choose the texts of a pool that are most worth labelling next",
    "check": "check labelled data: format, duplicates, contradictions, outliers",
    "redact": "hide names, phone and ID numbers in a file",
    "unredact": "undo a redaction with its key file",
    "serve": "serve the HTTP API and the page",
    "feedback": "export, count or delete corrected labels that the service stored",
}


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser; with ``command`` given, only that sub-command's options are loaded."""
    parser = argparse.ArgumentParser(
        prog="petition-nlp", description="Reads Chinese citizens' petitions and policy texts."
    )
    parser.add_argument("--version", action="version", version=f"petition-nlp {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, help_text in COMMANDS.items():
        sub = commands.add_parser(name, help=help_text, description=help_text)
        if command == name:
            import_module(f"petition_nlp.cli.{name}").configure(sub)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    argv = list(sys.argv[1:] if argv is None else argv)
    command = next((a for a in argv if a in COMMANDS), None)
    args = build_parser(command).parse_args(argv)
    try:
        return int(import_module(f"petition_nlp.cli.{args.command}").run(args))
    except PetitionError as error:
        print(f"petition-nlp: error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("petition-nlp: interrupted; the same command goes on where it stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output is gone; nothing more can be said to it
        return 1
