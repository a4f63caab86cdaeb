"""A labelled text. A head that is missing is *not labelled*; an empty list means *none of the labels*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from petition_nlp.errors import DataError
from petition_nlp.taxonomy import Taxonomy

ENTITY_TYPES = (
    "PERSON",
    "POSITION",
    "ORG",
    "PLACE",
    "PROJECT",
    "PROGRAM",
    "MONEY",
    "DATE",
    "AREA",
    "HEADCOUNT",
    "PHONE",
    "ID_NUMBER",
    "DOC_REF",
)
EntitySpan = tuple[str, int, int]


@dataclass(slots=True)
class LabeledText:
    """One labelled text.

    Attributes:
        labels: head name -> list of label ids. A head of kind single or ordinal has exactly one; None in its
            place in the data (as for petition_type of a policy) leaves the head out.
        entities: (type, start, end) triples sorted by start, offsets into ``text``; None when not labelled.
        meta: all other fields of the record, kept as they came.
    """

    id: str
    text: str
    labels: dict[str, list[str]]
    entities: list[EntitySpan] | None = None
    meta: dict[str, Any] = field(default_factory=dict)

    def to_dict(self, taxonomy: Taxonomy) -> dict[str, Any]:
        """The record in the labelled JSONL format."""
        out: dict[str, Any] = {"id": self.id, "text": self.text}
        for name, head in taxonomy.heads.items():
            if name not in self.labels:
                continue
            ids = self.labels[name]
            if head.kind == "multi":
                out[name] = list(ids)
            elif head.kind == "ordinal":
                out[name] = head.index(ids[0]) + 1
            else:
                out[name] = ids[0] if name != "domains" else list(ids)
        if self.entities is not None:
            out["entities"] = [list(e) for e in self.entities]
        return {**out, **self.meta}


def parse_labeled(fields: Mapping[str, Any], taxonomy: Taxonomy, *, where: str, default_id: str) -> LabeledText:
    """Turn one record into a LabeledText.

    Raises:
        DataError: names the place, the field and what is expected.
    """
    text = fields.get("text")
    if not isinstance(text, str) or not text:
        raise DataError("field 'text' is missing or empty", where=where)
    ident = fields.get("id")
    labels: dict[str, list[str]] = {}
    for name in taxonomy.heads:
        if name in fields:
            found = _labels(name, fields[name], taxonomy, where)
            if found is not None:
                labels[name] = found
    entities = parse_entities(fields["entities"], text, where) if fields.get("entities") is not None else None
    known = {"id", "text", "entities", *taxonomy.heads}
    return LabeledText(
        id=str(ident) if ident not in (None, "") else default_id,
        text=text,
        labels=labels,
        entities=entities,
        meta={k: v for k, v in fields.items() if k not in known},
    )


def parse_entities(raw: Any, text: str, where: str) -> list[EntitySpan]:
    """Read ``[TYPE, start, end]`` and ``[TYPE, "surface"]`` (every occurrence), and drop what a longer one holds.

    Raises:
        DataError: unknown type, offsets outside the text, a surface that is not in it, or two types for one span.
    """
    if not isinstance(raw, list):
        raise DataError("field 'entities' should be a list", where=where)
    spans: set[EntitySpan] = set()
    for i, item in enumerate(raw):
        at = f"{where}, entities[{i}]"
        if isinstance(item, dict):
            item = [item.get("type"), item.get("start"), item.get("end")]
        if not isinstance(item, (list, tuple)) or len(item) not in (2, 3):
            raise DataError('expected [TYPE, start, end] or [TYPE, "surface"]', where=at)
        kind = item[0]
        if kind not in ENTITY_TYPES:
            raise DataError(f"unknown entity type {kind!r}; the types are {', '.join(ENTITY_TYPES)}", where=at)
        if len(item) == 2:
            spans |= _occurrences(kind, item[1], text, at)
            continue
        start, end = item[1], item[2]
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
            raise DataError(f"offsets {start!r}..{end!r} do not lie in the text of {len(text)} characters", where=at)
        spans.add((kind, start, end))
    return _outermost(spans, where)


def _occurrences(kind: str, surface: Any, text: str, where: str) -> set[EntitySpan]:
    if not isinstance(surface, str) or not surface:
        raise DataError("the surface should be text", where=where)
    found = set()
    at = text.find(surface)
    while at >= 0:
        found.add((kind, at, at + len(surface)))
        at = text.find(surface, at + len(surface))
    if not found:
        raise DataError(f"the surface of this {kind} does not stand in the text", where=where)
    return found


def _outermost(spans: set[EntitySpan], where: str) -> list[EntitySpan]:
    """Drop spans inside longer ones (a surface inside a longer one is that one's part). Spans that overlap in part
    both stay, as the annotators left them; ``petition-nlp check`` reports them.
    """
    kept: list[EntitySpan] = []
    reach: EntitySpan | None = None  # the span so far that ends last: only it can hold the next one
    for span in sorted(spans, key=lambda s: (s[1], -s[2], s[0])):
        if reach and span[2] <= reach[2]:
            if (span[1], span[2]) == (reach[1], reach[2]):
                raise DataError(f"{span[1]}..{span[2]} is both {reach[0]} and {span[0]}; keep one of them", where=where)
            continue
        kept.append(span)
        reach = span
    return kept


def _labels(name: str, raw: Any, taxonomy: Taxonomy, where: str) -> list[str] | None:
    head = taxonomy.heads[name]
    if raw is None:
        return None
    if head.kind == "ordinal" and type(raw) is int:
        if not 1 <= raw <= len(head.labels):
            raise DataError(f"field '{name}': level {raw} is not in 1..{len(head.labels)}", where=where)
        return [head.ids[raw - 1]]
    if isinstance(raw, dict):
        raw = raw.get("id") or raw.get("level")
    items = raw if isinstance(raw, list) else [raw]
    if head.kind != "multi" and len(items) != 1:
        raise DataError(f"field '{name}' needs exactly one label, has {len(items)}", where=where)
    out: list[str] = []
    for item in items:
        if isinstance(item, dict):
            item = item.get("id")
        label = head.find(str(item).strip())
        if label is None and head.kind == "ordinal" and str(item).strip().isdigit():
            level = int(str(item))
            if 1 <= level <= len(head.labels):
                label = head.labels[level - 1]
        if label is None:
            raise DataError(
                f"field '{name}': unknown label {item!r}; the labels are {', '.join(head.ids)}", where=where
            )
        if label.id not in out:
            out.append(label.id)
    return out
