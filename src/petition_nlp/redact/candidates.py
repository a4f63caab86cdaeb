"""What the recall-first mode hides besides the model's entities."""

from __future__ import annotations

from collections.abc import Sequence

from petition_nlp.redact.digits import find_numbers
from petition_nlp.redact.names import find_names
from petition_nlp.redact.policy import RedactionPolicy
from petition_nlp.redact.spans import RULE, Hit
from petition_nlp.text import NormalizedText
from petition_nlp.types import Entity

_NOT_A_NAME = frozenset({"ORG", "PLACE", "PROJECT", "PROGRAM", "DOC_REF"})
_TRUSTED = 0.8


def find_candidates(text: NormalizedText, policy: RedactionPolicy, entities: Sequence[Entity]) -> list[Hit]:
    """Names and numbers the rules see, as hits in original offsets.

    A name without a telling sign is dropped where the model is sure of a body, place or title of a document there.
    """
    hits: list[Hit] = []
    if policy.hides("PERSON"):
        sure_of = sorted((e.start, e.end) for e in entities if e.type in _NOT_A_NAME and e.score >= _TRUSTED)
        covered = bytearray(len(text.original))
        for start, end in sure_of:
            covered[start:end] = b"\1" * (end - start)
        for start, end, told in find_names(text.text):
            low, high = text.to_original(start, end)
            if told or not all(covered[low:high]):
                hits.append(Hit(low, high, "PERSON", text.text[start:end], None, RULE))
    if policy.hides("PHONE") or policy.hides("ID_NUMBER"):
        found = [(*text.to_original(s, e), text.text[s:e], kind) for s, e, kind in find_numbers(text.text)]
        if not text.identity:  # what normalisation took away (markup, navigation) can hold numbers too
            found += [(s, e, text.original[s:e], kind) for s, e, kind in find_numbers(text.original)]
        for start, end, surface, kind in found:
            if not policy.hides(kind):
                kind = "PHONE" if policy.hides("PHONE") else "ID_NUMBER"
            hits.append(Hit(start, end, kind, surface, None, RULE))
    return hits
