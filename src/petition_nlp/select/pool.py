"""Reads a pool of unlabelled texts, chooses among them, and writes them for the annotator."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petition_nlp.corpus import COLUMN_NAMES, guess_columns
from petition_nlp.corpus.duplicates import THRESHOLD, compact, sign
from petition_nlp.errors import InputError
from petition_nlp.io import BadRow, guess_format, open_rows, write_csv, write_parquet, write_xlsx
from petition_nlp.pipeline import PetitionNLP
from petition_nlp.select.choose import Strategy, choose
from petition_nlp.select.score import project, scores
from petition_nlp.taxonomy import Head
from petition_nlp.text import normalize
from petition_nlp.types import Document

F64 = NDArray[np.float64]
U32 = NDArray[np.uint32]
Progress = Callable[[str, int, int], None]
_BATCH = 256
_CANDIDATES = 10  # times n: among so many of the best by score the diverse ones are sought
NONE = "无"
_SEPARATOR = re.compile(r"[、,;|，；]")


@dataclass(slots=True)
class Selection:
    """A chosen text with the model's suggestion.

    Attributes:
        row: its number in the pool, from 0.
        score: uncertainty × rarity. reason: the head that adds most to it.
        meta: the other fields of its record.
    """

    row: int
    id: str
    document: Document
    score: float
    reason: str
    meta: dict[str, Any] = field(default_factory=dict)


def read_pool(
    path: str | Path, *, text_field: str | None = None, id_field: str | None = None, format: str | None = None
) -> list[tuple[str, str, dict[str, Any]]]:
    """(id, text, other fields) of every record that has a text; bad rows and empty texts are passed over.

    Raises:
        InputError: the file cannot be read, names no text column, or holds no text.
    """
    out = []
    mapping: dict[str, str] = {}
    for row in open_rows(path, format):
        if isinstance(row, BadRow):
            continue
        if not mapping:
            given = {k: v for k, v in (("text", text_field), ("id", id_field)) if v}
            mapping = {**guess_columns(map(str, row.fields)), **given}
            if mapping.get("text") not in row.fields:
                raise InputError(f"{row.where}: no text column; name it with --text-field: {', '.join(row.fields)}")
        text = row.fields.get(mapping["text"])
        ident = row.fields.get(mapping.get("id", ""))
        if isinstance(text, str) and text.strip():
            taken = (mapping["text"], mapping.get("id"))
            meta = {k: v for k, v in row.fields.items() if k not in taken}
            out.append((str(row.number) if ident in (None, "") else str(ident), text, meta))
    if not out:
        raise InputError(f"{path}: holds no text")
    return out


def select(
    nlp: PetitionNLP,
    pool: Sequence[str],
    n: int,
    *,
    labelled: Sequence[str] = (),
    heads: Sequence[str] = (),
    strategy: Strategy | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> list[Selection]:
    """Choose the texts of a pool that are most worth labelling, best first.

    A text is worth its mean over the heads of uncertainty × rarity (:mod:`petition_nlp.select.score`), times its
    distance to what is chosen or labelled (:mod:`petition_nlp.select.choose`). A text that is a near duplicate of a
    labelled or chosen one (estimated Jaccard similarity of character 3-grams of at least 0.7) is never taken.

    Args:
        labelled: texts that have labels already.
        heads: which heads count; default: all of the bundle's.
        progress: called with (stage, texts done, texts in all).

    Raises:
        InputError: n is below 1, or a head is not the bundle's.
    """
    strategy = strategy or Strategy()
    if n < 1:
        raise InputError(f"n={n}: at least 1 text can be chosen")
    for name in heads:
        if name not in nlp.heads:
            raise InputError(f"head {name!r}: the bundle has {', '.join(nlp.heads)}")
    counted = [name for name in nlp.heads if not heads or name in heads]
    normal, probabilities = _probabilities(nlp, pool, progress)
    asked = {}
    for name in counted:
        only_for = nlp.taxonomy.heads[name].only_for
        if only_for and "doc_type" in probabilities:
            types = nlp.taxonomy.heads["doc_type"]
            asked[name] = probabilities["doc_type"][:, [types.index(t) for t in only_for]].sum(axis=1)
    score, parts = scores(
        nlp.heads,
        {name: probabilities[name] for name in counted},
        asked,
        by_uncertainty=strategy.uncertainty,
        by_rarity=strategy.rarity,
    )
    old = [normalize(t).text for t in labelled]
    # Duplicates are passed over, so more candidates than this are looked at where many fall out.
    chosen: list[int] = []
    width = min(len(pool), max(_CANDIDATES * n, 1000))
    while True:
        candidates = np.argsort(-score, kind="stable")[:width]
        vectors = project(nlp.engine.featurize, [normal[i] for i in candidates]) if strategy.diversity else None
        known = project(nlp.engine.featurize, old) if strategy.diversity and old else None
        fresh = _Fresh(labelled, [pool[i] for i in candidates])
        chosen = [int(candidates[i]) for i in choose(score[candidates], vectors, known, n, allowed=fresh)]
        if len(chosen) >= n or width == len(pool):
            break
        width = min(len(pool), 2 * width)
    progress("choose", len(chosen), n)
    documents = nlp.pipe([pool[i] for i in chosen], evidence=False)
    return [
        Selection(i, str(i + 1), d, float(score[i]), max(parts, key=lambda h: parts[h][i]))
        for i, d in zip(chosen, documents, strict=True)
    ]


def _probabilities(nlp: PetitionNLP, pool: Sequence[str], progress: Progress) -> tuple[list[str], dict[str, F64]]:
    normal: list[str] = []
    parts: dict[str, list[F64]] = {}
    for start in range(0, len(pool), _BATCH):
        batch = [normalize(t).text for t in pool[start : start + _BATCH]]
        normal += batch
        for name, p in nlp.probabilities(batch).items():
            parts.setdefault(name, []).append(p)
        progress("score", len(normal), len(pool))
    return normal, {name: np.concatenate(p) for name, p in parts.items()}


class _Fresh:
    """Tells of a candidate whether it is like nothing labelled or taken before; if so, it counts as taken.

    Every pair is compared, by MinHash signatures: the banding of :func:`find_duplicates` would miss some.
    """

    def __init__(self, labelled: Sequence[str], candidates: Sequence[str]) -> None:
        self._plain = [compact(t) for t in candidates]
        old = [compact(t) for t in labelled]
        self._equal = set(old)
        long = [t for t in old if len(t) >= 3]
        self._signatures = _sign(long)
        self._taken: list[U32] = []

    def __call__(self, i: int) -> bool:
        plain = self._plain[i]
        if not plain or plain in self._equal:
            return False
        if len(plain) >= 3:
            mine = _sign([plain])
            for table in (self._signatures, np.array(self._taken, dtype=np.uint32).reshape(-1, mine.shape[1])):
                if len(table) and (table == mine).mean(axis=1).max() >= THRESHOLD:
                    return False
            self._taken.append(mine[0])
        self._equal.add(plain)
        return True


def _sign(texts: Sequence[str]) -> U32:
    parts = [sign(texts[i : i + _BATCH]) for i in range(0, len(texts), _BATCH)]
    return np.concatenate(parts) if parts else np.empty((0, 0), dtype=np.uint32)


def write_selection(nlp: PetitionNLP, chosen: Sequence[Selection], path: str | Path) -> int:
    """Write chosen texts with suggestions filled in, to be corrected and read back by ``read_labeled``.

    In tables labels stand by name, several parted by 、 and none as 无; JSONL holds ids and entities too.

    Returns:
        the number of cells that Excel has no room for; they end in a mark that says so.

    Raises:
        InputError: the format cannot be written, or the place cannot.
    """
    path = Path(path)
    format = guess_format(path)
    if format not in ("jsonl", "csv", "xlsx", "parquet"):
        raise InputError(f"{path}: cannot write {format}; use xlsx, csv, jsonl or parquet")
    reserved = {n for names in COLUMN_NAMES.values() for n in names} | set(nlp.taxonomy.heads)
    rows = [_record(nlp, s, reserved, format) for s in chosen]
    temporary = path.with_name(f".{path.name}.tmp{path.suffix}")
    try:
        return _write(rows, ["id", "text", *nlp.heads], format, path, temporary)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _write(rows: list[dict[str, Any]], first: list[str], format: str, path: Path, temporary: Path) -> int:
    cut = 0
    columns = list(dict.fromkeys([*first, *(c for row in rows for c in row)]))
    if format == "xlsx":
        cut = write_xlsx(temporary, columns, rows)
    elif format == "csv":
        write_csv(temporary, columns, rows)
    elif format == "parquet":
        write_parquet(temporary, columns, rows)
    else:
        temporary.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    temporary.replace(path)
    return cut


def _record(nlp: PetitionNLP, s: Selection, reserved: set[str], format: str) -> dict[str, Any]:
    names = format != "jsonl"
    out: dict[str, Any] = {"id": s.id, "text": s.document.text}
    for name, head in nlp.taxonomy.heads.items():
        if name not in nlp.heads:
            continue
        if name == "severity":
            level = s.document.severity
            by_name = format in ("xlsx", "csv")  # the column is one of numbers elsewhere
            out[name] = None if level is None else _name(head, level.id) if by_name else level.level
            continue
        value = getattr(s.document, name)
        if isinstance(value, list):
            shown = [_name(head, label.id) if names else label.id for label in value]
            if head.kind == "multi":
                out[name] = ("、".join(shown) or NONE) if names else shown
            else:
                out[name] = shown[0] if shown else None
        else:
            out[name] = None if value is None else _name(head, value.id) if names else value.id
    if not names:
        out["entities"] = [[e.type, e.start, e.end] for e in s.document.entities]
    out["select_score"] = round(s.score, 4)
    out["select_reason"] = s.reason
    return out | {k: v for k, v in _plain(s.meta).items() if k not in reserved and k not in out}


def _name(head: Head, ident: str) -> str:
    """What a table shows for a label: its name, or its id where the name would be read back as something else."""
    label = head.labels[head.index(ident)]
    return label.name if head.find(label.name) is label and not _SEPARATOR.search(label.name) else ident


def _plain(meta: Mapping[str, Any]) -> dict[str, Any]:
    kinds = (str, int, float, bool, list, dict, type(None))
    return {k: v if isinstance(v, kinds) else str(v) for k, v in meta.items()}
