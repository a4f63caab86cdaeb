"""Checks labelled data before anybody trains on it: format, labels, duplicates, contradictions, entity spans."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from petition_nlp.corpus.duplicates import THRESHOLD, Duplicates, Progress, find_duplicates
from petition_nlp.corpus.read import open_labeled
from petition_nlp.corpus.report import KINDS, CheckReport, Finding, LabelIssue, Place
from petition_nlp.corpus.schema import LabeledText
from petition_nlp.corpus.spans import span_findings, surface_findings
from petition_nlp.errors import DataError, InputError, PetitionError
from petition_nlp.taxonomy import Taxonomy, default_taxonomy

MIN_TEXTS = 8  # a label on fewer texts cannot be learned and held out in folds
MAX_CHARS = 20_000
MAX_SURFACES = 100  # findings kept of each kind that compares surfaces; the others are counted
# A long cell or column name in a message may be a petition's text in the wrong place.
_LONG_CELL = re.compile(r"""'(?:[^'\\]|\\.){21,}'|"(?:[^"\\]|\\.){21,}"|[^\x00-\x7f]{21,}""")
Outliers = Callable[[Sequence[LabeledText], Taxonomy], list[LabelIssue]]


@dataclass(slots=True)
class LoadedTexts:
    """Labelled texts of several files with the place of each, and what could not be read."""

    texts: list[LabeledText] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)


def load_texts(
    paths: Iterable[str | Path],
    taxonomy: Taxonomy | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    **options: Any,
) -> LoadedTexts:
    """Read labelled files to the end, whatever is wrong in them.

    Args:
        columns: field -> column name, as for :func:`petition_nlp.corpus.read_labeled`.
        options: the others of :func:`petition_nlp.corpus.open_labeled`.
    """
    out = LoadedTexts()
    for path in paths:
        if str(path) == "-":
            raise InputError("labelled data cannot be checked from standard input; give a file")
        errors: list[DataError] = []
        try:
            for where, item in open_labeled(path, taxonomy, columns=columns, **options):
                if isinstance(item, LabeledText):
                    out.texts.append(item)
                    out.places.append(Place(where, item.id))
                else:
                    errors.append(item)
        except InputError as error:
            out.problems.append(Finding("format", _safe(str(error)), (Place(str(path)),)))
        out.problems += [_unreadable(e, str(path)) for e in errors]
    return out


def check_files(
    paths: Iterable[str | Path],
    taxonomy: Taxonomy | None = None,
    *,
    against: Iterable[str | Path] = (),
    columns: Mapping[str, str] | None = None,
    threshold: float = THRESHOLD,
    outliers: Outliers | None = None,
    progress: Progress | None = None,
) -> CheckReport:
    """Check files together, as one data set.

    Args:
        against: files held apart for evaluation; texts of ``paths`` that stand in them, nearly equal, are reported.
        outliers: finds likely label errors, as :func:`petition_nlp.train.outliers.label_issues` does; None: none does.

    Raises:
        InputError: a path is ``-`` (standard input).
    """
    taxonomy = taxonomy or default_taxonomy()
    loaded = load_texts(paths, taxonomy, columns=columns)
    apart = load_texts(against, taxonomy, columns=columns)
    report = check_texts(
        loaded.texts,
        taxonomy,
        places=loaded.places,
        against=apart.texts,
        against_places=apart.places,
        threshold=threshold,
        outliers=outliers,
        progress=progress,
    )
    report.findings = loaded.problems + apart.problems + report.findings
    return report


