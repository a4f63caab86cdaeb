"""Label Studio's JSON: whole exports (``annotations``, formerly ``completions``), JSON-MIN, and tasks to import.

Tasks without a finished annotation are left out; what a model predicted for them is no label. Label Studio counted
UTF-16 units in older versions and counts code points now; the marked text that stands beside the offsets tells which.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from petition_nlp.corpus.columns import guess_columns
from petition_nlp.corpus.names import ENTITY_NAMES, LABELLED, entity_type, fill_none, sort_labels
from petition_nlp.corpus.schema import ENTITY_TYPES, LabeledText
from petition_nlp.errors import DataError
from petition_nlp.taxonomy import Taxonomy, default_taxonomy

SPANS = "entities"  # from_name of the span control in what is written
_META = "label_studio"


def is_task(record: Any) -> bool:
    """Whether a JSON object is a task of Label Studio."""
    return isinstance(record, dict) and isinstance(record.get("data"), dict)


def is_minimal(record: Any) -> bool:
    """Whether a JSON object is a row of a JSON-MIN export."""
    return isinstance(record, dict) and "data" not in record and "annotation_id" in record


def task_fields(
    task: Mapping[str, Any],
    taxonomy: Taxonomy,
    *,
    columns: Mapping[str, str],
    where: str,
    empty_is_none: bool = False,
    predictions: bool = False,
) -> dict[str, Any] | None:
    """A task as the fields of the labelled format; None where nobody has annotated it.

    Args:
        columns: ``text`` -> key in the task's data; a head -> name of its control (``from_name``); an entity type ->
            what the project calls it.
        empty_is_none: a control without a result means *none of the labels*; otherwise *not labelled*.
        predictions: read a model's predictions where there is no annotation.
    """
    data = dict(task["data"])
    chosen = _annotation(task) or (_last(task.get("predictions")) if predictions else None)
    if chosen is None:
        return None
    text_key = columns.get("text") or guess_columns(data).get("text") or _only_text(data, where)
    text = data.pop(text_key, None)
    fields: dict[str, Any] = {"id": data.pop("id", None) or task.get("id"), "text": text}
    from_names: dict[str, str] = {}
    other: dict[str, Any] = {}
    for result in chosen.get("result") or ():
        _read_result(result, fields, from_names, other, taxonomy, columns, where)
    labelled = str(data.pop(LABELLED, "")).split()
    fill_none(fields, [*taxonomy.heads, "entities"] if empty_is_none else labelled, taxonomy)
    fields.update({k: v for k, v in {**data, **other}.items() if k not in fields})
    fields[_META] = {"task": task.get("id"), "from_name": from_names, "text": text_key}
    return fields


def _annotation(task: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The annotation to take: one marked as ground truth, else the one changed last."""
    done = [
        a
        for key in ("annotations", "completions")
        for a in task.get(key) or ()
        if isinstance(a, dict) and not a.get("was_cancelled") and not a.get("skipped")
    ]
    return max(
        done,
        key=lambda a: (bool(a.get("ground_truth")), str(a.get("updated_at") or a.get("created_at") or "")),
        default=None,
    )


def _last(items: Any) -> Mapping[str, Any] | None:
    items = [x for x in items or () if isinstance(x, dict)]
    return items[-1] if items else None


def _only_text(data: Mapping[str, Any], where: str) -> str:
    texts = [k for k, v in data.items() if isinstance(v, str) and k != LABELLED]
    if len(texts) != 1:
        raise DataError(f"no text among the data {', '.join(data)}; name it with --text-field", where=where)
    return texts[0]


def _read_result(
    result: Mapping[str, Any],
    fields: dict[str, Any],
    from_names: dict[str, str],
    other: dict[str, Any],
    taxonomy: Taxonomy,
    columns: Mapping[str, str],
    where: str,
) -> None:
    name, value = str(result.get("from_name", "")), result.get("value")
    if not isinstance(value, dict):
        return
    if "start" in value and "end" in value:
        aliases = {n: kind for kind, n in columns.items() if kind in ENTITY_TYPES}
        labels = value.get(str(result.get("type"))) or value.get("labels") or value.get("hypertextlabels") or ()
        spans = fields.setdefault("entities", [])
        start, end = _offsets(value, fields["text"], where)
        spans += [[entity_type(label, aliases, where), start, end] for label in labels]
        from_names["entities"] = name
        return
    labels = _choices(value)
    if labels is None:
        other[name] = value.get("text", value)
        return
    head = _head_of(name, taxonomy, columns)
    if head is None:
        found = sort_labels(labels, taxonomy, where)
    else:
        found = {head: [x for x in labels if x not in ("无", "none")]}
    for key, given in found.items():
        if taxonomy.heads[key].kind == "ordinal" and given and isinstance(given[0], int):
            fields[key] = given[0]
        else:
            fields.setdefault(key, []).extend(x for x in given if x not in fields.get(key, ()))
        from_names[key] = name


def _choices(value: Mapping[str, Any]) -> list[Any] | None:
    """Labels of a choice, a taxonomy tree (the last step of each path) or a rating; None for other controls."""
    if isinstance(value.get("choices"), list):
        return list(value["choices"])
    if isinstance(value.get("taxonomy"), list):
        return [path[-1] for path in value["taxonomy"] if path]
    if type(value.get("rating")) is int:
        return [value["rating"]]
    return None


