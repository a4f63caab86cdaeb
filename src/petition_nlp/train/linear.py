"""Trains the linear engine with its calibration, and writes the bundle."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petition_nlp.bundle import write_bundle
from petition_nlp.calibrate import HeadCalibration, ReviewPolicy
from petition_nlp.corpus import LabeledText
from petition_nlp.engine import LinearEngine
from petition_nlp.errors import InputError
from petition_nlp.feature import Lexicon, default_lexicon
from petition_nlp.taxonomy import Taxonomy
from petition_nlp.text import normalize
from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.matrix import Progress, feature_matrix, learn_space
from petition_nlp.train.solve import Column, build_columns, fit_columns
from petition_nlp.train.stack import calibrate_head, choose_review


@dataclass(slots=True)
class Trained:
    """What a training gives: all that a bundle needs but its name."""

    engine: LinearEngine
    heads: dict[str, HeadCalibration]
    review: ReviewPolicy
    taxonomy: Taxonomy
    config: TrainingConfig
    data: dict[str, Any]
    held_out: dict[str, NDArray[np.float64]]
    """Probabilities of every labelled text of a head from models that did not see it, (texts of the head, labels)."""


def silent(stage: str, done: int, total: int) -> None:
    """A progress callback that says nothing."""


def train_linear(
    texts: Sequence[LabeledText],
    taxonomy: Taxonomy,
    config: TrainingConfig | None = None,
    *,
    lexicon: Lexicon | None = None,
    progress: Progress = silent,
) -> Trained:
    """Train all heads that the data labels.

    Raises:
        InputError: too few texts, or no head with at least two labels in the data.
    """
    config = config or TrainingConfig()
    texts = list(texts)
    if len(texts) < 2 * config.folds:
        raise InputError(f"{len(texts)} labelled texts are too few to train and hold out {config.folds} folds")
    normal: list[str] = []
    for i, item in enumerate(texts, 1):
        normal.append(normalize(item.text).text)
        if i % 500 == 0 or i == len(texts):
            progress("normalise", i, len(texts))
    columns = build_columns(texts, taxonomy)
    if not any(c.learnable for c in columns):
        raise InputError("no label stands on at least two texts and is missing from two; there is nothing to learn")
    space = learn_space(normal, config, lexicon or default_lexicon())
    matrix = feature_matrix(normal, space)
    weights, bias, logits = fit_columns(matrix, columns, config, progress)
    engine = LinearEngine(space, [(c.head, c.label) for c in columns], weights, bias)
    heads: dict[str, HeadCalibration] = {}
    held_out: dict[str, NDArray[np.float64]] = {}
    truths: dict[str, NDArray[np.float64]] = {}
    for name, head in taxonomy.heads.items():
        own = [j for j, c in enumerate(columns) if c.head == name]
        if not own:
            continue
        rows = columns[own[0]].rows
        truths[name] = _truth([columns[j] for j in own], head.kind)
        heads[name], held_out[name] = calibrate_head(head, logits[rows], truths[name], own, config)
        progress("calibrate", len(heads), len(taxonomy.heads))
    review = choose_review(heads.get("domains"), held_out.get("domains"), truths.get("domains"), config)
    return Trained(engine, heads, review, taxonomy, config, describe(texts, taxonomy), held_out)


def _truth(columns: list[Column], kind: str) -> NDArray[np.float64]:
    table = np.column_stack([c.truth for c in columns]).astype(np.float64)
    if kind == "multi":
        return table
    if kind == "single":
        return np.asarray(table.argmax(axis=1), dtype=np.float64)
    return np.asarray(table.sum(axis=1))


def describe(texts: Sequence[LabeledText], taxonomy: Taxonomy) -> dict[str, Any]:
    """Counts and fingerprint of training data; the fingerprint does not depend on the order."""
    counts: dict[str, dict[str, int]] = {}
    for name, head in taxonomy.heads.items():
        given = [t.labels[name] for t in texts if name in t.labels]
        if given:
            counts[name] = {i: sum(i in g for g in given) for i in head.ids} | {"(labelled texts)": len(given)}
    lines = sorted(
        hashlib.sha256(json.dumps([t.text, t.labels], ensure_ascii=True, sort_keys=True).encode()).hexdigest()
        for t in texts
    )
    return {
        "texts": len(texts),
        "characters": sum(len(t.text) for t in texts),
        "labels": counts,
        "fingerprint": hashlib.sha256("".join(lines).encode()).hexdigest(),
    }


def library_versions() -> dict[str, str]:
    """Versions of what the training ran with."""
    out = {"python": platform.python_version()}
    for name in ("petition-nlp", "numpy", "scipy", "scikit-learn", "opencc"):
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            continue
    return out


def save_trained(
    trained: Trained,
    path: str | Path,
    *,
    name: str,
    version: str,
    card: str,
    sources: Sequence[str] = (),
    metrics: dict[str, Any] | None = None,
    extra_copies: dict[str, Path] | None = None,
    extra_manifest: dict[str, Any] | None = None,
) -> Path:
    """Write a bundle folder (atomically) from a training's result."""
    manifest = {
        "name": name,
        "version": version,
        "engine": LinearEngine.name,
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "taxonomy": {
            "id": trained.taxonomy.id,
            "version": trained.taxonomy.version,
            "sha256": trained.taxonomy.sha256,
        },
        "linear": trained.engine.to_config(),
        "heads": {k: v.to_dict() for k, v in trained.heads.items()},
        "review": trained.review.to_dict(),
        "training": {"config": trained.config.to_dict(), "data": trained.data, "sources": list(sources)},
        "metrics": metrics or {},
        "libraries": library_versions(),
        **(extra_manifest or {}),
    }
    return write_bundle(
        path,
        manifest,
        texts={
            "taxonomy.yaml": trained.taxonomy.source,
            "lexicon.json": json.dumps(trained.engine.space.lexicon.to_dict(), ensure_ascii=False, indent=0),
            "MODEL_CARD.md": card,
        },
        tensors={"linear.safetensors": trained.engine.to_tensors()},
        copies=extra_copies or {},
    )
