"""Values by grammar."""

from .base import Context, Match, Recognizer
from .find import default_recognizers, find_all

__all__ = ["Context", "Match", "Recognizer", "default_recognizers", "find_all"]
