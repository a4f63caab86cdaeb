"""Labels as annotation tools write them: one flat list for all heads, in ids or in names people read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from petition_nlp.corpus.schema import ENTITY_TYPES
from petition_nlp.errors import DataError
from petition_nlp.taxonomy import Head, LabelDef, Taxonomy

# What annotation projects call the entity types; the first name of each is the one written.
ENTITY_NAMES: dict[str, tuple[str, ...]] = {
    "PERSON": ("人名", "姓名", "人物"),
    "POSITION": ("职务", "岗位", "身份"),
    "ORG": ("机构", "单位", "组织", "组织机构"),
    "PLACE": ("地点", "地名", "地址", "位置"),
    "PROJECT": ("工程", "工程项目", "项目"),
    "PROGRAM": ("政策项目", "补贴项目", "惠民政策", "政策"),
    "MONEY": ("金额", "钱款"),
    "DATE": ("日期", "时间"),
    "AREA": ("面积",),
    "HEADCOUNT": ("人数", "户数"),
    "PHONE": ("电话", "手机号", "电话号码"),
    "ID_NUMBER": ("身份证号", "证件号"),
    "DOC_REF": ("文号", "文件", "法规"),
}
_TYPE_OF = {name: kind for kind, names in ENTITY_NAMES.items() for name in names}
LABELLED = "petition_nlp_labelled"
"""Field of exported records: the heads that are labelled, ``entities`` among them, so that *none of the labels* is told
from *not labelled* when the tool gives the record back."""


def entity_type(name: Any, aliases: Mapping[str, str], where: str) -> str:
    """The entity type that a span label stands for.

    Args:
        aliases: label of the project -> entity type, tried first.
    """
    kind = aliases.get(str(name)) or (
        str(name).upper() if str(name).upper() in ENTITY_TYPES else _TYPE_OF.get(str(name))
    )
    if kind is None:
        raise DataError(
            f"unknown entity type {name!r}; the types are {', '.join(ENTITY_TYPES)}; "
            f"name the type it stands for, e.g. --column PERSON={name}",
            where=where,
        )
    return kind


def shown_label(label: LabelDef, head: Head, taxonomy: Taxonomy) -> str:
    """What an annotator reads: the label's name, or its id where the name would be taken for another label's."""
    for text in (label.name, label.id):
        if [(h.name, found.id) for h in taxonomy.heads.values() if (found := h.find(text))] == [(head.name, label.id)]:
            return text
    return f"{head.name}:{label.id}"


def sort_labels(labels: Iterable[Any], taxonomy: Taxonomy, where: str) -> dict[str, list[str]]:
    """Labels of all heads in one list, by head: head name -> label ids. ``HEAD:LABEL`` names the head.

    Raises:
        DataError: a label that no head has, or several.
    """
    out: dict[str, list[str]] = {}
    for raw in labels:
        text = str(raw).strip()
        prefix, colon, rest = text.partition(":")
        heads = [taxonomy.heads[prefix]] if colon and prefix in taxonomy.heads else list(taxonomy.heads.values())
        found = [(h.name, label.id) for h in heads if (label := h.find(rest if len(heads) == 1 and colon else text))]
        if len(found) != 1:
            what = "unknown label" if not found else "several heads have the label"
            known = ", ".join(f"{h.name}: {' '.join(h.ids)}" for h in taxonomy.heads.values())
            raise DataError(f"{what} {text!r}; write HEAD:LABEL; the labels are {known}", where=where)
        head, ident = found[0]
        if ident not in out.setdefault(head, []):
            out[head].append(ident)
    return out


def fill_none(fields: dict[str, Any], labelled: Iterable[str], taxonomy: Taxonomy) -> None:
    """Set heads that are labelled and have no label to *none of the labels* (entities to no entities)."""
    for name in labelled:
        if name == "entities" or (name in taxonomy.heads and taxonomy.heads[name].kind == "multi"):
            fields.setdefault(name, [])
