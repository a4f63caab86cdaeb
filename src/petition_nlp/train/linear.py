"""Trains the linear engine with its calibration, and writes the bundle."""

from __future__ import annotations

import hashlib
import json
import platform
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from petition_nlp.train.checkpoint import NoStages, Stages
from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.figures import Group, HeadFigure, card_figures, group_figures
from petition_nlp.train.matrix import Progress, feature_matrix, learn_space
from petition_nlp.train.memory import (
    MEMORY,
    REPLAY,
    Memory,
    head_truth,
    label_table,
    pack_replay,
    text_digest,
)
from petition_nlp.train.solve import build_columns, fit_columns
from petition_nlp.train.stack import calibrate_head, choose_review

WRITTEN = ("linear.safetensors", "lexicon.json", "taxonomy.yaml", "MODEL_CARD.md", MEMORY, REPLAY)
"""Files that :func:`save_trained` writes; others of a base are carried over."""
WRITTEN_KEYS = (
    "format",
    "files",
    "name",
    "version",
    "engine",
    "created",
    "taxonomy",
    "linear",
    "heads",
    "review",
    "training",
    "metrics",
    "libraries",
)
"""Keys of the manifest that :func:`save_trained` writes."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a bundle holds beside what is trained here, e.g. a tagger: file name -> file, and keys of the manifest."""

    files: dict[str, Path] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)


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
    memory: Memory
    replay: list[LabeledText] = field(default_factory=list)
    """Texts to carry in the bundle; nobody's but those that may be shown to whoever gets the bundle."""
    figures: dict[str, HeadFigure] = field(default_factory=dict)
    """Figures on held-out folds, see :func:`petition_nlp.train.figures.group_figures`."""
    left: list[str] = field(default_factory=list)
    """Heads that the data labels and that stayed as in the base, since the new ones were not clearly better."""
    carried: Carried = field(default_factory=Carried)

    def save(
        self, path: str | Path, *, name: str | None = None, version: str = "1", sources: Sequence[str] = ()
    ) -> Path:
        """Write the bundle folder, whole or not at all, with a model card of the training's own figures.

        Args:
            name: of the model; None: the folder's.
            sources: a line on each source of the data, for card and manifest.
        """
        from petition_nlp.train.card import model_card  # the card reads this module's types

        name = name or Path(path).name
        figures = card_figures(self.figures)
        card = model_card(self, name=name, version=version, sources=sources, figures=figures)
        metrics = {kind: {k: v.to_dict() for k, v in table.items()} for kind, table in figures.items()}
        return save_trained(
            self,
            path,
            name=name,
            version=version,
            card=card,
            sources=sources,
            metrics=metrics,
            extra_copies=self.carried.files,
            extra_manifest=self.carried.manifest,
        )


def silent(stage: str, done: int, total: int) -> None:
    """A progress callback that says nothing."""


def train_linear(
    texts: Sequence[LabeledText],
    taxonomy: Taxonomy,
    config: TrainingConfig | None = None,
    *,
    lexicon: Lexicon | None = None,
    progress: Progress = silent,
    stages: Stages | NoStages | None = None,
) -> Trained:
    """Train all heads that the data labels, from nothing.

    Args:
        stages: where finished parts are kept, so that an interrupted run goes on.

    Raises:
        InputError: too few texts, or no head with at least two labels in the data.
    """
    config = config or TrainingConfig()
    texts = list(texts)
    if len(texts) < 2 * config.folds:
        raise InputError(f"{len(texts)} labelled texts are too few to train and hold out {config.folds} folds")
    normal = normalize_all(texts, progress)
    columns = build_columns(texts, taxonomy)
    if not any(c.learnable for c in columns):
        raise InputError("no label stands on at least two texts and is missing from two; there is nothing to learn")
    space = learn_space(normal, config, lexicon or default_lexicon())
    matrix = feature_matrix(normal, space)
    weights, bias, logits = fit_columns(matrix, columns, config, progress, stages=stages)
    engine = LinearEngine(space, [(c.head, c.label) for c in columns], weights, bias)
    labels = {name: label_table(texts, head) for name, head in taxonomy.heads.items()}
    labels = {name: table for name, table in labels.items() if (table >= 0).any()}
    own = {name: [j for j, c in enumerate(columns) if c.head == name] for name in labels}
    heads, held_out = calibrate_heads(taxonomy, logits, labels, own, config, progress)
    review = review_policy(taxonomy, heads, held_out, labels, config)
    digests = np.array([text_digest(t) for t in normal], dtype=np.uint64)
    memory = Memory(digests, logits.astype(np.float32), labels)
    trained = Trained(engine, heads, review, taxonomy, config, describe(texts, taxonomy), held_out, memory)
    trained.figures = group_figures(
        [
            Group("new", taxonomy.heads[name], table[table[:, 0] >= 0] > 0, heads[name].chosen(held_out[name]))
            for name, table in labels.items()
        ]
    )
    return trained


