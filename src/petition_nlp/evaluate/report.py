"""Evaluates a bundle on labelled texts: all figures, curves, slices and bad cases in one report."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from petition_nlp.bundle import MANIFEST, sha256
from petition_nlp.calibrate import expected_calibration_error
from petition_nlp.corpus import LabeledText
from petition_nlp.errors import InputError
from petition_nlp.evaluate.curves import coverage_accuracy, label_intervals, precision_recall, reliability
from petition_nlp.evaluate.judge import Judged, JudgedHead, Progress, judge
from petition_nlp.evaluate.metrics import Figure, bootstrap, entity_counts, entity_figures, head_figures
from petition_nlp.evaluate.mistakes import worst_errors
from petition_nlp.evaluate.slices import slice_rows
from petition_nlp.pipeline import PetitionNLP

FORMAT = 1


@dataclass(slots=True)
class Report:
    """What an evaluation found.

    Attributes:
        figures: the main figures with intervals, names as in docs/metrics.md; ``entities_f1`` where entities are
            labelled.
        data: everything, as plain JSON values (NaN is null): the content of ``report.json``.
    """

    figures: dict[str, Figure]
    data: dict[str, Any] = field(repr=False)

    def to_dict(self, *, text: bool = True) -> dict[str, Any]:
        """The content of ``report.json``; without ``text`` no piece of any text and no author's name is in it."""
        if text:
            return self.data
        data = {**self.data, "errors": [_bare(e) for e in self.data["errors"]], "slices": dict(self.data["slices"])}
        if "author" in data["slices"]:
            parts = data["slices"]["author"]
            data["slices"]["author"] = {f"author {i}": v for i, v in enumerate(parts.values(), 1)}
        return data

    def to_html(self, *, text: bool = True) -> str:
        """One self-contained page: no script, no link to elsewhere, plots as inline SVG."""
        from petition_nlp.evaluate.page import render

        return render(self.to_dict(text=text))

    def save(self, folder: str | Path, *, text: bool = True) -> Path:
        """Write ``report.json`` and ``report.html`` into a folder, made where it is missing.

        Raises:
            InputError: the folder cannot be written to.
        """
        folder = Path(folder)
        data = json.dumps(self.to_dict(text=text), ensure_ascii=False, indent=1, allow_nan=False)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in (("report.json", data + "\n"), ("report.html", self.to_html(text=text))):
                temporary = folder / f".{name}.tmp"
                # A lone surrogate of a broken text has no UTF-8 form.
                temporary.write_bytes(content.encode("utf-8", "replace"))
                os.replace(temporary, folder / name)  # noqa: PTH105
        except OSError as error:
            raise InputError(f"{folder}: the report cannot be written there: {error.strerror}") from error
        return folder


