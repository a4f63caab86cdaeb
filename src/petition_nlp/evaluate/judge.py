"""Runs a bundle over labelled texts once and keeps all that figures, plots and bad cases are computed from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petition_nlp.calibrate import domain_confidence
from petition_nlp.corpus import LabeledText
from petition_nlp.evaluate.metrics import Ids, head_table
from petition_nlp.pipeline import PetitionNLP
from petition_nlp.taxonomy import Head
from petition_nlp.text import normalize
from petition_nlp.types import Document

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
Progress = Callable[[int, int], None]
_BATCH = 64


@dataclass(slots=True)
class JudgedHead:
    """One head on the texts that label it.

    Attributes:
        rows: numbers of those texts, (n,).
        gold, said: 0/1 tables, (n, labels). A head that is asked of petitions only says nothing of other texts.
        probabilities: calibrated, (n, labels).
        confidence: stated probability that the whole decision on a text is right, (n,).
    """

    head: Head
    rows: Ids
    gold: Bools
    said: Bools
    probabilities: F64
    confidence: F64

    @property
    def right(self) -> Bools:
        """Whether the decision on each text is exactly right, (n,)."""
        return np.asarray((self.gold == self.said).all(axis=1))


@dataclass(slots=True)
class Judged:
    """Gold texts, what the bundle says of them, and the heads that both know."""

    gold: Sequence[LabeledText]
    documents: list[Document]
    heads: dict[str, JudgedHead]


def judge(nlp: PetitionNLP, texts: Sequence[LabeledText], progress: Progress = lambda done, total: None) -> Judged:
    """Analyse every text once; heads without a label in ``texts`` are left out.

    Args:
        progress: called with (texts done, texts in all).
    """
    entities = any(t.entities is not None for t in texts)
    documents: list[Document] = []
    parts: dict[str, list[F64]] = {}
    for start in range(0, len(texts), _BATCH):
        batch = [t.text for t in texts[start : start + _BATCH]]
        documents += nlp.analyze(batch, entities=entities, evidence=False)
        for name, p in nlp.probabilities([normalize(t).text for t in batch]).items():
            parts.setdefault(name, []).append(p)
        progress(len(documents), len(texts))
    probabilities = {name: np.concatenate(p) for name, p in parts.items()}
    heads = {}
    for name, head in nlp.taxonomy.heads.items():
        if name not in probabilities:
            continue
        table, rows = head_table(texts, documents, head)
        if not len(rows):
            continue
        p = probabilities[name][rows]
        confidence = _confidence(nlp, name, p, table.said)
        if head.only_for and "doc_type" in probabilities:
            types = nlp.taxonomy.heads["doc_type"]
            asked = probabilities["doc_type"][rows][:, [types.index(t) for t in head.only_for]].sum(axis=1)
            confidence = np.where(table.said.any(axis=1), confidence, 1 - asked)
        heads[name] = JudgedHead(head, rows, table.gold, table.said, p, confidence)
    return Judged(texts, documents, heads)


def _confidence(nlp: PetitionNLP, name: str, p: F64, said: Bools) -> F64:
    calibration = nlp.heads[name]
    if calibration.kind == "multi":
        return domain_confidence(p, calibration.thresholds)
    return np.asarray(np.where(said, p, 0.0).max(axis=1))
