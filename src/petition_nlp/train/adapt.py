"""Trains a base model further without forgetting.

New logits are the base's logits plus a correction with an L2 penalty (a Gaussian prior around the base's weights, as in
MAP adaptation: Chelba & Acero 2006, "Adaptation of maximum entropy capitalizer"), so that where the new texts say
nothing, what the base learnt stays, that from texts that cannot travel included. The base's replay texts are shown
beside the new ones (rehearsal: Robins 1995). How far a correction may go is chosen per label on held-out folds, and a
head changes at all only if it is clearly better on the new texts and not worse on the old. All other heads answer
exactly as before: they read the base's columns, which the bundle keeps for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from petition_nlp.calibrate import HeadCalibration
from petition_nlp.corpus import LabeledText
from petition_nlp.engine import LinearEngine
from petition_nlp.errors import InputError
from petition_nlp.pipeline import PetitionNLP
from petition_nlp.taxonomy import Head, Taxonomy
from petition_nlp.train.checkpoint import NoStages, Stages
from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.figures import Group, HeadFigure, group_figures
from petition_nlp.train.judge import Candidate, Evidence, choose
from petition_nlp.train.linear import Trained, describe, review_policy, silent
from petition_nlp.train.matrix import Progress, feature_matrix
from petition_nlp.train.memory import Memory, head_truth, label_table, read_memory, relabel
from petition_nlp.train.plan import Data, Plan, gather, make_plan
from petition_nlp.train.solve import Column, Offsets, build_columns, fit_columns
from petition_nlp.train.stack import calibrate_head

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Bools = NDArray[np.bool_]


def adapt_linear(
    texts: Sequence[LabeledText],
    base: PetitionNLP,
    taxonomy: Taxonomy | None = None,
    config: TrainingConfig | None = None,
    *,
    progress: Progress = silent,
    stages: Stages | NoStages | None = None,
) -> Trained:
    """Train a base model further.

    Args:
        taxonomy: the base's with labels added or left out; None: the base's. A head whose kind changes, or that keeps
            none of the base's labels, is trained from the new texts alone.
        config: seed, folds and the like; what is hashed stays as in the base.

    Returns:
        its ``figures`` hold base and new model on the new texts (``new``) and on the replay texts (``old``), both as
        models judge that did not see the text.

    Raises:
        InputError: too few texts, nothing to learn, or a head the base cannot answer and the texts do not label.
    """
    config = replace(config or TrainingConfig(), ngrams=base.engine.space.ngrams)
    taxonomy = taxonomy or base.taxonomy
    plan = make_plan(texts, base, taxonomy)
    data = gather(texts, base, taxonomy, plan, progress)
    if len(data.rows) < 2 * config.folds:
        raise InputError(f"{len(data.rows)} labelled texts are too few to train and hold out {config.folds} folds")
    columns = [c for c in build_columns(data.rows, taxonomy) if c.head in plan.changed]
    if not any(c.learnable for c in columns):
        raise InputError("no label stands on at least two texts and is missing from two; there is nothing to learn")
    matrix = feature_matrix(data.normal, base.engine.space)
    fitted = np.asarray(matrix @ base.engine.weights + base.engine.bias, dtype=np.float32)
    memory = read_memory(base.bundle)
    recall = _recall(memory, data.digests, fitted)
    known = [_known(c, base, plan) for c in columns]
    offsets = Offsets(_pick(fitted, known), _pick(recall.honest, known), np.array([k >= 0 for k in known]), data.old)
    weights, bias, logits = fit_columns(matrix, columns, config, progress, offsets=offsets, stages=stages)
    for j, source in enumerate(known):
        if source >= 0:
            weights[:, j] += base.engine.weights[:, source]
            bias[j] += base.engine.bias[source]
    # All columns there could be: the base's, then the corrected ones. Those that no head reads are left out at the end.
    whole = _all_rows(memory, recall, base, taxonomy, plan, data, logits, known)
    names = [*base.engine.columns, *((c.head, c.label) for c in columns)]
    fresh = {(c.head, c.label) for c, source in zip(columns, known, strict=True) if source < 0 and c.learnable}
    heads: dict[str, HeadCalibration] = {}
    held_out: dict[str, F64] = {}
    adopted = []
    for name, head in taxonomy.heads.items():
        if name in plan.untouched:
            heads[name] = _widened(base.heads[name], len(names))
        if name not in plan.changed:
            continue
        labels = {label for of, label in fresh if of == name}
        chosen, stay = _calibrated(base, head, plan, names, known, whole, data.old, labels, config)
        heads[name], held_out[name] = chosen.calibration, chosen.held_out
        if stay:
            logits_of = whole.logits[whole.labels[name][:, 0] >= 0].astype(np.float64)
            held_out[name][:, stay] = heads[name].probabilities(logits_of)[:, stay]
        if len(stay) < len(head.ids):
            adopted.append(name)
        progress("calibrate", len(held_out), len(plan.changed))
    ours = {name: p[: int((whole.labels[name][: len(data.rows), 0] >= 0).sum())] for name, p in held_out.items()}
    review = base.review
    if "domains" in adopted:
        limit = review_policy(taxonomy, heads, held_out, whole.labels, config).domain_confidence
        review = replace(base.review, domain_confidence=limit, target_precision=config.target_precision)
    figures = _figures(base, plan, taxonomy, adopted, heads, whole, ours, data.old)
    table = np.hstack([base.engine.weights, weights]), np.concatenate([base.engine.bias, bias])
    use = _used(heads, names, len(base.engine.columns), adopted)
    kept = _renamed(names, use, len(base.engine.columns), adopted)
    engine = LinearEngine(base.engine.space, kept, table[0][:, use], table[1][use])
    new = {name: p[~data.old[whole.labels[name][: len(data.rows), 0] >= 0]] for name, p in ours.items()}
    return Trained(
        engine,
        {name: replace(head, weights=head.weights[use]) for name, head in heads.items()},
        review,
        taxonomy,
        config,
        describe(texts, taxonomy),
        new,
        Memory(whole.digests, whole.logits[:, use], whole.labels),
        relabel(data.replay, taxonomy, plan.common),
        figures,
        [name for name in plan.changed if name not in adopted],
    )


def _known(column: Column, base: PetitionNLP, plan: Plan) -> int:
    """The base's column that this one corrects; -1 where the base has none or never learnt it."""
    if column.head not in plan.shared or (column.head, column.label) not in base.engine.columns:
        return -1
    source = base.engine.columns.index((column.head, column.label))
    return source if base.engine.weights[:, source].any() else -1


