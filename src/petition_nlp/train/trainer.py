"""The one face of training: from nothing or from a base bundle, with stages kept on disk, and the bundle written."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import petition_nlp
from petition_nlp.bundle import BundleFiles
from petition_nlp.corpus import LabeledText
from petition_nlp.errors import InputError
from petition_nlp.pipeline import PetitionNLP
from petition_nlp.taxonomy import Taxonomy, default_taxonomy
from petition_nlp.train.adapt import adapt_linear
from petition_nlp.train.checkpoint import Stages
from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.linear import WRITTEN, WRITTEN_KEYS, Carried, Trained, silent, train_linear
from petition_nlp.train.matrix import Progress

ENGINES = ("linear", "transformer")


class Trainer:
    """Trains a bundle.

    Args:
        config: settings; of a base only the seed, folds and penalties are taken from it, never what is hashed.
        base: bundle folder or loaded pipeline to train further (``"default"``: the shipped one); None: from nothing.
        taxonomy: None: the base's, or the shipped one.
        engine: ``linear``.
        work: folder that keeps finished stages, so that an interrupted training goes on, until :meth:`done` removes it;
            None: nothing is kept.
        progress: told stage, steps done and steps in all.

    Raises:
        InputError: the engine is not there.
        BundleError: the base cannot be read.
    """

    def __init__(
        self,
        config: TrainingConfig | None = None,
        *,
        base: PetitionNLP | str | Path | None = None,
        taxonomy: Taxonomy | None = None,
        engine: str = "linear",
        work: str | Path | None = None,
        progress: Progress = silent,
    ) -> None:
        if engine not in ENGINES:
            raise InputError(f"unknown engine {engine!r}; the engines are {', '.join(ENGINES)}")
        if engine == "transformer":
            raise InputError("the transformer engine cannot be trained yet; use --engine linear")
        self.config = config or TrainingConfig()
        self.base = petition_nlp.load(base) if isinstance(base, (str, Path)) else base
        self.taxonomy = taxonomy or (self.base.taxonomy if self.base else default_taxonomy())
        self.progress = progress
        self.work = Path(work) if work is not None else None
        self.resumed = 0
        """Finished stages that :meth:`fit` found."""

    def fit(self, texts: Iterable[LabeledText]) -> Trained:
        """Train on labelled texts.

        Raises:
            InputError: too few texts, or nothing to learn in them.
        """
        texts = list(texts)
        stages = None
        if self.work is not None:
            stages = Stages(self.work, self._key(texts))
            self.resumed = stages.found
        if self.base is None:
            trained = train_linear(texts, self.taxonomy, self.config, progress=self.progress, stages=stages)
            # Entities do not hang on the taxonomy: the shipped tagger finds them for any.
            trained.carried = _carried(petition_nlp.load().bundle)
        else:
            trained = adapt_linear(texts, self.base, self.taxonomy, self.config, progress=self.progress, stages=stages)
            trained.carried = _carried(self.base.bundle)
            trained.data["base"] = {
                "name": self.base.info.name,
                "version": self.base.info.version,
                "fingerprint": self.base.bundle.manifest["training"]["data"]["fingerprint"],
                "kept_heads": [n for n in trained.heads if n not in trained.data["labels"]] + trained.left,
            }
        return trained

    def done(self) -> None:
        """Remove the stages; call it when the bundle is written."""
        if self.work is not None and self.work.is_dir():
            shutil.rmtree(self.work, ignore_errors=True)

    def _key(self, texts: Sequence[LabeledText]) -> str:
        """What decides the stages: texts with labels in their order, settings, taxonomy, base and library version."""
        digest = hashlib.sha256()
        for item in texts:
            line = json.dumps([item.text, item.labels], ensure_ascii=True, sort_keys=True)
            digest.update(line.encode() + b"\n")
        base = self.base.bundle.manifest["files"] if self.base else {}
        parts = [self.config.to_dict(), self.taxonomy.sha256, base, petition_nlp.__version__]
        digest.update(json.dumps(parts, sort_keys=True).encode())
        return digest.hexdigest()


def _carried(bundle: BundleFiles) -> Carried:
    """What else a bundle holds, e.g. a tagger."""
    files = {name: bundle.file(name) for name in bundle.manifest["files"] if name not in WRITTEN}
    return Carried(files, {k: v for k, v in bundle.manifest.items() if k not in WRITTEN_KEYS})
