"""Figures of predictions against gold labels, with bootstrap intervals. Definitions as in docs/metrics.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petition_nlp.corpus import EntitySpan, LabeledText
from petition_nlp.taxonomy import Head, Taxonomy
from petition_nlp.types import Document

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % bootstrap interval (texts resampled) and the number of texts it is measured on."""

    value: float
    low: float
    high: float
    texts: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def to_dict(self) -> dict[str, float]:
        return {
            "value": round(self.value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "texts": self.texts,
        }


def f1(true_positive: float, false_positive: float, false_negative: float) -> float:
    """2 TP / (2 TP + FP + FN); 1 where there is nothing to find and nothing was said."""
    total = 2 * true_positive + false_positive + false_negative
    return 2 * true_positive / total if total else 1.0


def predicted_labels(document: Document, name: str, head: Head) -> list[str]:
    """A document's labels for one head, as ids."""
    if name == "severity":
        return [head.ids[document.severity.level - 1]] if document.severity else []
    value: Any = getattr(document, name)
    if value is None:
        return []
    return [label.id for label in value] if isinstance(value, list) else [value.id]


@dataclass(slots=True)
class HeadTable:
    """Gold and predicted labels of one head as 0/1 tables of shape (texts, labels)."""

    head: Head
    gold: NDArray[np.bool_]
    said: NDArray[np.bool_]

    def counts(self, rows: Ids) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        g, s = self.gold[rows], self.said[rows]
        return (g & s).sum(0), (~g & s).sum(0), (g & ~s).sum(0)

    def macro(self, rows: Ids) -> float:
        return float(np.mean([f1(*c) for c in zip(*self.counts(rows), strict=True)]))

    def micro(self, rows: Ids) -> float:
        tp, fp, fn = self.counts(rows)
        return f1(tp.sum(), fp.sum(), fn.sum())

    def exact(self, rows: Ids) -> float:
        return float((self.gold[rows] == self.said[rows]).all(1).mean())

    def per_label(self, rows: Ids) -> dict[str, dict[str, float]]:
        out = {}
        for i, (tp, fp, fn) in enumerate(zip(*self.counts(rows), strict=True)):
            out[self.head.ids[i]] = {
                "precision": tp / (tp + fp) if tp + fp else 1.0,
                "recall": tp / (tp + fn) if tp + fn else 1.0,
                "f1": f1(tp, fp, fn),
                "gold": int(tp + fn),
                "predicted": int(tp + fp),
            }
        return out

    def levels(self, rows: Ids) -> tuple[Ids, Ids]:
        """Gold and said level numbers (0 = mildest) of an ordinal head; nothing said counts as the mildest."""
        return self.gold[rows].argmax(1), self.said[rows].argmax(1)


def head_table(gold: Sequence[LabeledText], documents: Sequence[Document], head: Head) -> tuple[HeadTable, Ids]:
    """The table of one head over the texts that it labels, and their numbers."""
    rows = np.array([i for i, t in enumerate(gold) if head.name in t.labels], dtype=np.int64)
    g = np.zeros((len(rows), len(head.ids)), dtype=bool)
    s = np.zeros_like(g)
    for r, i in enumerate(rows):
        for label in gold[i].labels[head.name]:
            g[r, head.index(label)] = True
        for label in predicted_labels(documents[i], head.name, head):
            s[r, head.index(label)] = True
    return HeadTable(head, g, s), rows


def quadratic_weighted_kappa(gold: Ids, said: Ids, levels: int) -> float:
    """Cohen's kappa with squared distances (1968): 1 - sum(d^2) / expected sum(d^2) of independent raters."""
    if not len(gold):
        return float("nan")
    level = np.arange(levels)
    distance = (level[:, None] - level) ** 2
    expected = np.bincount(gold, minlength=levels) @ distance @ np.bincount(said, minlength=levels) / len(gold)
    return float(1 - ((gold - said) ** 2).sum() / expected) if expected else 1.0


def bootstrap(measure: Callable[[Ids], float], n: int, *, rounds: int = 500, seed: int = 0) -> Figure:
    """Measure on all texts, and its 2.5 and 97.5 percentiles over resamples of them (Efron 1979)."""
    rng = np.random.default_rng(seed)
    if not n:
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    low, high = middle_95([measure(rng.integers(0, n, n)) for _ in range(rounds)])
    return Figure(measure(np.arange(n)), low, high, n)


def middle_95(samples: Sequence[float]) -> tuple[float, float]:
    """The 2.5 and 97.5 percentiles of the samples that have a value; NaN if none has."""
    there = [s for s in samples if s == s]
    if not there:
        return float("nan"), float("nan")
    low, high = np.percentile(there, [2.5, 97.5])
    return float(low), float(high)


def head_measures(
    gold: Sequence[LabeledText], documents: Sequence[Document], heads: Mapping[str, Head]
) -> dict[str, tuple[Callable[[Ids], float], int]]:
    """What the main figures of all heads that the gold data labels are computed by.

    Returns:
        figure name -> (its measure over rows numbered from 0, number of rows).
    """
    measures: dict[str, tuple[Callable[[Ids], float], int]] = {}
    for name, head in heads.items():
        table, rows = head_table(gold, documents, head)
        n = len(rows)
        if not n:
            continue
        if name == "domains":
            measures["domains_macro_f1"] = table.macro, n
            measures["domains_exact"] = table.exact, n
        elif head.kind == "multi":
            measures[f"{name}_micro_f1"] = table.micro, n
        elif head.kind == "ordinal":
            measures[f"{name}_qwk"] = _qwk(table), n
            measures[f"{name}_top_recall"] = _top_recall(table), n
        elif name == "doc_type":
            measures["doc_type_accuracy"] = table.exact, n
        else:
            measures[f"{name}_macro_f1"] = table.macro, n
    return measures


def head_figures(
    gold: Sequence[LabeledText], documents: Sequence[Document], taxonomy: Taxonomy, *, rounds: int = 500
) -> dict[str, Figure]:
    """The main figures of all heads that the gold data labels."""
    measures = head_measures(gold, documents, taxonomy.heads)
    return {k: bootstrap(m, n, rounds=rounds) for k, (m, n) in measures.items()}


def _qwk(table: HeadTable) -> Callable[[Ids], float]:
    return lambda rows: quadratic_weighted_kappa(*table.levels(rows), len(table.head.ids))


def _top_recall(table: HeadTable) -> Callable[[Ids], float]:
    def measure(rows: Ids) -> float:
        gold, said = table.levels(rows)
        top = gold == len(table.head.ids) - 1
        return float((said[top] == gold[top]).mean()) if top.any() else float("nan")

    return measure


def entity_counts(
    gold: Sequence[LabeledText], documents: Sequence[Document]
) -> tuple[list[int], dict[str, NDArray[np.int64]]]:
    """Strict span matches: numbers of the texts with entities labelled, and type -> (texts, 3) of TP, FP, FN."""
    rows = [i for i, t in enumerate(gold) if t.entities is not None]
    counts: dict[str, NDArray[np.int64]] = {}
    for r, i in enumerate(rows):
        right: set[EntitySpan] = set(gold[i].entities or [])
        said = {(e.type, e.start, e.end) for e in documents[i].entities}
        for span in right | said:
            table = counts.setdefault(span[0], np.zeros((len(rows), 3), dtype=np.int64))
            table[r, 0 if span in right and span in said else 1 if span in said else 2] += 1
    return rows, counts


def entity_figures(
    gold: Sequence[LabeledText], documents: Sequence[Document], *, rounds: int = 500
) -> dict[str, Figure]:
    """Strict span F1 of each type and, as ``ALL``, over all types."""
    rows, counts = entity_counts(gold, documents)
    if not rows:
        return {}
    tables: Mapping[str, NDArray[np.int64]] = {"ALL": np.sum(list(counts.values()), axis=0), **counts} if counts else {}
    return {
        name: bootstrap(lambda r, t=table: f1(*t[r].sum(0)), len(rows), rounds=rounds)  # type: ignore[misc]
        for name, table in sorted(tables.items())
    }
