"""The label sets as data: a versioned YAML file, validated on load."""

from petition_nlp.taxonomy.schema import (
    HEAD_KINDS,
    HEAD_NAMES,
    Head,
    LabelDef,
    Taxonomy,
    default_taxonomy,
    load_taxonomy,
    parse_taxonomy,
)

__all__ = [
    "HEAD_KINDS",
    "HEAD_NAMES",
    "Head",
    "LabelDef",
    "Taxonomy",
    "default_taxonomy",
    "load_taxonomy",
    "parse_taxonomy",
]
