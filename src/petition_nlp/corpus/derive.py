"""A taxonomy from the labels that stand in the data, for those who have labels and no taxonomy file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from petition_nlp.corpus.columns import SEPARATORS, check_mapping, guess_columns
from petition_nlp.corpus.read import open_source
from petition_nlp.errors import InputError
from petition_nlp.io import BadRow
from petition_nlp.taxonomy import Taxonomy, parse_taxonomy

MAX_LABELS = 200  # more different cells than this are no labels but text, numbers or ids
_NOT_IN_ID = re.compile(r"[\s,;|、，；\"'{}\[\]]+")


def derive_taxonomy(
    paths: Iterable[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    name: str = "own",
    format: str | None = None,
) -> Taxonomy:
    """A taxonomy with one head, ``domains``, whose labels are those seen, the most frequent first.

    The head is of kind ``multi`` if a cell holds a list, or several labels that also stand alone in other cells;
    otherwise ``single``.

    Args:
        columns: ``domains`` -> name of the label column; guessed where not given.
        name: id of the taxonomy.

    Raises:
        InputError: no label column, fewer than two labels, or so many that they cannot be labels.
    """
    cells: Counter[str] = Counter()
    lists: Counter[str] = Counter()
    title = ""
    for path in paths:
        title = _count(path, dict(columns or {}), format, cells, lists) or title
    several = _splits(cells)
    labels: Counter[str] = Counter(lists)
    for cell, n in cells.items():
        for part in several.get(cell, [cell]):
            labels[part] += n
    if len(labels) < 2:
        raise InputError(f"the column {title or 'domains'!r} holds {len(labels)} different labels; two are the least")
    if len(labels) > MAX_LABELS:
        raise InputError(
            f"the column {title!r} holds {len(labels)} different values; name the label column with --label-field"
        )
    return parse_taxonomy(
        _source(labels, "multi" if several or lists else "single", name, title), where="taxonomy auto"
    )


def _count(
    path: str | Path, columns: dict[str, str], format: str | None, cells: Counter[str], lists: Counter[str]
) -> str:
    """Count the label cells of a file; returns the column's name."""
    source = open_source(path, format)
    if source.kind == "labelstudio":
        raise InputError(f"{path}: a taxonomy is derived from tables and JSONL only; write a taxonomy file")
    mapping: dict[str, str] | None = None
    for row in source.rows:
        if isinstance(row, BadRow):
            continue  # reported when the texts are read
        if mapping is None or source.ragged:
            mapping = {**guess_columns(row.fields), **columns}
            check_mapping(mapping, row.fields, row.where, strict=not source.ragged)
            if "domains" not in mapping:
                names = ", ".join(map(str, row.fields))
                raise InputError(f"{path}: no label column among {names}; name it with --label-field")
        value: Any = row.fields.get(mapping["domains"])
        if isinstance(value, list):
            lists.update(str(x).strip() for x in value)
        elif value is not None and str(value).strip():
            cells[str(value).strip()] += 1
    return mapping["domains"] if mapping else ""


def _splits(cells: Mapping[str, int]) -> dict[str, list[str]]:
    """Cells that hold several labels: those all of whose parts stand alone elsewhere."""
    out = {}
    for cell in cells:
        parts = [p.strip() for p in SEPARATORS.split(cell) if p.strip()]
        if len(parts) > 1 and all(p in cells for p in parts):
            out[cell] = parts
    return out


def _source(labels: Counter[str], kind: str, name: str, title: str) -> str:
    entries, taken = [], set()
    for label, _ in sorted(labels.items(), key=lambda x: (-x[1], x[0])):
        ident = stem = _NOT_IN_ID.sub("_", label)[:60].strip("_") or "label"
        number = 2
        while ident in taken:
            ident, number = f"{stem}_{number}", number + 1
        taken.add(ident)
        entries.append({"id": ident, "name": label})
    heads = {"domains": {"kind": kind, "name": title or "domains", "labels": entries}}
    data = {"format": 1, "id": _NOT_IN_ID.sub("_", name) or "own", "version": "1", "heads": heads}
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