def check_texts(
    texts: Sequence[LabeledText],
    taxonomy: Taxonomy | None = None,
    *,
    places: Sequence[Place] | None = None,
    against: Sequence[LabeledText] = (),
    against_places: Sequence[Place] | None = None,
    threshold: float = THRESHOLD,
    outliers: Outliers | None = None,
    progress: Progress | None = None,
) -> CheckReport:
    """Check labelled texts. See :data:`petition_nlp.corpus.report.KINDS` for what is looked for.

    Duplicates are found by MinHash and banding (:mod:`petition_nlp.corpus.duplicates`). Beside the texts this takes
    about 1.5 kB of memory a text.

    Args:
        places: where each text stands; numbered from ``#1`` when not given.
        threshold: least similarity of near duplicates, 0.5..1.
    """
    taxonomy = taxonomy or default_taxonomy()
    places = places if places is not None else [Place(f"#{i}", t.id) for i, t in enumerate(texts, 1)]
    if against_places is None:
        against_places = [Place(f"against #{i}", t.id) for i, t in enumerate(against, 1)]
    report = CheckReport(texts=len(texts))
    _count(texts, taxonomy, report)
    findings = list(_duplicate_ids(texts, places))
    findings += _rare_labels(report)
    for item, place in zip(texts, places, strict=True):
        findings += _text_findings(item, place, taxonomy, report)
    found = find_duplicates([t.text for t in (*texts, *against)], threshold=threshold, progress=progress)
    findings += [Finding("empty", "no letter or digit", (places[i],)) for i in found.empty if i < len(texts)]
    findings += _duplicates(found, texts, taxonomy, [*places, *against_places])
    seen: Counter[str] = Counter()
    for finding in surface_findings(texts, lambda i: places[i]):
        seen[finding.kind] += 1
        if seen[finding.kind] <= MAX_SURFACES:
            findings.append(finding)
    report.left_out = {kind: n - MAX_SURFACES for kind, n in seen.items() if n > MAX_SURFACES}
    order = list(KINDS)
    report.findings = sorted(findings, key=lambda f: order.index(f.kind))
    if outliers is not None:
        try:
            report.outliers = [(places[issue.index], issue) for issue in outliers(texts, taxonomy)]
        except PetitionError as error:
            report.notes.append(f"label outliers were not looked for: {error}")
    return report


def _count(texts: Sequence[LabeledText], taxonomy: Taxonomy, report: CheckReport) -> None:
    entities: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for name, head in taxonomy.heads.items():
        given = [t.labels[name] for t in texts if name in t.labels]
        if not given:
            report.notes.append(f"no text is labelled with {name}")
            continue
        counted = Counter(label for labels in given for label in set(labels))
        report.labels[name] = {ident: counted[ident] for ident in head.ids}
        report.unlabelled[name] = len(texts) - len(given)
        if name == "domains":
            for labels in given:
                pairs.update(combinations(sorted(set(labels), key=head.index), 2))
    if "domains" in report.labels:
        report.domain_pairs = {p: pairs[p] for p in combinations(taxonomy.heads["domains"].ids, 2) if pairs[p]}
    for item in texts:
        entities.update(span[0] for span in item.entities or ())
    report.entities = dict(entities.most_common())


def _duplicate_ids(texts: Sequence[LabeledText], places: Sequence[Place]) -> Iterator[Finding]:
    by_id: dict[str, list[Place]] = defaultdict(list)
    for item, place in zip(texts, places, strict=True):
        by_id[item.id].append(place)
    for same in by_id.values():
        if len(same) > 1:
            yield Finding("duplicate_id", f"{len(same)} texts have this id", tuple(same))


def _rare_labels(report: CheckReport) -> Iterator[Finding]:
    for name, counts in report.labels.items():
        for label, n in counts.items():
            if n < MIN_TEXTS:
                yield Finding("rare_label", f"{name}: {label} stands on {n} texts; {MIN_TEXTS} are the least")


def _text_findings(item: LabeledText, place: Place, taxonomy: Taxonomy, report: CheckReport) -> Iterator[Finding]:
    if len(item.text) > MAX_CHARS:
        yield Finding("long", f"{len(item.text)} characters, over {MAX_CHARS}: several texts in one?", (place,))
    doc_type = item.labels.get("doc_type")
    for name, head in taxonomy.heads.items():
        if not head.only_for or not doc_type or name not in report.labels:
            continue
        if doc_type[0] not in head.only_for:
            if name in item.labels:
                yield Finding("not_applicable", f"{name} is labelled, but the text is a {doc_type[0]}", (place,))
        elif name not in item.labels:
            yield Finding("missing_label", f"{name} is not labelled, and the text is a {doc_type[0]}", (place,))
    yield from span_findings(item, place)