def normalize_all(texts: Sequence[LabeledText], progress: Progress) -> list[str]:
    """What the engine reads of each text."""
    out: list[str] = []
    for i, item in enumerate(texts, 1):
        out.append(normalize(item.text).text)
        if i % 500 == 0 or i == len(texts):
            progress("normalise", i, len(texts))
    return out


def calibrate_heads(
    taxonomy: Taxonomy,
    logits: NDArray[np.float64],
    labels: Mapping[str, NDArray[np.int8]],
    own: Mapping[str, list[int]],
    config: TrainingConfig,
    progress: Progress,
) -> tuple[dict[str, HeadCalibration], dict[str, NDArray[np.float64]]]:
    """Calibrations of heads on held-out logits, and probabilities of their labelled texts from calibrations that did
    not see the text.

    Args:
        logits: (texts, columns). labels: head -> label table of the same texts. own: head -> its columns.
    """
    heads: dict[str, HeadCalibration] = {}
    held_out: dict[str, NDArray[np.float64]] = {}
    for name, table in labels.items():
        head, rows = taxonomy.heads[name], table[:, 0] >= 0
        heads[name], held_out[name] = calibrate_head(
            head, logits[rows], head_truth(head, table[rows]), own[name], config
        )
        progress("calibrate", len(heads), len(labels))
    return heads, held_out


def review_policy(
    taxonomy: Taxonomy,
    heads: Mapping[str, HeadCalibration],
    held_out: Mapping[str, NDArray[np.float64]],
    labels: Mapping[str, NDArray[np.int8]],
    config: TrainingConfig,
) -> ReviewPolicy:
    """The limits for review, from the domains' held-out probabilities."""
    if "domains" not in heads:
        return choose_review(None, None, None, config)
    table = labels["domains"]
    truth = head_truth(taxonomy.heads["domains"], table[table[:, 0] >= 0])
    return choose_review(heads["domains"], held_out["domains"], truth, config)


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
    """Write a bundle folder (atomically) from a training's result.

    Args:
        extra_copies, extra_manifest: what else the bundle holds, e.g. a tagger's files.
    """
    copies = dict(extra_copies or {})
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
    with tempfile.TemporaryDirectory() as scratch:
        if trained.replay:
            copies[REPLAY] = Path(scratch) / REPLAY
            copies[REPLAY].write_bytes(pack_replay(trained.replay, trained.taxonomy))
        return write_bundle(
            path,
            manifest,
            texts={
                "taxonomy.yaml": trained.taxonomy.source,
                "lexicon.json": json.dumps(trained.engine.space.lexicon.to_dict(), ensure_ascii=False, indent=0),
                "MODEL_CARD.md": card,
            },
            tensors={
                "linear.safetensors": trained.engine.to_tensors(),
                MEMORY: trained.memory.to_tensors(trained.config.seed),
            },
            copies=copies,
        )
