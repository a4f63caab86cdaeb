"""Training. Needs the ``train`` extra; nothing here is imported to classify."""

from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.linear import Trained, save_trained, train_linear

__all__ = ["Trained", "TrainingConfig", "save_trained", "train_linear"]
