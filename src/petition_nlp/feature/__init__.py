"""Turning a normalised text into features of the linear engine."""

from petition_nlp.feature.ngram import HashedNgrams, NgramConfig

__all__ = ["HashedNgrams", "NgramConfig"]
