"""``petition-nlp models list|promote|rollback|show --registry DIR``."""

from __future__ import annotations

import argparse
import json
from typing import Any

from petition_nlp.bundle import open_bundle
from petition_nlp.cli.compare import print_comparison
from petition_nlp.cli.labeled import add_column_options, read_columns, reading
from petition_nlp.errors import BundleError, InputError
from petition_nlp.evaluate import joint_taxonomy
from petition_nlp.pipeline import load
from petition_nlp.registry import Event, Registry, WorseError, current, promote, rollback


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--registry", required=True, metavar="DIR", help="folder of the registry")
    actions.add_parser("list", parents=[common], help="the bundles, the one in service marked")
    one = actions.add_parser("promote", parents=[common], help="put a bundle in service if it is no worse")
    one.add_argument("bundle", metavar="BUNDLE", help="bundle folder, or default for the shipped one")
    one.add_argument("--frozen", metavar="DATA", help="labelled file kept for this comparison alone")
    one.add_argument("--force", action="store_true", help="promote it even if it is worse; needs --why")
    one.add_argument("--why", default="", metavar="TEXT", help="the reason, kept in the history")
    add_column_options(one)
    back = actions.add_parser("rollback", parents=[common], help="back to the bundle before the last promotion")
    back.add_argument("--why", default="", metavar="TEXT", help="the reason, kept in the history")
    show = actions.add_parser("show", parents=[common], help="a bundle's figures and history as JSON")
    show.add_argument("name", nargs="?", metavar="NAME", help="registry name or its beginning (default: in service)")


def run(args: argparse.Namespace) -> int:
    return int({"list": _list, "promote": _promote, "rollback": _rollback, "show": _show}[args.action](args))


def _list(args: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table

    registry = Registry(args.registry)
    last = registry.pointer()
    table = Table("")
    table.add_column("name", no_wrap=True)
    for heading in ("version", "created", "promoted", "by", "why"):
        table.add_column(heading, overflow="fold")
    events = {e.to: e for e in registry.history() if e.action == "promote"}
    for name in registry.names():
        try:
            manifest = open_bundle(registry.path(name)).manifest
            version, created = f"{manifest['name']} {manifest['version']}", str(manifest.get("created", ""))
        except BundleError:
            version, created = "damaged", ""
        event = events.get(name)
        said = (event.when, event.who, event.why) if event else ("", "", "")
        table.add_row("→" if last and last.to == name else "", *map(_plain, (name, version, created, *said)))
    Console().print(table)
    return 0


def _promote(args: argparse.Namespace) -> int:
    from rich.console import Console

    registry = Registry(args.registry)
    frozen = None
    if args.frozen:
        taxonomy = load(args.bundle).taxonomy
        if registry.pointer() is not None:
            taxonomy = joint_taxonomy(load(current(args.registry)).taxonomy, taxonomy)
        frozen = reading(args.frozen, taxonomy, read_columns(args))
    try:
        event, comparison = promote(args.registry, args.bundle, frozen, why=args.why, force=args.force)
    except WorseError as error:
        print_comparison(Console(), error.comparison)
        raise
    if comparison:
        print_comparison(Console(), comparison)
    _say(event)
    return 0


def _rollback(args: argparse.Namespace) -> int:
    _say(rollback(args.registry, why=args.why))
    return 0


def _show(args: argparse.Namespace) -> int:
    registry = Registry(args.registry)
    name = current(args.registry).name if args.name is None else _find(registry, args.name)
    manifest = open_bundle(registry.path(name)).manifest
    last = registry.pointer()
    shown = {
        "name": name,
        "path": str(registry.path(name)),
        "in_service": bool(last and last.to == name),
        **{k: manifest.get(k) for k in ("version", "engine", "created", "taxonomy", "metrics")},
        "history": [e.to_dict() for e in registry.history() if name in (e.to, e.origin)],
    }
    print(json.dumps(shown, ensure_ascii=False, indent=1))
    return 0


def _find(registry: Registry, start: str) -> str:
    found = [n for n in registry.names() if n.startswith(start)]
    if len(found) != 1:
        have = ", ".join(registry.names()) or "none"
        raise InputError(f"{registry.folder}: {len(found)} bundles are named {start}…; there are {have}")
    return found[0]


def _say(event: Event) -> None:
    print(f"in service: {event.to} ({event.version}), before: {event.origin or 'nothing'}")


def _plain(text: str) -> Any:
    """A cell whose square brackets are not read as styles."""
    from rich.text import Text

    return Text(text)
