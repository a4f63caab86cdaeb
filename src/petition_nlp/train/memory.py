"""What a bundle carries so that it can be trained further without forgetting.

Two files. ``memory.safetensors``: for each text the model learnt from, its held-out logits, its labels and a digest,
but not the text, so that calibration and thresholds can be fitted anew although the texts themselves may not travel.
``replay.jsonl.xz``: labelled texts that may travel (those written for this project), which are shown to the model
again beside the new ones.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petition_nlp.bundle import BundleFiles
from petition_nlp.corpus import LabeledText, parse_labeled
from petition_nlp.errors import BundleError
from petition_nlp.taxonomy import Head, Taxonomy

MEMORY, REPLAY = "memory.safetensors", "replay.jsonl.xz"
MAX_ROWS = 20_000  # enough to calibrate on; 26 columns of them take 1 MB


def text_digest(normalized: str) -> int:
    """64 bits that tell whether two normalised texts are equal."""
    return int.from_bytes(hashlib.blake2b(normalized.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def label_table(texts: Sequence[LabeledText], head: Head) -> NDArray[np.int8]:
    """Labels of a head as 0/1, shape (texts, labels); a row of -1 is not labelled."""
    out = np.full((len(texts), len(head.ids)), -1, dtype=np.int8)
    for i, item in enumerate(texts):
        given = item.labels.get(head.name)
        if given is not None:
            out[i] = [ident in given for ident in head.ids]
    return out


def head_truth(head: Head, table: NDArray[np.int8]) -> NDArray[np.float64]:
    """What calibration fits: a multi head's 0/1 table, else the number of the label. The rows must be labelled."""
    return np.asarray(table if head.kind == "multi" else table.argmax(axis=1), dtype=np.float64)


@dataclass(slots=True)
class Memory:
    """Traces of training texts.

    Attributes:
        digests: uint64 of shape (n,), see :func:`text_digest`.
        logits: (n, columns), from models that did not see the text.
        labels: head -> table as of :func:`label_table`.
    """

    digests: NDArray[np.uint64]
    logits: NDArray[np.float32]
    labels: dict[str, NDArray[np.int8]]

    def to_tensors(self, seed: int = 0) -> dict[str, NDArray[Any]]:
        """Arrays for a bundle, of at most :data:`MAX_ROWS` texts drawn by ``seed``; logits as float16."""
        keep = np.arange(len(self.digests))
        if len(keep) > MAX_ROWS:
            keep = np.sort(np.random.default_rng(seed).choice(keep, MAX_ROWS, replace=False))
        tables = {f"labels.{name}": table[keep] for name, table in self.labels.items()}
        return {"digests": self.digests[keep], "logits": self.logits[keep].astype(np.float16), **tables}


def read_memory(bundle: BundleFiles) -> Memory | None:
    """A bundle's memory; None when it carries none.

    Raises:
        BundleError: it does not fit the bundle's columns and labels.
    """
    if not bundle.has(MEMORY):
        return None
    tensors = bundle.read_tensors(MEMORY)
    manifest = bundle.manifest
    labels = {k.removeprefix("labels."): v.astype(np.int8) for k, v in tensors.items() if k.startswith("labels.")}
    n, m = len(tensors["digests"]), len(manifest["linear"]["columns"])
    fits = tensors["logits"].shape == (n, m) and all(
        name in manifest["heads"] and table.shape == (n, len(manifest["heads"][name]["labels"]))
        for name, table in labels.items()
    )
    if not fits:
        raise BundleError(f"{bundle.path / MEMORY}: does not fit the manifest's columns and labels")
    return Memory(tensors["digests"].astype(np.uint64), tensors["logits"].astype(np.float32), labels)


def pack_replay(texts: Iterable[LabeledText], taxonomy: Taxonomy) -> bytes:
    """The file's content: labelled JSONL without entities and other fields, compressed."""
    lines = (
        json.dumps(LabeledText(t.id, t.text, t.labels).to_dict(taxonomy), ensure_ascii=False, separators=(",", ":"))
        for t in texts
    )
    return lzma.compress("".join(f"{line}\n" for line in lines).encode("utf-8"), preset=9 | lzma.PRESET_EXTREME)


def read_replay(bundle: BundleFiles, taxonomy: Taxonomy) -> list[LabeledText]:
    """A bundle's replay texts; empty when it carries none.

    Args:
        taxonomy: the bundle's own.
    """
    if not bundle.has(REPLAY):
        return []
    try:
        lines = lzma.decompress(bundle.file(REPLAY).read_bytes()).decode("utf-8").splitlines()
        records = [json.loads(line) for line in lines]
    except (lzma.LZMAError, ValueError) as error:
        raise BundleError(f"{bundle.path / REPLAY}: cannot be read: {error}") from error
    where = str(bundle.path / REPLAY)
    return [
        parse_labeled(r, taxonomy, where=f"{where}:{i}", default_id=f"replay-{i}") for i, r in enumerate(records, 1)
    ]


def relabel(texts: Iterable[LabeledText], taxonomy: Taxonomy, heads: Iterable[str]) -> list[LabeledText]:
    """Texts labelled by an older taxonomy as the new one reads them, with the heads given only.

    A label that is no more is left out; where one is needed and none is left, the text is not labelled. Texts of a head
    of several labels count as *without* its new labels.
    """
    out = []
    for item in texts:
        labels = {}
        for name in heads:
            head = taxonomy.heads[name]
            kept = [x for x in item.labels.get(name, []) if x in head.ids]
            if name in item.labels and (kept or head.kind == "multi"):
                labels[name] = kept
        out.append(LabeledText(item.id, item.text, labels))
    return out