def _duplicates(
    found: Duplicates, texts: Sequence[LabeledText], taxonomy: Taxonomy, places: Sequence[Place]
) -> Iterator[Finding]:
    """Findings on equal and nearly equal texts; numbers from ``len(texts)`` on are of the data held apart."""
    n = len(texts)
    groups = {group[0]: group for group in found.groups}
    contradictions: dict[int, tuple[float, int, str]] = {}  # later text -> its most similar earlier one that differs
    leaks: dict[int, tuple[float, int]] = {}  # text -> the most similar one of the data held apart

    def compare(first: int, second: int, similarity: float) -> None:
        differing = _differing(texts[first], texts[second], taxonomy)
        if differing and (second not in contradictions or contradictions[second][0] < similarity):
            contradictions[second] = (similarity, first, differing)

    def leak(inside: Iterable[int], outside: int | None, similarity: float) -> None:
        for i in inside if outside is not None else ():
            if i not in leaks or leaks[i][0] < similarity:
                leaks[i] = (similarity, outside or 0)

    for group in found.groups:
        own = [i for i in group if i < n]
        if len(own) > 1:
            yield Finding("duplicate", f"{len(own)} equal texts", tuple(places[i] for i in own))
            for other in own[1:]:
                compare(own[0], other, 1.0)
        leak(own, next((i for i in group if i >= n), None), 1.0)
    joined: dict[int, int] = {}
    least: dict[int, float] = {}
    for first, second, similarity in found.pairs:
        sides = [groups.get(i, [i]) for i in (first, second)]
        own_sides = [[i for i in side if i < n] for side in sides]
        apart = [next((i for i in side if i >= n), None) for side in sides]
        leak(own_sides[0], apart[1], similarity)
        leak(own_sides[1], apart[0], similarity)
        if own_sides[0] and own_sides[1]:
            a, b = own_sides[0][0], own_sides[1][0]
            compare(min(a, b), max(a, b), similarity)
            roots = sorted((_root(joined, a), _root(joined, b)))
            joined[roots[1]] = roots[0]
            least[roots[0]] = min(least.get(roots[0], 1.0), least.get(roots[1], 1.0), similarity)
    clusters: dict[int, list[int]] = defaultdict(list)
    for i in sorted(joined):
        clusters[_root(joined, i)].append(i)
    for root, members in clusters.items():
        message = f"{len(members)} nearly equal texts, similarity from {least[root]:.2f}"
        yield Finding("near_duplicate", message, tuple(places[i] for i in members))
    for second, (similarity, first, differing) in sorted(contradictions.items()):
        message = f"similarity {similarity:.2f}; {differing}"
        yield Finding("contradiction", message, (places[first], places[second]))
    for i, (similarity, outside) in sorted(leaks.items()):
        yield Finding("leakage", f"similarity {similarity:.2f}", (places[i], places[outside]))


def _differing(first: LabeledText, second: LabeledText, taxonomy: Taxonomy) -> str:
    """Heads that both label, and not alike, with their labels; empty when there is none."""
    parts = []
    for name in taxonomy.heads:
        a, b = first.labels.get(name), second.labels.get(name)
        if a is not None and b is not None and set(a) != set(b):
            parts.append(f"{name}: {'+'.join(a) or 'none'} / {'+'.join(b) or 'none'}")
    return "; ".join(parts)


def _root(parents: dict[int, int], i: int) -> int:
    """The first text of the cluster, following ``parents`` and shortening the way."""
    while parents.setdefault(i, i) != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


def _unreadable(error: DataError, path: str) -> Finding:
    where = error.where or path
    message = str(error).removeprefix(f"{where}: ")
    return Finding("format", _safe(message), (Place(where),))


def _safe(message: str) -> str:
    """The message without long cells."""
    return _LONG_CELL.sub(lambda m: f"({len(m[0])} characters)", message)
