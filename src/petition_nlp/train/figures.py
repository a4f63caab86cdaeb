"""Figures of a training on texts that the models judging did not see: old labels beside new ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petition_nlp.evaluate.metrics import Figure, HeadTable, Ids, bootstrap, f1, quadratic_weighted_kappa
from petition_nlp.taxonomy import Head

_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Group:
    """Texts of one kind that a head labels.

    Attributes:
        name: ``new`` (the texts given) or ``old`` (the base's).
        gold, after, before: 0/1 tables (texts, labels): true labels, the new model's, the base's if it has the head.
    """

    name: str
    head: Head
    gold: NDArray[np.bool_]
    after: NDArray[np.bool_]
    before: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class HeadFigure:
    """One head on one kind of texts.

    Attributes:
        measure: ``macro F1``, over the labels that stand on at least one text, or ``QWK`` of an ordinal head.
        before: the base's figure; None where the base has no such head.
        labels: label -> (its texts, F1 before, F1 after).
    """

    group: str
    head: str
    measure: str
    texts: int
    before: Figure | None
    after: Figure
    labels: dict[str, tuple[int, float | None, float]]


def group_figures(groups: Sequence[Group]) -> dict[str, HeadFigure]:
    """Figures by ``GROUP/HEAD``."""
    out = {}
    for group in groups:
        before = None if group.before is None else HeadTable(group.head, group.gold, group.before)
        after = HeadTable(group.head, group.gold, group.after)
        n = len(group.gold)
        each = {}
        for j, ident in enumerate(group.head.ids):
            if group.gold[:, j].any():
                was = None if before is None else _label_f1(before, j)
                each[ident] = (int(group.gold[:, j].sum()), was, _label_f1(after, j))
        out[f"{group.name}/{group.head.name}"] = HeadFigure(
            group.name,
            group.head.name,
            "QWK" if group.head.kind == "ordinal" else "macro F1",
            n,
            None if before is None else bootstrap(_measure(before), n, rounds=_ROUNDS),
            bootstrap(_measure(after), n, rounds=_ROUNDS),
            each,
        )
    return out


def card_figures(figures: Mapping[str, HeadFigure]) -> dict[str, dict[str, Figure]]:
    """As the model card takes them: kind of texts and model -> figure -> value."""
    out: dict[str, dict[str, Figure]] = {}
    for figure in figures.values():
        name = f"{figure.head} {figure.measure}"
        if figure.before is not None:
            out.setdefault(f"{figure.group}: base", {})[name] = figure.before
        out.setdefault(f"{figure.group}: this", {})[name] = figure.after
    return out


def _measure(table: HeadTable) -> Callable[[Ids], float]:
    if table.head.kind == "ordinal":
        return lambda rows: quadratic_weighted_kappa(*table.levels(rows), len(table.head.ids))
    present = table.gold.any(axis=0)

    def macro(rows: Ids) -> float:
        tp, fp, fn = table.counts(rows)
        return float(np.mean([f1(*c) for c in zip(tp[present], fp[present], fn[present], strict=True)] or [1.0]))

    return macro


def _label_f1(table: HeadTable, j: int) -> float:
    tp, fp, fn = table.counts(np.arange(len(table.gold)))
    return f1(tp[j], fp[j], fn[j])
