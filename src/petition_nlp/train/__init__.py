"""Training. Needs the ``train`` extra; nothing here is imported to classify."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.linear import Trained, save_trained, train_linear

if TYPE_CHECKING:
    from petition_nlp.train.estimator import PetitionClassifier
    from petition_nlp.train.trainer import Trainer

__all__ = ["PetitionClassifier", "Trained", "Trainer", "TrainingConfig", "save_trained", "train_linear"]

_HOME = {"PetitionClassifier": "estimator", "Trainer": "trainer"}


def __getattr__(name: str) -> Any:
    if name in _HOME:  # they import scikit-learn and the pipeline, which the rest does without
        return getattr(import_module(f"petition_nlp.train.{_HOME[name]}"), name)
    raise AttributeError(f"module 'petition_nlp.train' has no attribute {name!r}")
