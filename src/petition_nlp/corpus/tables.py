"""Labelled texts as a table for people: CSV or XLSX with label names, several in a cell joined by 、."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from petition_nlp.corpus.schema import LabeledText
from petition_nlp.io import write_csv, write_xlsx
from petition_nlp.taxonomy import Taxonomy, default_taxonomy

NONE = "无"


def write_table(path: str | Path, texts: Iterable[LabeledText], taxonomy: Taxonomy | None = None) -> tuple[int, int]:
    """Write a table, XLSX where the name ends so and otherwise CSV, that :func:`read_labeled` reads back.

    An empty cell means not labelled, 无 none of the labels.

    Returns:
        the number of texts, and of cells that Excel had no room for (they end in a mark that says so).
    """
    taxonomy = taxonomy or default_taxonomy()
    items = list(texts)
    heads = [name for name in taxonomy.heads if any(name in t.labels for t in items)]
    meta = list(dict.fromkeys(k for t in items for k in t.meta))
    columns = ["id", "text", *heads]
    columns += ["entities"] * any(t.entities is not None for t in items) + [k for k in meta if k not in columns]
    rows = (_row(t, heads, taxonomy) for t in items)
    if str(path).lower().endswith(".xlsx"):
        return len(items), write_xlsx(Path(path), columns, rows)
    write_csv(Path(path), columns, rows)
    return len(items), 0


def _row(item: LabeledText, heads: list[str], taxonomy: Taxonomy) -> dict[str, Any]:
    row: dict[str, Any] = {**item.meta, "id": item.id, "text": item.text}
    for name in heads:
        head = taxonomy.heads[name]
        if name in item.labels:
            shown = [head.labels[head.index(ident)] for ident in item.labels[name]]
            texts = [x.name if head.find(x.name) == x and "、" not in x.name else x.id for x in shown]
            row[name] = "、".join(texts) or NONE
    if item.entities is not None:
        row["entities"] = json.dumps([list(e) for e in item.entities], ensure_ascii=False)
    return row