def _pick(logits: F32, known: Sequence[int]) -> F32:
    out = np.zeros((len(logits), len(known)), dtype=np.float32)
    for j, source in enumerate(known):
        if source >= 0:
            out[:, j] = logits[:, source]
    return out


@dataclass(frozen=True, slots=True)
class _Recall:
    """What the base remembers.

    Attributes:
        honest: the base's logits of our texts, (texts, columns), its held-out ones where it learnt from the text.
        unseen: numbers of the remembered texts that are not among ours.
    """

    honest: F32
    unseen: I64


def _recall(memory: Memory | None, digests: NDArray[np.uint64], fitted: F32) -> _Recall:
    if memory is None:
        return _Recall(fitted, np.empty(0, np.int64))
    place = {d: i for i, d in enumerate(memory.digests.tolist())}
    at = np.array([place.get(d, -1) for d in digests.tolist()], dtype=np.int64)
    honest = fitted.copy()
    honest[at >= 0] = memory.logits[at[at >= 0]]
    return _Recall(honest, np.setdiff1d(np.arange(len(memory.digests)), at))


def _all_rows(
    memory: Memory | None,
    recall: _Recall,
    base: PetitionNLP,
    taxonomy: Taxonomy,
    plan: Plan,
    data: Data,
    logits: F64,
    known: Sequence[int],
) -> Memory:
    """Held-out logits of the base's and the corrected columns, and labels: of our texts, then of those that the base
    remembers and that are not at hand.

    How the corrections change the logits of the latter cannot be computed without the text: the mean change of the
    replay texts stands for it, and for a new label the mean of the replay texts' logits.
    """
    nobody = [LabeledText("", "", {})] * (len(data.rows) - len(data.replay))
    labels = {n: label_table(data.rows, taxonomy.heads[n]) for n in plan.changed}
    labels |= {n: label_table([*data.replay, *nobody], taxonomy.heads[n]) for n in plan.untouched}
    here = np.hstack([recall.honest, logits]).astype(np.float32)
    if memory is None:
        return Memory(data.digests, here, labels)
    rows, stand_in = recall.unseen, data.old if data.old.any() else ~data.old
    there = np.empty((len(rows), len(known)), dtype=np.float32)
    for j, source in enumerate(known):
        if source < 0:
            there[:, j] = logits[stand_in, j].mean()
        else:
            there[:, j] = memory.logits[rows, source] + (logits[:, j] - recall.honest[:, source])[stand_in].mean()
    for name, table in labels.items():
        more = np.full((len(rows), table.shape[1]), -1, dtype=np.int8)
        if name in plan.common and name in memory.labels:
            more = _translate(memory.labels[name][rows], base.taxonomy.heads[name], taxonomy.heads[name])
        labels[name] = np.vstack([table, more])
    return Memory(
        np.concatenate([data.digests, memory.digests[rows]]),
        np.vstack([here, np.hstack([memory.logits[rows], there])]),
        labels,
    )


