"""Hugging Face ``datasets`` in and out. Needs the ``train`` extra; nothing is downloaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from petition_nlp.corpus.columns import check_mapping, guess_columns, record_fields
from petition_nlp.corpus.schema import LabeledText, parse_labeled
from petition_nlp.errors import InputError, importable
from petition_nlp.taxonomy import Taxonomy, default_taxonomy


def to_dataset(texts: Iterable[LabeledText], taxonomy: Taxonomy | None = None) -> Any:
    """A ``datasets.Dataset`` with the columns id, text, one a head, and entities.

    A head of kind single or ordinal is a string column of label ids, one of several labels a list of them; null means
    not labelled. ``entities`` is a list of ``{type, start, end}``.
    """
    datasets = importable("datasets", "train")
    taxonomy = taxonomy or default_taxonomy()
    features: dict[str, Any] = {"id": datasets.Value("string"), "text": datasets.Value("string")}
    for name, head in taxonomy.heads.items():
        features[name] = [datasets.Value("string")] if head.kind == "multi" else datasets.Value("string")
    span = {"type": datasets.Value("string"), "start": datasets.Value("int64"), "end": datasets.Value("int64")}
    features["entities"] = [span]
    rows: dict[str, list[Any]] = {name: [] for name in features}
    for item in texts:
        rows["id"].append(item.id)
        rows["text"].append(item.text)
        for name, head in taxonomy.heads.items():
            given = item.labels.get(name)
            rows[name].append(given if given is None or head.kind == "multi" else given[0])
        spans = item.entities
        rows["entities"].append(None if spans is None else [{"type": k, "start": s, "end": e} for k, s, e in spans])
    return datasets.Dataset.from_dict(rows, features=datasets.Features(features))


def from_dataset(
    dataset: Any, taxonomy: Taxonomy | None = None, *, columns: Mapping[str, str] | None = None
) -> Iterator[LabeledText]:
    """The labelled texts of a ``Dataset``, or of all splits of a ``DatasetDict`` as ``load_dataset`` gives it.

    Class numbers of ``ClassLabel`` columns become their names, -1 (no label) *not labelled*.

    Args:
        columns: field name -> column name; guessed where not given.

    Raises:
        InputError: no such column, or a value the taxonomy does not know; the message names split and row.
    """
    taxonomy = taxonomy or default_taxonomy()
    splits = dataset.items() if hasattr(dataset, "items") else [("dataset", dataset)]
    for split, part in splits:
        if not hasattr(part, "features"):
            raise InputError(f"expected a datasets.Dataset or DatasetDict, got {type(part).__name__}")
        mapping = {**guess_columns(part.column_names), **(columns or {})}
        check_mapping(mapping, dict.fromkeys(part.column_names), split)
        names = {column: _class_names(feature) for column, feature in part.features.items()}
        for number, record in enumerate(part, 1):
            where = f"{split}:{number}"
            plain = {k: _plain(v, names[k]) for k, v in record.items()}
            given = {k: v for k, v in plain.items() if v is not None}
            fields = record_fields(given, mapping, taxonomy, where)
            yield parse_labeled(fields, taxonomy, where=where, default_id=str(number))


def _class_names(feature: Any) -> list[str] | None:
    inner = getattr(feature, "feature", feature)
    if isinstance(inner, list) and inner:
        inner = inner[0]
    names = getattr(inner, "names", None)
    return list(names) if names else None


def _plain(value: Any, names: list[str] | None) -> Any:
    if names is None:
        return value
    if isinstance(value, list):
        return [names[v] for v in value if v is not None and v >= 0]
    return names[value] if isinstance(value, int) and value >= 0 else None
