"""Reads labelled data from JSONL, CSV, XLSX or Parquet, with errors that name file and row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from petition_nlp.corpus.schema import LabeledText, parse_labeled
from petition_nlp.errors import DataError
from petition_nlp.io import BadRow, open_rows
from petition_nlp.taxonomy import Taxonomy, default_taxonomy

# Column names offices use, tried in this order when no mapping is given. Compared without case and spaces.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "编号", "工单号", "工单编号", "信件编号", "序号", "留言编号"),
    "text": (
        "text",
        "内容",
        "正文",
        "文本",
        "诉求内容",
        "信访内容",
        "留言详情",
        "留言内容",
        "工单内容",
        "反映内容",
        "content",
    ),
    "doc_type": ("doc_type", "文本类型", "文种"),
    "domains": (
        "domains",
        "domain",
        "领域",
        "类别",
        "分类",
        "一级分类",
        "一级标签",
        "标签",
        "label",
        "labels",
        "category",
    ),
    "petition_type": ("petition_type", "诉求类型", "信访类型"),
    "severity": ("severity", "严重程度", "紧急程度", "等级"),
    "misconduct": ("misconduct", "涉嫌问题", "问题类型", "违纪类型"),
    "entities": ("entities", "实体"),
}
_SEPARATORS = re.compile(r"[、,;|，；]")
_NONE = {"[]", "无", "none", "-", "—"}


def guess_columns(columns: Iterable[str]) -> dict[str, str]:
    """Which column holds which field: field name -> column name."""
    plain = {re.sub(r"\s+", "", c).lower(): c for c in columns}
    return {f: plain[n] for f, names in COLUMN_NAMES.items() for n in reversed(names) if n in plain}


def read_labeled(
    path: str | Path,
    taxonomy: Taxonomy | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    skip_bad: list[DataError] | None = None,
) -> Iterator[LabeledText]:
    """Iterate over the labelled texts of a file.

    Args:
        columns: field name -> column name; guessed from :data:`COLUMN_NAMES` where not given.
        skip_bad: when a list is given, bad rows are appended to it as errors and skipped; otherwise the first raises.

    Raises:
        DataError: a row breaks the format; the message names file and row.
        InputError: the file cannot be read.
    """
    taxonomy = taxonomy or default_taxonomy()
    mapping: dict[str, str] | None = None
    for row in open_rows(path, format):
        try:
            if isinstance(row, BadRow):
                raise DataError(row.reason, where=row.where)
            if mapping is None:
                mapping = {**guess_columns(row.fields), **(columns or {})}
                _check_mapping(mapping, row.fields, row.where)
            yield parse_labeled(
                _fields(row.fields, mapping, taxonomy, row.where), taxonomy, where=row.where, default_id=str(row.number)
            )
        except DataError as error:
            if skip_bad is None:
                raise
            skip_bad.append(error)


def write_labeled(path: str | Path, texts: Iterable[LabeledText], taxonomy: Taxonomy | None = None) -> int:
    """Write labelled JSONL (UTF-8). Returns how many."""
    taxonomy = taxonomy or default_taxonomy()
    count = 0
    with Path(path).open("w", encoding="utf-8") as stream:
        for item in texts:
            stream.write(json.dumps(item.to_dict(taxonomy), ensure_ascii=False) + "\n")
            count += 1
    return count


def _check_mapping(mapping: Mapping[str, str], fields: Mapping[str, Any], where: str) -> None:
    for field, column in mapping.items():
        if column not in fields and field in ("text",):
            raise DataError(f"no column {column!r} for {field}; the columns are {', '.join(fields)}", where=where)
    if "text" not in mapping:
        raise DataError(f"no text column among {', '.join(map(str, fields))}; name it with --text-field", where=where)


def _fields(fields: Mapping[str, Any], mapping: Mapping[str, str], taxonomy: Taxonomy, where: str) -> dict[str, Any]:
    taken = set(mapping.values())
    out = {k: v for k, v in fields.items() if k not in taken}
    for field, column in mapping.items():
        if column not in fields:
            continue
        value = fields[column]
        if field == "text":
            out["text"] = str(value) if isinstance(value, (int, float)) else value  # Excel makes numbers of digits
        elif field == "entities":
            value = _entities_cell(value, where)
            if value is not None:
                out["entities"] = value
        elif field == "id":
            out["id"] = value
        else:
            value = _label_cell(value, field, taxonomy)
            if value is not _MISSING:
                out[field] = value
    return out


_MISSING = object()


def _label_cell(value: Any, field: str, taxonomy: Taxonomy) -> Any:
    """An empty cell is *not labelled*; 无, none, - or [] is *none of the labels*; several are split on 、,;|."""
    if not isinstance(value, str):
        return value
    value = value.strip()
    if not value:
        return _MISSING
    head = taxonomy.heads.get(field)
    if head is None or head.kind != "multi" or head.find(value):
        return value
    if value.lower() in _NONE:
        return []
    if value.startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return [part.strip() for part in _SEPARATORS.split(value) if part.strip()]


def _entities_cell(value: Any, where: str) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except ValueError as error:
        raise DataError("field 'entities' is not JSON", where=where) from error
