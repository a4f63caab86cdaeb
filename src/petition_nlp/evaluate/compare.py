"""Is bundle B better than bundle A? Answered head by head with a paired bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from petition_nlp.corpus import LabeledText
from petition_nlp.errors import InputError
from petition_nlp.evaluate.metrics import Ids, entity_counts, f1, head_measures, middle_95
from petition_nlp.pipeline import PetitionNLP
from petition_nlp.taxonomy import Head, Taxonomy
from petition_nlp.types import Document

BETTER, WORSE, UNSURE = "better", "worse", "can't tell"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both bundles on the same texts.

    Attributes:
        a, b: the figure of either; ``b`` is NaN where B does not answer what A answers.
        low, high: 95 % interval of b - a over resamples of the texts.
        verdict: ``better`` or ``worse`` (of B) where the interval lies above or below 0, otherwise ``can't tell``.
    """

    a: float
    b: float
    low: float
    high: float
    texts: int
    verdict: str

    def to_dict(self) -> dict[str, Any]:
        values = {k: getattr(self, k) for k in ("a", "b", "low", "high")}
        plain = {k: round(v, 4) if np.isfinite(v) else None for k, v in values.items()}
        return {**plain, "texts": self.texts, "verdict": self.verdict}


@dataclass(slots=True)
class Comparison:
    """All figures of B against A.

    Attributes:
        skipped: heads that could not be compared, and why.
    """

    texts: int
    differences: dict[str, Difference]
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def worse(self) -> list[str]:
        """Figures on which B is significantly worse."""
        return [name for name, d in self.differences.items() if d.verdict == WORSE]

    @property
    def better(self) -> list[str]:
        """Figures on which B is significantly better."""
        return [name for name, d in self.differences.items() if d.verdict == BETTER]

    def to_dict(self) -> dict[str, Any]:
        return {
            "texts": self.texts,
            "figures": {name: d.to_dict() for name, d in self.differences.items()},
            "skipped": dict(self.skipped),
        }


def compare(
    a: PetitionNLP, b: PetitionNLP, texts: Sequence[LabeledText], *, rounds: int = 1000, seed: int = 0
) -> Comparison:
    """Compare two bundles on the same labelled texts, figure by figure.

    The texts are resampled ``rounds`` times; each time both bundles are measured on the same resample (paired
    bootstrap; Efron & Tibshirani 1993, Koehn 2004), so that texts hard for both cancel out. With about eight figures at
    95 %, one in twenty of equal ones is called different by chance.

    Where the bundles' label sets differ, the union is measured; a label that a bundle lacks is one that it misses. A
    head that B lacks is ``worse``; an ordinal head with other levels is skipped.

    Args:
        texts: labelled by A's or B's taxonomy, or their union (:func:`joint_taxonomy`).

    Raises:
        InputError: nothing that A answers is labelled.
    """
    texts = list(texts)
    joint = joint_taxonomy(a.taxonomy, b.taxonomy)
    entities = any(t.entities is not None for t in texts)
    said = [_documents(nlp, texts, entities) for nlp in (a, b)]
    out = Comparison(len(texts), {})
    heads: dict[str, Head] = {}
    lost: dict[str, Head] = {}
    for name, head in joint.heads.items():
        n = sum(name in t.labels for t in texts)
        if name not in a.heads:
            out.skipped[name] = "the first bundle does not answer it"
        elif not n:
            out.skipped[name] = "not labelled in the data"
        elif name not in b.heads:
            lost[name] = head
        elif head.kind == "ordinal" and a.taxonomy.heads[name].ids != b.taxonomy.heads[name].ids:
            out.skipped[name] = "the two bundles have other levels"
        else:
            heads[name] = head
    for name, (measure, n) in head_measures(texts, said[0], lost).items():
        out.differences[name] = Difference(measure(np.arange(n)), np.nan, np.nan, np.nan, n, WORSE)
    measures = [head_measures(texts, documents, heads) for documents in said]
    for name, (measure, n) in measures[0].items():
        out.differences[name] = _difference(measure, measures[1][name][0], n, rounds, seed)
    if entities:
        tables = [_entity_table(texts, documents) for documents in said]
        of_a, of_b = map(_entity_f1, tables)
        out.differences["entities_f1"] = _difference(of_a, of_b, len(tables[0]), rounds, seed)
    if not out.differences:
        raise InputError("nothing to compare: no text carries a label of a head that the first bundle has")
    return out


def joint_taxonomy(a: Taxonomy, b: Taxonomy) -> Taxonomy:
    """B's taxonomy with what only A's holds added, so that data labelled by either can be read."""
    heads = dict(b.heads)
    for name, head in a.heads.items():
        if name not in heads:
            heads[name] = head
        elif head.kind != "ordinal":
            mine = heads[name]
            more = tuple(label for label in head.labels if label.id not in mine.ids)
            heads[name] = replace(mine, labels=mine.labels + more)
    return replace(b, heads=heads)


def _documents(nlp: PetitionNLP, texts: Sequence[LabeledText], entities: bool) -> list[Document]:
    return list(nlp.pipe((t.text for t in texts), entities=entities, evidence=False))


def _entity_table(texts: Sequence[LabeledText], documents: Sequence[Document]) -> Any:
    rows, counts = entity_counts(texts, documents)
    return np.sum(list(counts.values()), axis=0) if counts else np.zeros((len(rows), 3), dtype=np.int64)


def _entity_f1(table: Any) -> Any:
    return lambda rows: f1(*table[rows].sum(0))


def _difference(measure_a: Any, measure_b: Any, n: int, rounds: int, seed: int) -> Difference:
    every: Ids = np.arange(n)
    rng = np.random.default_rng(seed)
    samples = []
    for _ in range(rounds):
        rows = rng.integers(0, n, n)
        samples.append(measure_b(rows) - measure_a(rows))
    low, high = middle_95(samples)
    verdict = BETTER if low > 0 else WORSE if high < 0 else UNSURE
    return Difference(float(measure_a(every)), float(measure_b(every)), low, high, n, verdict)
