"""Engines turn normalised texts into logits, one column per label (one per ordinal head)."""

from petition_nlp.engine.linear import FeatureSpace, Featurizer, LinearEngine

__all__ = ["FeatureSpace", "Featurizer", "LinearEngine"]
