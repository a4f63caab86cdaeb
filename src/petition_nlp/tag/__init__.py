"""The learned entity tagger: characters in, typed spans out. ``network`` and ``export`` are for training only."""

from petition_nlp.tag.runtime import TaggerRuntime, windows
from petition_nlp.tag.tags import decode, encode_spans, is_legal, read_spans
from petition_nlp.tag.vocab import CharVocab

__all__ = ["CharVocab", "TaggerRuntime", "decode", "encode_spans", "is_legal", "read_spans", "windows"]
