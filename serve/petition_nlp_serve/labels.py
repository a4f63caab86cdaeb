"""Labels that feedback may carry: checked against the taxonomy in service, and described for the API docs."""

from __future__ import annotations

from typing import Any

from petition_nlp.taxonomy import Taxonomy
from petition_nlp_serve.fault import Fault


def labels_schema(taxonomy: Taxonomy) -> dict[str, Any]:
    """JSON schema of the labels; :func:`check_labels` takes exactly what it allows."""
    properties: dict[str, Any] = {}
    for name, head in taxonomy.heads.items():
        if head.kind == "multi":
            properties[name] = {"type": "array", "items": {"enum": list(head.ids)}, "uniqueItems": True}
        elif head.kind == "ordinal":
            properties[name] = {"type": "integer", "minimum": 1, "maximum": len(head.labels)}
        else:
            properties[name] = {"enum": list(head.ids)}
        properties[name]["description"] = f"{head.title} / {head.title_en}"
    return {"type": "object", "properties": properties, "minProperties": 1, "additionalProperties": False}


def check_labels(raw: Any, taxonomy: Taxonomy) -> dict[str, Any]:
    """The labels of one item in the labelled format: an absent head is not labelled, an empty list means none.

    Raises:
        Fault: 422; names the head, not the value.
    """
    if not isinstance(raw, dict) or not raw:
        raise Fault(422, "invalid_labels", '"labels" should be an object with at least one head')
    out: dict[str, Any] = {}
    for name, value in raw.items():
        head = taxonomy.heads.get(name)
        if head is None:
            raise Fault(422, "invalid_labels", f"unknown head; the heads are {', '.join(taxonomy.heads)}")
        allowed = ", ".join(head.ids)
        if head.kind == "multi":
            ok = isinstance(value, list) and all(isinstance(v, str) and v in head.ids for v in value)
            ok = ok and len(set(value)) == len(value)
            wanted = f"a list without repeats of {allowed}"
        elif head.kind == "ordinal":
            if type(value) is float and value.is_integer():  # JSON knows one kind of number
                value = int(value)
            ok = type(value) is int and 1 <= value <= len(head.labels)
            wanted = f"a level from 1 to {len(head.labels)}"
        else:
            ok = isinstance(value, str) and value in head.ids
            wanted = f"one of {allowed}"
        if not ok:
            raise Fault(422, "invalid_labels", f'"labels.{name}" should be {wanted}')
        out[name] = value
    return out


def applicable(labels: dict[str, Any], taxonomy: Taxonomy) -> dict[str, Any]:
    """Without the heads that have no answer for the document type given (a policy has no severity)."""
    kind = labels.get("doc_type")
    out = {}
    for name, value in labels.items():
        head = taxonomy.heads.get(name)
        if head and not (kind and head.only_for and kind not in head.only_for):
            out[name] = value
    return out
