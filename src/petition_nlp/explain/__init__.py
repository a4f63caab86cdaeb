"""Evidence for labels and factors of severity."""

from petition_nlp.explain.evidence import evidence_spans
from petition_nlp.explain.factors import FactorRule, ValueSpan, factor_rules, find_factors

__all__ = ["FactorRule", "ValueSpan", "evidence_spans", "factor_rules", "find_factors"]
