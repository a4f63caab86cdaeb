"""Labelled data: its format, reading, writing, and the way from and to annotation tools.

Imported on first use, so that whoever only needs the types does not load the readers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from petition_nlp.corpus.columns import COLUMN_NAMES, guess_columns
    from petition_nlp.corpus.derive import derive_taxonomy
    from petition_nlp.corpus.doccano import write_doccano
    from petition_nlp.corpus.hub import from_dataset, to_dataset
    from petition_nlp.corpus.labelstudio import label_studio_config, write_labelstudio
    from petition_nlp.corpus.names import ENTITY_NAMES
    from petition_nlp.corpus.read import open_labeled, read_labeled, write_labeled
    from petition_nlp.corpus.schema import ENTITY_TYPES, EntitySpan, LabeledText, parse_entities, parse_labeled
    from petition_nlp.corpus.tables import write_table

__all__ = [
    "COLUMN_NAMES",
    "ENTITY_NAMES",
    "ENTITY_TYPES",
    "EntitySpan",
    "LabeledText",
    "derive_taxonomy",
    "from_dataset",
    "guess_columns",
    "label_studio_config",
    "open_labeled",
    "parse_entities",
    "parse_labeled",
    "read_labeled",
    "to_dataset",
    "write_doccano",
    "write_labeled",
    "write_labelstudio",
    "write_table",
]

_HOME = {
    "columns": ("COLUMN_NAMES", "guess_columns"),
    "derive": ("derive_taxonomy",),
    "doccano": ("write_doccano",),
    "hub": ("from_dataset", "to_dataset"),
    "labelstudio": ("label_studio_config", "write_labelstudio"),
    "names": ("ENTITY_NAMES",),
    "read": ("open_labeled", "read_labeled", "write_labeled"),
    "schema": ("ENTITY_TYPES", "EntitySpan", "LabeledText", "parse_entities", "parse_labeled"),
    "tables": ("write_table",),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f"petition_nlp.corpus.{module}"), name)
    raise AttributeError(f"module 'petition_nlp.corpus' has no attribute {name!r}")
