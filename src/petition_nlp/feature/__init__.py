"""Turning a normalised text into features of the linear engine."""

from petition_nlp.feature.lexicon import Lexicon, default_lexicon, parse_lexicon
from petition_nlp.feature.ngram import HashedNgrams, NgramConfig

__all__ = ["HashedNgrams", "Lexicon", "NgramConfig", "default_lexicon", "parse_lexicon"]
