"""Measuring a bundle on labelled data."""

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

__all__ = [
    "Figure",
    "HeadTable",
    "bootstrap",
    "entity_counts",
    "entity_figures",
    "f1",
    "head_figures",
    "head_table",
    "quadratic_weighted_kappa",
]
