"""A readable table of tagged petitions, for people trying the product out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from petition_nlp.errors import InputError


def print_results(path: str, limit: int = 50) -> None:
    """Print the first results of a JSONL output."""
    from rich.console import Console
    from rich.table import Table

    if not path.endswith(".jsonl"):
        raise InputError(f"{path}: --show reads jsonl output only")
    table = Table(title="petition-nlp", show_lines=True)
    for name, width in (
        ("id", 8),
        ("领域", 12),
        ("严重程度", 10),
        ("诉求", 10),
        ("涉嫌问题", 14),
        ("值", 44),
        ("核", 2),
    ):
        table.add_column(name, min_width=min(width, 6), max_width=width, overflow="fold")
    with Path(path).open(encoding="utf-8") as stream:
        for i, line in enumerate(stream):
            if i >= limit:
                break
            table.add_row(*_cells(json.loads(line)))
    Console(width=120).print(table)


def _cells(result: dict[str, Any]) -> list[str]:
    severity = result["severity"]
    kind = result["petition_type"]["id"] if result["petition_type"] else result["doc_type"]["id"]
    values = [f"{e['text']}={_value(e)}" for e in result["entities"] if e["value"]]
    return [
        str(result["id"]),
        "\n".join(f"{d['name']} {d['score']:.2f}" for d in result["domains"]) or "其他",
        f"{severity['level']} {severity['name']}\n{'、'.join(f['name'] for f in severity['factors'][:3])}"
        if severity
        else "—",
        kind,
        "\n".join(m["id"] for m in result["misconduct"]),
        "; ".join(values[:8]),
        "!" if result["needs_review"] else "",
    ]


def _value(entity: dict[str, Any]) -> str:
    value = entity["value"]
    for key, unit in (
        ("amount", ""),
        ("iso", ""),
        ("square_meters", "m²"),
        ("number", ""),
        ("title", ""),
        ("code", ""),
    ):
        if value.get(key) is not None:
            shown = value[key]
            return f"{shown:g}{unit}" if isinstance(shown, float) else f"{shown}{unit}"
    return str(value.get("kind", "…"))