def _head_of(name: str, taxonomy: Taxonomy, columns: Mapping[str, str]) -> str | None:
    for field, column in columns.items():
        if column == name and field in taxonomy.heads:
            return field
    if name in taxonomy.heads:
        return name
    guessed = [field for field in guess_columns([name]) if field in taxonomy.heads]
    return guessed[0] if guessed else None


def _offsets(value: Mapping[str, Any], text: Any, where: str) -> tuple[int, int]:
    """Offsets in code points, checked against the marked text."""
    whole = value.get("globalOffsets")
    start, end = (whole.get("start"), whole.get("end")) if isinstance(whole, dict) else (value["start"], value["end"])
    if not isinstance(text, str) or type(start) is not int or type(end) is not int:
        raise DataError(f"a span has the offsets {start!r}..{end!r}; export the project as JSON", where=where)
    marked = value.get("text")
    if not isinstance(marked, str) or text[start:end] == marked:
        return start, end
    units = text.encode("utf-16-le", "surrogatepass")
    before, inside = units[: 2 * start], units[2 * start : 2 * end]
    if inside.decode("utf-16-le", "replace") == marked:
        first = len(before.decode("utf-16-le", "replace"))
        return first, first + len(marked)
    raise DataError(
        f"the span {start}..{end} does not hold the text that was marked; was the text changed after import?",
        where=where,
    )


def minimal_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON-MIN row with plain cells: choices as lists, spans as ``[LABEL, start, end]`` under ``entities``."""
    out: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and isinstance(value.get("choices"), list):
            out[key] = value["choices"]
        elif isinstance(value, list) and value and all(isinstance(x, dict) and "labels" in x for x in value):
            spans = [(label, x) for x in value for label in x["labels"]]
            text = record.get(guess_columns(record).get("text", "text"))
            out["entities"] = [[entity_type(label, {}, ""), *_offsets(x, text, "")] for label, x in spans]
        else:
            out[key] = value
    return out


def write_labelstudio(path: str | Path, texts: Iterable[LabeledText], taxonomy: Taxonomy | None = None) -> int:
    """Write tasks with the labels as predictions, which Label Studio imports as pre-annotated tasks.

    Returns:
        the number of tasks.
    """
    taxonomy = taxonomy or default_taxonomy()
    count = 0
    with Path(path).open("w", encoding="utf-8") as stream:
        for item in texts:
            stream.write("[\n" if not count else ",\n")
            stream.write(json.dumps(_task(item, taxonomy), ensure_ascii=False))
            count += 1
        stream.write("\n]\n" if count else "[]\n")
    return count


def _task(item: LabeledText, taxonomy: Taxonomy) -> dict[str, Any]:
    origin = item.meta.get(_META)
    origin = origin if isinstance(origin, dict) else {}
    names, text_key = origin.get("from_name") or {}, origin.get("text") or "text"
    labelled = [*item.labels, *(["entities"] if item.entities is not None else [])]
    meta = {k: v for k, v in item.meta.items() if k not in (_META, text_key, "id")}
    data = {**meta, "id": item.id, text_key: item.text, LABELLED: " ".join(labelled)}
    results = list(_results(item, names, taxonomy, text_key))
    return {"data": data, "predictions": [{"model_version": "petition-nlp", "result": results}]}


def _results(
    item: LabeledText, names: Mapping[str, str], taxonomy: Taxonomy, text_key: str
) -> Iterator[dict[str, Any]]:
    number = 0
    for name, head in taxonomy.heads.items():
        if item.labels.get(name):
            choices = [_choice(head.labels[head.index(x)].name, x, name, taxonomy) for x in item.labels[name]]
            yield {
                "id": f"r{number}",
                "from_name": names.get(name, name),
                "to_name": "text",
                "type": "choices",
                "value": {"choices": choices},
            }
            number += 1
    for kind, start, end in item.entities or ():
        yield {
            "id": f"r{number}",
            "from_name": names.get("entities", SPANS),
            "to_name": "text",
            "type": "labels",
            "value": {"start": start, "end": end, "text": item.text[start:end], "labels": [ENTITY_NAMES[kind][0]]},
        }
        number += 1


def _choice(name: str, ident: str, head: str, taxonomy: Taxonomy) -> str:
    """A label as its own control shows it."""
    found = taxonomy.heads[head].find(name)
    return name if found is not None and found.id == ident else ident


def label_studio_config(taxonomy: Taxonomy, *, entities: Sequence[str] = ENTITY_TYPES) -> str:
    """The labelling interface (XML) of a Label Studio project for a taxonomy; the tasks written here fit it."""
    lines = ["<View>", f'  <Labels name="{SPANS}" toName="text">'] if entities else ["<View>"]
    lines += [f"    <Label value={_quoted(ENTITY_NAMES[kind][0])}/>" for kind in entities]
    lines += (["  </Labels>"] if entities else []) + ['  <Text name="text" value="$text"/>']
    for name, head in taxonomy.heads.items():
        choice = "multiple" if head.kind == "multi" else "single"
        lines.append(f"  <Header value={_quoted(head.title or name)}/>")
        lines.append(f'  <Choices name={_quoted(name)} toName="text" choice="{choice}" showInline="true">')
        lines += [f"    <Choice value={_quoted(_choice(x.name, x.id, name, taxonomy))}/>" for x in head.labels]
        lines.append("  </Choices>")
    return "\n".join([*lines, "</View>\n"])


def _quoted(text: str) -> str:
    return f'"{html.escape(text)}"'
