"""The factors of severity: cues of danger, violence, group, sum, duration, official and vulnerable people.

The patterns follow the annotation guideline's level signs and are data (``factors.yaml``). They explain a level that
the model chose; a factor is shown only when its words stand in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

LARGE_SUM = 50_000.0  # CNY: the guideline's "large sum" for a household
LARGE_GROUP = 10  # households or people
MAX_SPANS = 3


@dataclass(frozen=True, slots=True)
class FactorRule:
    """One factor with its compiled pattern (None: found from values or labels)."""

    id: str
    name: str
    name_en: str
    pattern: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class ValueSpan:
    """A grammar's find that may be a factor: type, place in the text, and its number (CNY or people)."""

    type: str
    start: int
    end: int
    number: float


@lru_cache(maxsize=1)
def factor_rules() -> tuple[FactorRule, ...]:
    """The shipped rules, in order of gravity."""
    source = (resources.files("petition_nlp.explain") / "factors.yaml").read_text(encoding="utf-8")
    out = []
    for ident, raw in yaml.safe_load(source).items():
        patterns = raw["patterns"]
        compiled = re.compile("|".join(f"(?:{p})" for p in patterns)) if patterns else None
        out.append(FactorRule(ident, raw["name"]["zh"], raw["name"]["en"], compiled))
    return tuple(out)


def find_factors(
    text: str, values: Sequence[ValueSpan], misconduct: Sequence[tuple[int, int]]
) -> list[tuple[FactorRule, list[tuple[int, int]]]]:
    """Factors present in a normalised text, each with up to three spans.

    Args:
        values: sums and head counts found in the text.
        misconduct: evidence spans of the misconduct labels given to it.
    """
    out: list[tuple[FactorRule, list[tuple[int, int]]]] = []
    for rule in factor_rules():
        spans = [m.span() for m in rule.pattern.finditer(text)] if rule.pattern else []
        if rule.id == "large_sum":
            spans += [(v.start, v.end) for v in values if v.type == "MONEY" and v.number >= LARGE_SUM]
        elif rule.id == "group_harm":
            spans += [(v.start, v.end) for v in values if v.type == "HEADCOUNT" and v.number >= LARGE_GROUP]
        elif rule.id == "official_misconduct":
            spans += list(misconduct)
        if spans:
            out.append((rule, sorted(set(spans))[:MAX_SPANS]))
    return out
