"""Labelled data: its format, reading and writing."""

from petition_nlp.corpus.read import COLUMN_NAMES, guess_columns, read_labeled, write_labeled
from petition_nlp.corpus.schema import ENTITY_TYPES, EntitySpan, LabeledText, parse_entities, parse_labeled

__all__ = [
    "COLUMN_NAMES",
    "ENTITY_TYPES",
    "EntitySpan",
    "LabeledText",
    "guess_columns",
    "parse_entities",
    "parse_labeled",
    "read_labeled",
    "write_labeled",
]
