"""The worst errors of each head, with the words that led to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from petition_nlp.evaluate.judge import Judged, JudgedHead
from petition_nlp.explain import evidence_spans
from petition_nlp.pipeline import PetitionNLP
from petition_nlp.text import normalize


def worst_errors(nlp: PetitionNLP, judged: Judged, *, per_head: int = 20) -> list[dict[str, Any]]:
    """Wrong decisions, per head those first that the model was surest of; of an ordered scale the farthest off.

    Returns:
        one object an error: ``id``, ``row`` (from 1), ``head``, ``gold``, ``said``, ``score``, ``text`` and
        ``evidence`` (label, side ``said`` or ``missed``, start, end, text, weight; offsets into the text as sent).
    """
    out = []
    for name, part in judged.heads.items():
        score = _scores(part)
        wrong = np.flatnonzero(~part.right)
        for r in wrong[np.argsort(-score[wrong], kind="stable")][:per_head]:
            item = judged.gold[part.rows[r]]
            gold, said = ([part.head.ids[i] for i in np.flatnonzero(t[r])] for t in (part.gold, part.said))
            out.append(
                {
                    "id": item.id,
                    "row": int(part.rows[r]) + 1,
                    "head": name,
                    "gold": gold,
                    "said": said,
                    "score": round(float(score[r]), 4),
                    "text": item.text,
                    "evidence": _evidence(nlp, item.text, name, gold, said),
                }
            )
    return out


def _scores(part: JudgedHead) -> Any:
    """How bad each text's error is, (n,): the probability that stood on the wrong side of the worst label."""
    p = part.probabilities
    if part.head.kind == "multi":
        gap = np.where(part.said, p, 1 - p)
        return np.where(part.gold != part.said, gap, 0.0).max(axis=1)
    silent = ~part.said.any(axis=1)
    gap = np.where(silent, part.confidence, (p * part.said).sum(axis=1))
    if part.head.kind == "ordinal":
        gap = gap + np.abs(part.gold.argmax(axis=1) - part.said.argmax(axis=1))
    return gap


def _evidence(nlp: PetitionNLP, text: str, name: str, gold: Sequence[str], said: Sequence[str]) -> list[dict[str, Any]]:
    head = nlp.taxonomy.heads[name]
    wanted: list[tuple[str, str, str]] = []  # column's label, label shown, side
    if head.kind == "ordinal":
        if gold and said:
            low = min(head.index(gold[0]), head.index(said[0]))
            over = head.index(said[0]) > head.index(gold[0])
            wanted.append((f">{head.ids[low]}", said[0] if over else gold[0], "said" if over else "missed"))
    else:
        wanted += [(label, label, "said") for label in said if label not in gold]
        wanted += [(label, label, "missed") for label in gold if label not in said]
    columns = {column: i for i, column in enumerate(nlp.engine.columns)}
    wanted = [w for w in wanted if (name, w[0]) in columns]
    if not wanted:
        return []
    n = normalize(text)
    out = []
    contributions = nlp.engine.contributions(n.text, [columns[name, w[0]] for w in wanted])
    for (_, label, side), contribution in zip(wanted, contributions, strict=True):
        for start, end, weight in evidence_spans(contribution, n.text):
            s, e = n.to_original(start, end)
            out.append(
                {"label": label, "side": side, "start": s, "end": e, "text": text[s:e], "weight": round(weight, 4)}
            )
    return out
