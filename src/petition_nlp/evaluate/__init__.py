"""Measuring a bundle on labelled data."""

from petition_nlp.evaluate.compare import Comparison, Difference, compare, joint_taxonomy
from petition_nlp.evaluate.metrics import (
    Figure,
    HeadTable,
    bootstrap,
    entity_counts,
    entity_figures,
    f1,
    head_figures,
    head_table,
    quadratic_weighted_kappa,
)
from petition_nlp.evaluate.report import Report, evaluate

__all__ = [
    "Comparison",
    "Difference",
    "Figure",
    "HeadTable",
    "Report",
    "bootstrap",
    "compare",
    "entity_counts",
    "entity_figures",
    "evaluate",
    "f1",
    "head_figures",
    "head_table",
    "joint_taxonomy",
    "quadratic_weighted_kappa",
]
