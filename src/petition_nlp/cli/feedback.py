"""``petition-nlp feedback export | delete | purge | count``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from petition_nlp.errors import InputError
from petition_nlp.pipeline import load


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    export = actions.add_parser("export", help="write labelled data for train")
    export.add_argument("-o", "--output", required=True, metavar="OUT.jsonl", help="file, or - (stdout)")
    export.add_argument("--all", action="store_true", help="every item (default: the last of each text)")
    export.add_argument("--bundle", metavar="DIR", help="bundle whose taxonomy the labels follow (the shipped one)")
    delete = actions.add_parser("delete", help="delete items by id")
    delete.add_argument("ids", nargs="+", metavar="ID")
    purge = actions.add_parser("purge", help="delete old items")
    purge.add_argument("--days", type=int, required=True, metavar="N", help="delete items older than N days")
    count = actions.add_parser("count", help="print the number of items")
    for action in (export, delete, purge, count):
        action.add_argument("--store", metavar="URL", help="SQLite file or SQLAlchemy URL (default: the service's)")


def run(args: argparse.Namespace) -> int:
    from petition_nlp_serve.feedback import FeedbackStore
    from petition_nlp_serve.settings import store_url

    store = FeedbackStore(store_url(args.store))
    try:
        if args.action == "export":
            return _export(store, args)
        if args.action == "delete":
            missing = [i for i in args.ids if not store.delete(i)]
            if missing:
                raise InputError(f"no feedback of the id {', '.join(missing)}")
            return 0
        if args.action == "purge":
            if args.days < 0:
                raise InputError("--days should not be below 0")
            print(f"{store.purge(args.days)} items deleted", file=sys.stderr)
            return 0
        print(store.count())
        return 0
    finally:
        store.close()


def _export(store: Any, args: argparse.Namespace) -> int:
    from petition_nlp_serve.labels import applicable

    taxonomy = load(args.bundle).taxonomy
    rows: dict[str, dict[str, Any]] = {}
    for item in store.items():
        row = {"id": item["id"], "text": item["text"], **applicable(item["labels"], taxonomy)}
        row["meta_source"] = item["source"] or ""
        key = item["id"] if args.all else item["text_sha256"]
        rows.pop(key, None)
        rows[key] = row
    lines = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows.values())
    if args.output == "-":
        sys.stdout.buffer.write(lines.encode())
    else:
        try:
            Path(args.output).write_text(lines, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{args.output}: cannot be written: {error.strerror}") from error
        print(f"{len(rows)} labelled texts → {args.output}", file=sys.stderr)
    return 0
