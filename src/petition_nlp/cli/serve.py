"""``petition-nlp serve``."""

from __future__ import annotations

import argparse
import sys

from petition_nlp.errors import importable


def configure(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--bundle", metavar="DIR", help="model bundle folder (default: the shipped one)")
    source.add_argument("--registry", metavar="DIR", help="serve the bundle promoted in this registry")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="port (8000)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (1)")
    parser.add_argument("--keys", metavar="FILE", help="file of hashed keys; read again when it changes")
    parser.add_argument("--insecure", action="store_true", help="let other machines in without a key")
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME", help="name a keyless service answers to as well"
    )
    parser.add_argument("--feedback", metavar="URL", help="feedback store: SQLite file, SQLAlchemy URL, or none")
    parser.add_argument("--feedback-days", type=int, default=0, metavar="N", help="delete feedback older than N days")
    parser.add_argument("--audit", metavar="FILE", help="log label decisions by keyed hash of the text")
    parser.add_argument("--timeout", type=float, default=30.0, metavar="S", help="seconds a request may take (30)")
    parser.add_argument("--drain", type=float, default=1.0, metavar="S", help="seconds between not ready and closing")
    parser.add_argument("--max-body", type=int, default=8 * 1024 * 1024, metavar="BYTES")
    parser.add_argument("--max-chars", type=int, default=100_000, metavar="N", help="characters of one text")
    parser.add_argument("--max-items", type=int, default=256, metavar="N", help="texts of one request")
    parser.add_argument("--max-inflight", type=int, default=256, metavar="N", help="requests worked on at once")
    parser.add_argument(
        "--new-key", metavar="NAME:SCOPES", help="make a key (scopes: classify, feedback, admin), print it, and stop"
    )


def run(args: argparse.Namespace) -> int:
    importable("fastapi", "serve")
    importable("uvicorn", "serve")
    if args.new_key:
        from petition_nlp_serve.auth import new_key

        key, line = new_key(args.new_key)
        print(f"key (shown this once): {key}", file=sys.stderr)
        print(line)
        return 0
    from petition_nlp_serve.run import serve
    from petition_nlp_serve.settings import Settings

    given = {k: v for k, v in vars(args).items() if k not in ("command", "new_key", "allow_host")}
    return serve(Settings(**given, allow_hosts=tuple(args.allow_host)))
