"""Normalisation: a copy of the text that models read, with a map back to every character as it was sent."""

from .normalizer import Normalizer, normalize
from .offsets import NormalizedText
from .tables import fold_char

__all__ = ["NormalizedText", "Normalizer", "fold_char", "normalize"]
