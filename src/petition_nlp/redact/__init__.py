"""Redaction: hides names, numbers and other entities behind pseudonyms, masks or nothing. See docs/redaction.md."""

from petition_nlp.redact.key import RedactionKey
from petition_nlp.redact.policy import (
    ACTIONS,
    DEFAULT_TYPES,
    LABELS,
    SCOPES,
    RedactionPolicy,
    load_policy,
    parse_policy,
)
from petition_nlp.redact.redactor import Redactor, redact
from petition_nlp.redact.result import Redacted, Replacement

__all__ = [
    "ACTIONS",
    "DEFAULT_TYPES",
    "LABELS",
    "SCOPES",
    "Redacted",
    "RedactionKey",
    "RedactionPolicy",
    "Redactor",
    "Replacement",
    "load_policy",
    "parse_policy",
    "redact",
]
