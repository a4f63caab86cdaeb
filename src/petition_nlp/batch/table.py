"""How a document becomes a row of a table."""

from __future__ import annotations

import json
from typing import Any

RESULT_COLUMNS = (
    "doc_type",
    "domains",
    "domains_name",
    "petition_type",
    "severity",
    "severity_name",
    "severity_factors",
    "misconduct",
    "entities",
    "needs_review",
    "review_reasons",
    "notes",
)


def result_row(result: dict[str, Any]) -> dict[str, Any]:
    """Flat cells from an output object: several labels are joined by 、, entities become ``TYPE:text`` and, in full,
    JSON in the column ``entities_json``.
    """
    severity = result["severity"] or {}
    return {
        "doc_type": result["doc_type"]["id"],
        "domains": "、".join(d["id"] for d in result["domains"]),
        "domains_name": "、".join(d["name"] for d in result["domains"]),
        "petition_type": (result["petition_type"] or {}).get("id"),
        "severity": severity.get("level"),
        "severity_name": severity.get("name"),
        "severity_factors": "、".join(f["name"] for f in severity.get("factors", [])),
        "misconduct": "、".join(m["id"] for m in result["misconduct"]),
        "entities": json.dumps(
            [{k: e[k] for k in ("type", "text", "start", "end", "value")} for e in result["entities"]],
            ensure_ascii=False,
        ),
        "needs_review": result["needs_review"],
        "review_reasons": "、".join(result["review_reasons"]),
        "notes": "、".join(result.get("notes", [])),
    }


def merge_row(fields: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """The input's own columns followed by the result's. One that the input has too gets ``pred_`` before."""
    out = dict(fields)
    for name, value in result_row(result).items():
        out[f"pred_{name}" if name in fields else name] = value
    return out