def _translate(table: NDArray[np.int8], old: Head, new: Head) -> NDArray[np.int8]:
    """A label table with the columns of another version of the head; see :func:`relabel` for the rules."""
    out = np.zeros((len(table), len(new.ids)), dtype=np.int8)
    for j, ident in enumerate(new.ids):
        if ident in old.ids:
            out[:, j] = table[:, old.index(ident)]
    out[table[:, 0] < 0] = -1
    if new.kind != "multi":
        out[out.max(axis=1) < 1] = -1
    return out


def _calibrated(
    base: PetitionNLP,
    head: Head,
    plan: Plan,
    names: Sequence[tuple[str, str]],
    known: Sequence[int],
    whole: Memory,
    old: Bools,
    fresh: set[str],
    config: TrainingConfig,
) -> tuple[Candidate, list[int]]:
    """A changed head's calibration over the base's and the corrected columns, and the labels that stay the base's.

    There are two candidates. One is fitted on the scores that the base's calibration gives with the head's own columns
    corrected, so that what the base knows of how the columns hang together stays; a new label's score is its own
    column. The other is fitted afresh on all columns in their newest state, which is better where the new texts are of
    quite another kind. A head that the base lacks has only the latter, on its own columns.
    """
    n_base = len(base.engine.columns)
    own = [j for j in range(n_base, len(names)) if names[j][0] == head.name]
    table = whole.labels[head.name]
    rows = table[:, 0] >= 0
    logits, truth = whole.logits[rows].astype(np.float64), head_truth(head, table[rows])
    shared = head.name in plan.shared
    newest = [j for j in range(len(names)) if j >= n_base or names[j][0] not in plan.changed] if shared else own
    direct = np.zeros((len(names), len(newest)))
    direct[newest, range(len(newest))] = 1.0
    maps = [(direct, np.zeros(len(newest)), [newest.index(j) for j in own])]
    if shared:
        mix, shift = _base_scores(base.heads[head.name], head, [(j, known[j - n_base]) for j in own], len(names))
        maps.insert(0, (mix, shift, list(range(mix.shape[1]))))
    candidates = []
    for mix, shift, outputs in maps:
        fitted, held_out = calibrate_head(head, logits @ mix + shift, truth, outputs, config)
        moved = shift @ fitted.weights
        if head.kind == "ordinal":
            fitted = replace(fitted, weights=mix @ fitted.weights, cuts=fitted.cuts - moved)
        else:
            fitted = replace(fitted, weights=mix @ fitted.weights, bias=fitted.bias + moved)
        candidates.append(Candidate(fitted, held_out))
    if not shared:
        return candidates[0], []
    ours = rows[: len(old)]
    n = int(ours.sum())
    evidence = Evidence(logits[:n], table[: len(old)][ours] > 0, old[ours])
    return choose(head, _widened(base.heads[head.name], len(names)), candidates, evidence, fresh)


