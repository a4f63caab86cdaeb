"""Parts of the data that a model may be worse on: by length, source, author, month, and noise in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from petition_nlp.corpus import LabeledText
from petition_nlp.types import Document

LENGTH_BANDS = ((0, 50), (51, 150), (151, 400), (401, 1000), (1001, None))
# Fields of the records that name where a text came from, who labelled or wrote it, and when.
FIELDS = {
    "source": ("source", "src", "来源", "信访渠道", "渠道"),
    "author": ("author", "annotator", "标注人", "标注员"),
    "month": ("month", "date", "time", "created", "月份", "日期", "时间", "来信日期", "受理时间"),
}
# What the normaliser's notes say of the noise in a text.
NOISE = {
    "traditional": ("traditional",),
    "ocr": ("linebreaks_joined", "spaces_removed"),
    "html": ("html_removed", "navigation_removed", "markup_discarded"),
    "glosses": ("glosses_removed",),
}
MAX_VALUES = 12
MIN_TEXTS = 5
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?!\d)")


def slice_rows(gold: Sequence[LabeledText], documents: Sequence[Document]) -> dict[str, dict[str, list[int]]]:
    """Which texts belong to which slice: dimension -> value -> text numbers.

    Values with fewer than ``MIN_TEXTS`` texts are left out, as are dimensions of a single value; of a field the
    ``MAX_VALUES`` most frequent values are kept. A text may stand in several noise slices.
    """
    out: dict[str, dict[str, list[int]]] = {"length": {}, **{f: {} for f in FIELDS}, "noise": {}}
    for i, (item, document) in enumerate(zip(gold, documents, strict=True)):
        for dimension, value in _values(item, document):
            out[dimension].setdefault(value, []).append(i)
    kept = {}
    for dimension, parts in out.items():
        frequent = {k: v for k, v in parts.items() if len(v) >= MIN_TEXTS}
        if dimension in FIELDS:
            most = sorted(frequent, key=lambda k: -len(frequent[k]))[:MAX_VALUES]
            frequent = {k: frequent[k] for k in sorted(most)}
        elif dimension == "length":
            order = [band_name(*band) for band in LENGTH_BANDS]
            frequent = {k: frequent[k] for k in order if k in frequent}
        if len(frequent) > 1:
            kept[dimension] = frequent
    return kept


def _values(item: LabeledText, document: Document) -> Iterator[tuple[str, str]]:
    for low, high in LENGTH_BANDS:
        if low <= len(item.text) <= (high or len(item.text)):
            yield "length", band_name(low, high)
    for dimension, names in FIELDS.items():
        value = next((item.meta[n] for n in names if item.meta.get(n) not in (None, "")), None)
        if value is not None:
            shown = _month(value) if dimension == "month" else str(value)[:40]
            if shown:
                yield dimension, shown
    noise = [name for name, notes in NOISE.items() if any(n in document.notes for n in notes)]
    for name in noise or ["clean"]:
        yield "noise", name


def band_name(low: int, high: int | None) -> str:
    """How a length band is named: ``51-150``, ``1001+``; characters."""
    return f"{low}+" if high is None else f"{low}-{high}"


def _month(value: Any) -> str | None:
    found = _MONTH.search(str(value))
    return f"{found[1]}-{int(found[2]):02d}" if found and 1 <= int(found[2]) <= 12 else None
