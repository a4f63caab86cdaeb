"""Which column of a table holds which field, and what its cells say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from petition_nlp.errors import DataError
from petition_nlp.taxonomy import Taxonomy

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
SEPARATORS = re.compile(r"[、,;|，；]")
_NONE = {"[]", "无", "none", "-", "—"}
_ESCAPED = re.compile(r"'[=+\-@\t\r＝＋－＠]")  # what petition_nlp.io.escape_cell makes of a text


def guess_columns(columns: Iterable[str]) -> dict[str, str]:
    """Which column holds which field: field name -> column name."""
    plain = {re.sub(r"\s+", "", c).lower(): c for c in columns}
    return {f: plain[n] for f, names in COLUMN_NAMES.items() for n in reversed(names) if n in plain}


def check_mapping(mapping: Mapping[str, str], fields: Mapping[str, Any], where: str, *, strict: bool = True) -> None:
    """Refuse a mapping that names no text, or columns the table lacks.

    Args:
        strict: all columns must be there; otherwise only that of the text, as records of JSONL may leave fields out.

    Raises:
        DataError: names the columns there are.
    """
    for field, column in mapping.items():
        if column not in fields and (strict or field == "text"):
            raise DataError(f"no column {column!r} for {field}; the columns are {', '.join(fields)}", where=where)
    if "text" not in mapping:
        raise DataError(f"no text column among {', '.join(map(str, fields))}; name it with --text-field", where=where)


def record_fields(
    fields: Mapping[str, Any], mapping: Mapping[str, str], taxonomy: Taxonomy, where: str
) -> dict[str, Any]:
    """A table's row as the fields of the labelled format."""
    taken = set(mapping.values())
    out = {k: v for k, v in fields.items() if k not in taken}
    for field, column in mapping.items():
        if column not in fields:
            continue
        value = fields[column]
        if field == "text":
            out["text"] = _text_cell(value)
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


def _text_cell(value: Any) -> Any:
    if isinstance(value, (int, float)):
        return str(value)  # Excel makes numbers of digits
    return value[1:] if isinstance(value, str) and _ESCAPED.match(value) else value


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
    return [part.strip() for part in SEPARATORS.split(value) if part.strip()]


def _entities_cell(value: Any, where: str) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except ValueError as error:
        raise DataError("field 'entities' is not JSON", where=where) from error
