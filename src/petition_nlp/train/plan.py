"""What becomes of each head when a base is trained further, and the texts it is trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from petition_nlp.corpus import LabeledText
from petition_nlp.errors import InputError
from petition_nlp.pipeline import PetitionNLP
from petition_nlp.taxonomy import Head, Taxonomy
from petition_nlp.text import normalize
from petition_nlp.train.linear import normalize_all
from petition_nlp.train.matrix import Progress
from petition_nlp.train.memory import read_replay, relabel, text_digest

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Plan:
    """Heads of the new taxonomy.

    Attributes:
        changed: those that the new texts label. untouched: taken over from the base.
        shared: changed heads that go on from the base's. common: all heads whose labels the base knows in part.
    """

    changed: tuple[str, ...]
    untouched: tuple[str, ...]
    shared: tuple[str, ...]
    common: tuple[str, ...]


def make_plan(texts: Sequence[LabeledText], base: PetitionNLP, taxonomy: Taxonomy) -> Plan:
    """Tell what becomes of each head.

    Raises:
        InputError: a head that the base cannot answer and that no text labels.
    """
    changed, untouched, shared = [], [], []
    for name, head in taxonomy.heads.items():
        old = base.taxonomy.heads.get(name) if name in base.heads else None
        if any(name in t.labels for t in texts):
            changed.append(name)
            if old and _goes_on(old, head):
                shared.append(name)
        elif old is not None and old.ids == head.ids:
            untouched.append(name)
        elif old is not None or name not in base.taxonomy.heads:
            reason = "is new" if old is None else "has other labels than in the base"
            raise InputError(f"head {name!r} {reason} and no text is labelled with it; label some, or leave it out")
    return Plan(tuple(changed), tuple(untouched), tuple(shared), (*shared, *untouched))


def _goes_on(old: Head, new: Head) -> bool:
    if old.kind != new.kind:
        return False
    # An ordinal head's columns are its steps: with another scale they mean something else.
    return old.ids == new.ids if old.kind == "ordinal" else bool(set(old.ids) & set(new.ids))


@dataclass(frozen=True, slots=True)
class Data:
    """Replay texts, then new ones.

    Attributes:
        rows: with the labels of the heads that change. normal, digests: of each. old: whether it is a replay text.
        replay: the replay texts with all their labels.
    """

    rows: list[LabeledText]
    normal: list[str]
    digests: NDArray[np.uint64]
    old: Bools
    replay: list[LabeledText]


def gather(texts: Sequence[LabeledText], base: PetitionNLP, taxonomy: Taxonomy, plan: Plan, progress: Progress) -> Data:
    normal = normalize_all(texts, progress)
    given = {text_digest(t) for t in normal}
    # A text of the replay that the office labelled itself counts with the office's labels.
    replay = [(t, normalize(t.text).text) for t in read_replay(base.bundle, base.taxonomy)]
    replay = [(t, n) for t, n in replay if text_digest(n) not in given]
    normal = [*(n for _, n in replay), *normal]
    return Data(
        [*relabel((t for t, _ in replay), taxonomy, plan.shared), *texts],
        normal,
        np.array([text_digest(t) for t in normal], dtype=np.uint64),
        np.arange(len(normal)) < len(replay),
        [t for t, _ in replay],
    )
