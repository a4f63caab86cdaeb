"""All recognisers over one text, their overlaps settled."""

from __future__ import annotations

from collections.abc import Sequence

from .area import AreaRecognizer
from .base import Context, Match, Recognizer, merge
from .date import DateRecognizer
from .doc_ref import DocRefRecognizer
from .fold import fold
from .headcount import HeadcountRecognizer
from .id_number import IdNumberRecognizer
from .money import MoneyRecognizer
from .phone import PhoneRecognizer

_NO_CONTEXT = Context()


def default_recognizers() -> list[Recognizer]:
    """New recognisers of every value type, in order of precedence.

    The most specific grammar comes first: a year inside a title belongs to the title, digits of a phone or an account
    are no sum, the number of a date counts nobody, and what counts people is no money (20万人). A price per area
    (一亩950元) beats the area.
    """
    return [
        DocRefRecognizer(),
        IdNumberRecognizer(),
        PhoneRecognizer(),
        DateRecognizer(),
        HeadcountRecognizer(),
        MoneyRecognizer(),
        AreaRecognizer(),
    ]


_DEFAULT = default_recognizers()  # they hold no state


def find_all(text: str, context: Context | None = None, recognizers: Sequence[Recognizer] | None = None) -> list[Match]:
    """Every value in a text, sorted by position and without overlaps.

    Args:
        text: any string; normalised text is what the grammars are made for.
        context: what is known besides the text; default: nothing.
        recognizers: which to run, in order of precedence: of two matches that overlap the one of the earlier recogniser
            stays. Default: ``default_recognizers()``.

    Returns:
        Matches with offsets into ``text``. Never raises, whatever the text.
    """
    folded = fold(text)
    matches: list[Match] = []
    for recognizer in _DEFAULT if recognizers is None else recognizers:
        matches = merge(matches, recognizer.find(folded, context or _NO_CONTEXT))
    return matches
