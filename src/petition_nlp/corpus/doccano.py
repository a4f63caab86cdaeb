"""doccano's JSONL: text classification, sequence labelling, and projects with both.

The forms its versions export: ``label``/``labels``/``cats`` with label names; ``label``/``labels``/``entities`` with
``[start, end, LABEL]``; ``entities`` with ``{"label", "start_offset", "end_offset"}`` beside ``relations``. Offsets
count code points.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from petition_nlp.corpus.names import ENTITY_NAMES, LABELLED, entity_type, fill_none, shown_label, sort_labels
from petition_nlp.corpus.schema import ENTITY_TYPES, LabeledText
from petition_nlp.errors import DataError
from petition_nlp.taxonomy import Taxonomy, default_taxonomy

KINDS = ("both", "labels", "spans")
_KEYS = ("label", "labels", "cats", "entities", "spans")
_SOURCE_ID = "source_id"  # doccano gives records ids of its own


def looks_like_doccano(record: Mapping[str, Any]) -> bool:
    """Whether a record has a form that doccano writes and the labelled format has not."""
    if isinstance(record.get("cats"), list) or LABELLED in record:
        return True
    items = [x for key in _KEYS for x in (record[key] if isinstance(record.get(key), list) else [])]
    labels = record.get("label", record.get("labels"))
    return any(_is_span(x) for x in items) or (
        isinstance(labels, list) and bool(labels) and all(isinstance(x, str) for x in labels)
    )


def doccano_fields(
    record: Mapping[str, Any],
    taxonomy: Taxonomy,
    *,
    columns: Mapping[str, str],
    where: str,
    empty_is_none: bool = False,
) -> dict[str, Any]:
    """A doccano record as the fields of the labelled format.

    Args:
        columns: ``text`` -> its key; an entity type -> what the project calls it.
        empty_is_none: a record without labels means *none of the labels*; otherwise *not labelled*.
    """
    aliases = {name: kind for kind, name in columns.items() if kind in ENTITY_TYPES}
    text_key = columns.get("text") or ("text" if "text" in record else "data")
    labels: list[Any] = []
    spans: list[list[Any]] = []
    for key in _KEYS:
        for item in record[key] if isinstance(record.get(key), list) else []:
            if _is_span(item):
                kind, start, end = _span(item)
                spans.append([entity_type(kind, aliases, where), start, end])
            elif isinstance(item, (str, int)):
                labels.append(item)
            else:
                raise DataError(f"field '{key}': expected label names or [start, end, LABEL]", where=where)
    fields: dict[str, Any] = {"id": record.get(_SOURCE_ID, record.get("id")), "text": record.get(text_key)}
    fields.update(sort_labels(labels, taxonomy, where))
    if spans:
        fields["entities"] = spans
    left = {"id", _SOURCE_ID, text_key, LABELLED, "relations", *_KEYS}
    fields.update({k: v for k, v in record.items() if k not in left and k not in fields and v != []})
    if record.get("relations"):
        fields["relations"] = record["relations"]
    labelled = str(record.get(LABELLED, "")).split()
    fill_none(fields, [*taxonomy.heads, "entities"] if empty_is_none else labelled, taxonomy)
    return fields


def write_doccano(
    path: str | Path, texts: Iterable[LabeledText], taxonomy: Taxonomy | None = None, *, kind: str = "both"
) -> int:
    """Write a file that doccano imports. Returns the number of records.

    Args:
        kind: of the doccano project: ``labels`` (text classification), ``spans`` (sequence labelling) or ``both``
            (intent detection and slot filling).
    """
    taxonomy = taxonomy or default_taxonomy()
    count = 0
    with Path(path).open("w", encoding="utf-8") as stream:
        for item in texts:
            stream.write(json.dumps(_record(item, taxonomy, kind), ensure_ascii=False) + "\n")
            count += 1
    return count


def _record(item: LabeledText, taxonomy: Taxonomy, kind: str) -> dict[str, Any]:
    labels = [
        shown_label(head.labels[head.index(ident)], head, taxonomy)
        for name, head in taxonomy.heads.items()
        for ident in item.labels.get(name, ())
    ]
    spans = [[start, end, ENTITY_NAMES[entity][0]] for entity, start, end in item.entities or ()]
    labelled = list(item.labels) * (kind != "spans") + ["entities"] * (kind != "labels" and item.entities is not None)
    record: dict[str, Any] = {"text": item.text, _SOURCE_ID: item.id, LABELLED: " ".join(labelled)}
    if kind == "labels":
        record["label"] = labels
    elif kind == "spans":
        record["label"] = spans
    else:
        record |= {"cats": labels, "entities": spans}
    return {**{k: v for k, v in item.meta.items() if k not in record}, **record}


def _is_span(item: Any) -> bool:
    if isinstance(item, dict):
        return "start_offset" in item
    return (
        isinstance(item, list)
        and len(item) == 3
        and type(item[0]) is int
        and type(item[1]) is int
        and isinstance(item[2], str)
    )


def _span(item: Any) -> tuple[Any, Any, Any]:
    if isinstance(item, dict):
        return item.get("label"), item["start_offset"], item.get("end_offset")
    return item[2], item[0], item[1]