def evaluate(
    nlp: PetitionNLP,
    texts: Sequence[LabeledText],
    *,
    rounds: int = 500,
    errors_per_head: int = 20,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Measure a bundle on labelled texts. Heads that the texts do not label are skipped.

    Args:
        rounds: bootstrap resamples of each interval.
        errors_per_head: how many of the worst errors of each head to keep.
        progress: called with (texts done, texts in all).

    Raises:
        InputError: no text, or none with a label that the bundle knows.
    """
    texts = list(texts)
    judged = judge(nlp, texts, progress)
    labelled_entities = any(t.entities is not None for t in texts)
    if not judged.heads and not labelled_entities:
        raise InputError("nothing to measure: no text carries a label of a head that the bundle has, nor entities")
    figures = head_figures(texts, judged.documents, nlp.taxonomy, rounds=rounds)
    entities = entity_figures(texts, judged.documents, rounds=rounds)
    if "ALL" in entities:
        figures["entities_f1"] = entities["ALL"]
    data = {
        "format": FORMAT,
        "model": {**nlp.info.to_dict(), "manifest_sha256": sha256(nlp.bundle.path / MANIFEST)},
        "taxonomy": nlp.taxonomy.name or nlp.taxonomy.id,
        "texts": len(texts),
        "labelled": {name: len(part.rows) for name, part in judged.heads.items()},
        "not_labelled": [name for name in nlp.taxonomy.heads if name not in judged.heads],
        "figures": {name: figure.to_dict() for name, figure in figures.items()},
        "heads": {name: _head(part, rounds) for name, part in judged.heads.items()},
        "review": _review(judged),
        "entities": _entities(judged, entities),
        "slices": _slices(nlp, judged, rounds=min(rounds, 200)),
        "errors": worst_errors(nlp, judged, per_head=errors_per_head),
    }
    return Report(figures, _plain(data))


def _head(part: JudgedHead, rounds: int) -> dict[str, Any]:
    head, p = part.head, part.probabilities
    ratios = label_intervals(part.gold, part.said, rounds=rounds)
    labels = {}
    for i, label in enumerate(head.labels):
        curve, average = precision_recall(p[:, i], part.gold[:, i])
        entry: dict[str, Any] = {"name": label.name, "name_en": label.name_en}
        for name, (value, low, high) in ((k, v[:, i]) for k, v in ratios.items()):
            entry[name] = Figure(float(value), float(low), float(high), len(part.rows)).to_dict()
        entry |= {"gold": int(part.gold[:, i].sum()), "predicted": int(part.said[:, i].sum())}
        entry |= {"average_precision": average, "curve": curve}
        labels[label.id] = entry
    out: dict[str, Any] = {
        "title": head.title,
        "title_en": head.title_en,
        "kind": head.kind,
        "texts": len(part.rows),
        "labels": labels,
        "exact": bootstrap(lambda rows: float(part.right[rows].mean()), len(part.rows), rounds=rounds).to_dict(),
        "calibration": _calibration(part),
        "coverage": coverage_accuracy(part.confidence, part.right),
    }
    if head.kind != "multi":
        said = np.where(part.said.any(axis=1), part.said.argmax(axis=1), len(head.ids))
        table = np.zeros((len(head.ids), len(head.ids) + 1), dtype=int)
        np.add.at(table, (part.gold.argmax(axis=1), said), 1)
        out["confusion"] = table.tolist()  # the last column: nothing said, the text not taken for a petition
    return out


def _calibration(part: JudgedHead) -> dict[str, Any]:
    """Multi heads: the probability of every label; others: of the most probable one (Guo et al. 2017)."""
    if part.head.kind == "multi":
        p, y = part.probabilities.ravel(), part.gold.ravel()
    else:
        best = part.probabilities.argmax(axis=1)
        rows = np.arange(len(best))
        p, y = part.probabilities[rows, best], part.gold[rows, best]
    return {"ece": round(expected_calibration_error(p, y), 4), "bins": reliability(p, y)}


def _review(judged: Judged) -> dict[str, Any]:
    """The rule for review as it stands: what share needs none, and what share of that is right, per head."""
    passed = np.array([not d.needs_review for d in judged.documents], dtype=bool)
    reasons: dict[str, int] = {}
    for document in judged.documents:
        for reason in document.review_reasons:
            reasons[reason] = reasons.get(reason, 0) + 1
    heads = {}
    for name, part in judged.heads.items():
        through = passed[part.rows]
        heads[name] = {
            "coverage": float(through.mean()),
            "accuracy": float(part.right[through].mean()) if through.any() else float("nan"),
            "accuracy_of_all": float(part.right.mean()),
        }
    return {"coverage": float(passed.mean()) if len(passed) else float("nan"), "reasons": reasons, "heads": heads}


def _entities(judged: Judged, figures: dict[str, Figure]) -> dict[str, Any]:
    _, counts = entity_counts(judged.gold, judged.documents)
    out = {}
    for kind, figure in figures.items():
        table = np.sum(list(counts.values()), axis=0) if kind == "ALL" else counts[kind]
        right, wrong, missed = (int(x) for x in table.sum(axis=0))
        out[kind] = {
            "precision": right / (right + wrong) if right + wrong else 1.0,
            "recall": right / (right + missed) if right + missed else 1.0,
            "f1": figure.to_dict(),
            "gold": right + missed,
            "predicted": right + wrong,
        }
    return out


def _slices(nlp: PetitionNLP, judged: Judged, *, rounds: int) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for dimension, parts in slice_rows(judged.gold, judged.documents).items():
        for value, rows in parts.items():
            gold, documents = [judged.gold[i] for i in rows], [judged.documents[i] for i in rows]
            figures = head_figures(gold, documents, nlp.taxonomy, rounds=rounds)
            entities = entity_figures(gold, documents, rounds=rounds)
            if "ALL" in entities:
                figures["entities_f1"] = entities["ALL"]
            out.setdefault(dimension, {})[value] = {
                "texts": len(rows),
                "review": float(np.mean([d.needs_review for d in documents])),
                "figures": {k: f.to_dict() for k, f in figures.items()},
            }
    return out


def _bare(error: dict[str, Any]) -> dict[str, Any]:
    evidence = [{k: v for k, v in e.items() if k != "text"} for e in error["evidence"]]
    return {**{k: v for k, v in error.items() if k != "text"}, "evidence": evidence}


def _plain(value: Any) -> Any:
    """Only what JSON knows; NaN, which it does not, becomes None."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value
