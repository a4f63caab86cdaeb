"""Likely label errors by confident learning, the method of the cleanlab library (Northcutt, Jiang & Chuang 2021,
"Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70).

Every text is judged by models that did not see it. A label's threshold is the mean probability it gets on the texts
that carry it. A text whose probability of another label reaches that label's threshold is counted with the other
label, and if that is also more probable than the given one, the given label is in doubt. A head of several labels is
taken as one question of yes or no a label.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from petition_nlp.corpus.report import LabelIssue
from petition_nlp.corpus.schema import LabeledText
from petition_nlp.taxonomy import Head, Taxonomy, default_taxonomy
from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.linear import silent, train_linear
from petition_nlp.train.matrix import Progress

F64 = NDArray[np.float64]


def label_issues(
    texts: Sequence[LabeledText],
    taxonomy: Taxonomy | None = None,
    config: TrainingConfig | None = None,
    *,
    progress: Progress = silent,
) -> list[LabelIssue]:
    """Labels that the other texts speak against, over all heads, the likeliest errors first.

    Args:
        config: of the models whose held-out probabilities judge; their ``folds`` and ``seed`` above all.

    Raises:
        InputError: too few texts, or nothing to learn.
        MissingExtraError: the ``train`` extra is not installed.
    """
    taxonomy = taxonomy or default_taxonomy()
    held_out = train_linear(texts, taxonomy, config, progress=progress).held_out
    out: list[LabelIssue] = []
    for name, probabilities in held_out.items():
        head = taxonomy.heads[name]
        rows = [i for i, t in enumerate(texts) if name in t.labels]
        given = np.array([[ident in texts[i].labels[name] for ident in head.ids] for i in rows])
        for at, suggested, score in doubtful(head, probabilities, given):
            item = texts[rows[at]]
            ids = tuple(ident for ident, on in zip(head.ids, given[at], strict=True) if on)
            out.append(LabelIssue(item.id, name, ids, suggested, score, rows[at]))
    return sorted(out, key=lambda issue: (-issue.score, issue.index, issue.head))


def doubtful(head: Head, probabilities: F64, given: NDArray[np.bool_]) -> list[tuple[int, tuple[str, ...], float]]:
    """Confident learning on one head.

    Args:
        probabilities: held-out probabilities, (texts, labels). given: the labels in the data, same shape.

    Returns:
        (text, suggested label ids, score) of each text in doubt; the score is the margin of the suggestion over the
        given label, 0..1, of a head of several labels the largest margin.
    """
    if head.kind != "multi":
        choice, margin = _confident(probabilities, given.argmax(axis=1))
        return [(int(i), (head.ids[choice[i]],), float(margin[i])) for i in np.flatnonzero(margin > 0)]
    suggested = given.copy()
    best = np.zeros(len(given))
    for j in range(given.shape[1]):
        yes = probabilities[:, j]
        _, margin = _confident(np.column_stack([1 - yes, yes]), given[:, j].astype(np.int64))
        suggested[:, j] ^= margin > 0
        best = np.maximum(best, margin)
    return [
        (int(i), tuple(ident for ident, on in zip(head.ids, suggested[i], strict=True) if on), float(best[i]))
        for i in np.flatnonzero(best > 0)
    ]


def _confident(probabilities: F64, given: NDArray[np.int64]) -> tuple[NDArray[np.int64], F64]:
    """The class each text is counted with, and its margin over the given class (0: not in doubt)."""
    n, classes = probabilities.shape
    rows = np.arange(n)
    own = probabilities[rows, given]
    carried = [own[given == k] for k in range(classes)]
    threshold = np.array([c.mean() if len(c) else np.inf for c in carried])
    reached = np.where(probabilities >= threshold, probabilities, -1.0)
    choice = np.where(reached.max(axis=1) >= 0, reached.argmax(axis=1), given)
    return choice, np.where(choice != given, np.maximum(probabilities[rows, choice] - own, 0), 0.0)