def _base_scores(old: HeadCalibration, head: Head, own: Sequence[tuple[int, int]], n: int) -> tuple[F64, F64]:
    """The base's calibration as a map from all columns to a score for each label (of an ordinal head to its one scale),
    reading the head's corrected columns in place of the base's: weights (n, outputs) and bias.

    Args:
        own: of each corrected column of the head its number and that of the base's column, -1: none.
    """
    outputs = 1 if head.kind == "ordinal" else len(head.ids)
    mix, shift = np.zeros((n, outputs)), np.zeros(outputs)
    for k in range(outputs):
        column, source = own[k]
        if head.kind != "ordinal" and source < 0:
            mix[column, k] = 1.0
            continue
        output = 0 if head.kind == "ordinal" else old.labels.index(head.ids[k])
        mix[: len(old.weights), k] = old.weights[:, output]
        shift[k] = old.bias[output]
        for corrected, replaced in own:
            if replaced >= 0:
                mix[corrected, k], mix[replaced, k] = mix[replaced, k], 0.0
    return mix, shift


def _widened(old: HeadCalibration, n: int) -> HeadCalibration:
    """The base's calibration over more columns, of which it reads the base's."""
    return replace(old, weights=np.vstack([old.weights, np.zeros((n - len(old.weights), old.weights.shape[1]))]))


def _used(
    heads: Mapping[str, HeadCalibration], names: Sequence[tuple[str, str]], n_base: int, adopted: Sequence[str]
) -> I64:
    """Numbers of the columns to keep: those that a head reads, and for evidence those that bear a head's name."""
    keep = np.zeros(len(names), dtype=bool)
    for head in heads.values():
        keep |= head.weights.any(axis=1)
    for j, (head_name, _) in enumerate(names):
        keep[j] |= head_name in adopted if j >= n_base else head_name in heads and head_name not in adopted
    return np.flatnonzero(keep)


def _renamed(names: Sequence[tuple[str, str]], use: I64, n_base: int, adopted: Sequence[str]) -> list[tuple[str, str]]:
    """Names of the kept columns. Of two with one name the one that its head does not answer with becomes ``HEAD~n``."""
    taken = {head for head, _ in names}
    generation = next(n for n in range(1, len(taken) + 2) if not any(h.endswith(f"~{n}") for h in taken))
    out = []
    for j in use.tolist():
        head, label = names[j]
        stands = head in adopted if j >= n_base else head not in adopted
        out.append((head, label) if stands else (f"{head}~{generation}", label))
    return out


def _figures(
    base: PetitionNLP,
    plan: Plan,
    taxonomy: Taxonomy,
    adopted: Sequence[str],
    heads: Mapping[str, HeadCalibration],
    whole: Memory,
    held_out: Mapping[str, F64],
    old: Bools,
) -> dict[str, HeadFigure]:
    """Base and new model on our texts, by logits of models that did not see them. On the replay texts both read them
    through the base's calibration, which did.
    """
    groups: list[Group] = []
    for name in plan.changed:
        head = taxonomy.heads[name]
        table = whole.labels[name][: len(old)]
        rows = table[:, 0] >= 0
        before = None
        if name in plan.shared:
            logits = whole.logits[: len(old), : len(base.engine.columns)][rows]
            before = _base_decisions(base.heads[name], head, logits)
        after = heads[name].chosen(held_out[name]) if name in adopted or before is None else before
        for label, kind in (("new", ~old[rows]), ("old", old[rows])):
            if kind.any():
                was = None if before is None else before[kind]
                groups.append(Group(label, head, table[rows][kind] > 0, after[kind], was))
    return group_figures(groups)


def _base_decisions(calibration: HeadCalibration, head: Head, logits: F32) -> Bools:
    """The base's decisions, as a table of the new head's labels."""
    said = calibration.chosen(calibration.probabilities(logits))
    out = np.zeros((len(said), len(head.ids)), dtype=bool)
    for k, ident in enumerate(calibration.labels):
        if ident in head.ids:
            out[:, head.index(ident)] = said[:, k]
    return out
