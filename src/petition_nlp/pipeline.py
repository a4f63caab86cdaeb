"""The pipeline: text → normalise → engine → calibrate → decide → explain and extract → Document."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from petition_nlp.bundle import BundleFiles, open_bundle
from petition_nlp.calibrate import HeadCalibration, ReviewPolicy, domain_confidence
from petition_nlp.engine import LinearEngine
from petition_nlp.entity.enrich import enrich
from petition_nlp.entity.merge import Found, merge
from petition_nlp.errors import BundleError, InputError
from petition_nlp.explain import ValueSpan, evidence_spans, find_factors
from petition_nlp.extract import Context, Match, find_all
from petition_nlp.taxonomy import Head, Taxonomy, parse_taxonomy
from petition_nlp.text import NormalizedText, normalize
from petition_nlp.types import Document, Entity, Factor, Label, ModelInfo, Severity, Span

if TYPE_CHECKING:
    from petition_nlp.entity.dictionary import UserDictionary
    from petition_nlp.redact import Redacted, RedactionPolicy, Redactor
    from petition_nlp.tag.runtime import TaggerRuntime

Extra = TypeVar("Extra")
_PACKAGE = Path(__file__).resolve().parent
SHORT_TEXT = 8  # characters; below this hardly anything can be told


def default_bundle_path() -> Path:
    """Where the shipped bundle lies: inside the installed package, or ``models/default`` of a source checkout."""
    for place in (_PACKAGE / "models" / "default", _PACKAGE.parents[1] / "models" / "default"):
        if place.is_dir():
            return place
    raise BundleError("the default bundle is missing from this installation; reinstall petition-nlp or give a path")


def load(path: str | Path | None = None, *, dictionary: str | Path | UserDictionary | None = None) -> PetitionNLP:
    """Load a bundle: the shipped one, or the folder given.

    Args:
        path: a bundle folder; None, ``"default"`` or (where no such folder is) ``"models/default"``: the shipped one.
        dictionary: the office's own names (a text file, see :class:`UserDictionary`); this pipeline alone honours them.

    Raises:
        BundleError: no bundle there, or it is damaged, changed, or of a newer format.
    """
    shipped = path is None or str(path) == "default"
    if path is None or shipped or (Path(path).as_posix() == "models/default" and not Path(path).exists()):
        path = default_bundle_path()
    if isinstance(dictionary, (str, Path)):
        from petition_nlp.entity.dictionary import UserDictionary  # few calls need it

        dictionary = UserDictionary.load(dictionary)
    return PetitionNLP(open_bundle(path), dictionary)


class PetitionNLP:
    """A loaded model. Safe to share between threads: nothing in it changes after loading but that the tagger is
    loaded at the first call that asks for entities.
    """

    def __init__(self, bundle: BundleFiles, dictionary: UserDictionary | None = None) -> None:
        manifest = bundle.manifest
        self.bundle = bundle
        self.dictionary = dictionary
        self._lock = Lock()
        self._tagger: TaggerRuntime | None = None
        try:
            self.taxonomy: Taxonomy = parse_taxonomy(
                bundle.read_text("taxonomy.yaml"), where=f"{bundle.path}/taxonomy.yaml"
            )
            if manifest["engine"] != LinearEngine.name:
                raise BundleError(f"{bundle.path}: unknown engine {manifest['engine']!r}; upgrade petition-nlp")
            self.engine = LinearEngine.from_parts(
                manifest["linear"], bundle.read_tensors("linear.safetensors"), bundle.read_json("lexicon.json")
            )
            self.heads = {k: HeadCalibration.from_dict(v) for k, v in manifest["heads"].items()}
            self.review = ReviewPolicy.from_dict(manifest["review"])
            self.info = ModelInfo(manifest["name"], manifest["version"], self.taxonomy.tag)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BundleError(f"{bundle.path}: the bundle is not consistent: {error!r}") from error
        self._columns = {c: i for i, c in enumerate(self.engine.columns)}

    def __call__(
        self,
        text: str,
        *,
        id: str | None = None,
        reference_date: datetime.date | None = None,
        entities: bool = True,
        evidence: bool = True,
    ) -> Document:
        """Analyse one text.

        Args:
            reference_date: the day the text was written; relative dates (去年10月) are resolved against it.
            entities, evidence: leave these out to go faster.

        Raises:
            InputError: ``text`` is not a string.
        """
        documents = self.analyze([text], reference_date=reference_date, entities=entities, evidence=evidence)
        documents[0].id = id
        return documents[0]

    @overload
    def pipe(
        self, texts: Iterable[str], *, batch_size: int = ..., as_tuples: Literal[False] = ..., **options: Any
    ) -> Iterator[Document]: ...
    @overload
    def pipe(
        self, texts: Iterable[tuple[str, Extra]], *, batch_size: int = ..., as_tuples: Literal[True], **options: Any
    ) -> Iterator[tuple[Document, Extra]]: ...
    def pipe(
        self, texts: Iterable[Any], *, batch_size: int = 64, as_tuples: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Analyse a stream of texts in order, ``batch_size`` at a time.

        With ``as_tuples`` the input is (text, anything) and the output (Document, the same thing).
        """
        if batch_size < 1:
            raise InputError(f"batch_size={batch_size}: should be at least 1")
        stream = iter(texts)
        while batch := list(islice(stream, batch_size)):
            if as_tuples:
                documents = self.analyze([t for t, _ in batch], **options)
                yield from zip(documents, (extra for _, extra in batch), strict=True)
            else:
                yield from self.analyze(batch, **options)

    def analyze(
        self,
        texts: Sequence[str],
        *,
        reference_date: datetime.date | None = None,
        entities: bool = True,
        evidence: bool = True,
    ) -> list[Document]:
        """Analyse a batch; the options are those of calling the pipeline on one text."""
        normal = []
        for i, text in enumerate(texts):
            if not isinstance(text, str):
                raise InputError(f"text {i}: expected a string, got {type(text).__name__}")
            normal.append(normalize(text))
        probabilities = self.probabilities([n.text for n in normal])
        decisions = {name: self.heads[name].decide(p) for name, p in probabilities.items()}
        context = Context(reference_date)
        matches = [find_all(n.text, context) if entities or evidence else [] for n in normal]
        found = self._entities(normal, matches) if entities else [[] for _ in normal]
        out = []
        for i, n in enumerate(normal):
            row = {name: p[i] for name, p in probabilities.items()}
            chosen = {name: d[i] for name, d in decisions.items()}
            document = self._document(n, row, chosen, matches[i], evidence)
            document.entities = found[i]
            out.append(document)
        return out

    def _entities(self, normal: Sequence[NormalizedText], matches: Sequence[list[Match]]) -> list[list[Entity]]:
        tagger = self._load_tagger()
        tagged = tagger([n.text for n in normal], matches) if tagger else [None] * len(normal)
        out = []
        for n, grammar, spans in zip(normal, matches, tagged, strict=True):
            named = self.dictionary.find(n.text) if self.dictionary else []
            merged = enrich(n.text, merge(grammar, spans, named))
            out.append([_entity(n, f, cluster) for f, cluster in merged])
        return out

    def _load_tagger(self) -> TaggerRuntime | None:
        """The bundle's tagger, loaded once; None if it has none."""
        if "tagger" not in self.bundle.manifest:
            return None
        with self._lock:
            if self._tagger is None:
                # Importing ONNX Runtime takes a noticeable part of a second, and classifying never needs it.
                from petition_nlp.tag.runtime import TaggerRuntime

                self._tagger = TaggerRuntime(self.bundle.file("tagger.onnx"), self.bundle.manifest["tagger"])
        return self._tagger

    def redact(self, text: str, policy: RedactionPolicy | None = None, *, redactor: Redactor | None = None) -> Redacted:
        """Hide names, numbers and what else the policy names; see :func:`petition_nlp.redact.redact`.

        Args:
            policy: default: names, phone and ID numbers get pseudonyms such as [人名1].
            redactor: keeps pseudonyms from text to text.

        Raises:
            InputError: ``text`` is not a string, or policy and redactor disagree.
        """
        from petition_nlp.redact import redact  # most callers only classify

        return redact(self(text, evidence=False), policy=policy, redactor=redactor)

    def probabilities(self, normalized: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """Calibrated probabilities per head, each (n, labels), of texts that are normalised already."""
        logits = self.engine.logits(normalized)
        return {name: head.probabilities(logits) for name, head in self.heads.items()}

    def _document(
        self,
        n: NormalizedText,
        row: Mapping[str, NDArray[np.float64]],
        chosen: dict[str, list[int]],
        matches: list[Match],
        evidence: bool,
    ) -> Document:
        doc_type = self._labels("doc_type", row, chosen)
        kind = doc_type[0].id if doc_type else None
        for name, head in self.taxonomy.heads.items():
            if kind is not None and head.only_for and kind not in head.only_for:
                chosen.pop(name, None)
        spans = self._evidence(n, chosen) if evidence else {}
        misconduct = self._labels("misconduct", row, chosen)
        reasons = self._review_reasons(n, row, chosen)
        petition_type = self._labels("petition_type", row, chosen)
        return Document(
            text=n.original,
            doc_type=doc_type[0] if doc_type else Label("unknown", "未标注", 0.0),
            domains=self._labels("domains", row, chosen, spans, n),
            petition_type=petition_type[0] if petition_type else None,
            severity=self._severity(n, row, chosen, matches, spans, evidence),
            misconduct=misconduct,
            entities=[],
            needs_review=bool(reasons),
            review_reasons=reasons,
            model=self.info,
            notes=list(n.notes),
        )

    def _labels(
        self,
        name: str,
        row: Mapping[str, NDArray[np.float64]],
        chosen: Mapping[str, list[int]],
        spans: Mapping[tuple[str, int], list[tuple[int, int, float]]] | None = None,
        n: NormalizedText | None = None,
    ) -> list[Label]:
        if name not in chosen:
            return []
        head = self.taxonomy.heads[name]
        out = []
        for i in sorted(chosen[name], key=lambda i: -row[name][i]):
            found = [_span(n, *s) for s in (spans or {}).get((name, i), [])] if n is not None else []
            out.append(Label(head.labels[i].id, head.labels[i].name, float(row[name][i]), found))
        return out

    def _evidence(
        self, n: NormalizedText, chosen: Mapping[str, list[int]]
    ) -> dict[tuple[str, int], list[tuple[int, int, float]]]:
        wanted = [
            (name, i)
            for name in ("domains", "misconduct")
            for i in chosen.get(name, [])
            if (name, self.taxonomy.heads[name].labels[i].id) in self._columns
        ]
        if not wanted:
            return {}
        columns = [self._columns[name, self.taxonomy.heads[name].labels[i].id] for name, i in wanted]
        contributions = self.engine.contributions(n.text, columns)
        return {key: evidence_spans(c, n.text) for key, c in zip(wanted, contributions, strict=True)}

    def _severity(
        self,
        n: NormalizedText,
        row: Mapping[str, NDArray[np.float64]],
        chosen: Mapping[str, list[int]],
        matches: Sequence[Match],
        spans: Mapping[tuple[str, int], list[tuple[int, int, float]]],
        evidence: bool,
    ) -> Severity | None:
        if "severity" not in chosen:
            return None
        i = chosen["severity"][0]
        label = self.taxonomy.heads["severity"].labels[i]
        factors: list[Factor] = []
        if evidence:
            accused = [(s, e) for (name, _), found in spans.items() if name == "misconduct" for s, e, _ in found[:1]]
            for rule, places in find_factors(n.text, _value_spans(matches), accused):
                factors.append(Factor(rule.id, rule.name, [_span(n, s, e) for s, e in places]))
        return Severity(i + 1, label.id, label.name, float(row["severity"][i]), factors)

    def _review_reasons(
        self, n: NormalizedText, row: Mapping[str, NDArray[np.float64]], chosen: Mapping[str, list[int]]
    ) -> list[str]:
        reasons = []
        stripped = n.text.strip()
        if not stripped:
            return ["empty_text"]
        if len(stripped) < SHORT_TEXT:
            reasons.append("short_text")
        if "doc_type" in chosen and row["doc_type"].max() < self.review.doc_type_confidence:
            reasons.append("doc_type_unsure")
        if "domains" in chosen and self.domain_confidence(row["domains"]) < self.review.domain_confidence:
            reasons.append("domains_unsure")
        if "severity" in chosen:
            level = chosen["severity"][0]
            p = row["severity"]
            if level < len(p) - 1 and p[-1] >= self.review.urgent:
                reasons.append("may_be_urgent")
            elif p[level + 2 :].sum() >= self.review.severity_gap:
                reasons.append("severity_unsure")
        return reasons

    def domain_confidence(self, probabilities: NDArray[np.float64]) -> float:
        """Confidence that all domains of one text are right; what ``domains_unsure`` compares. (labels,) -> 0–1."""
        head = self.heads["domains"]
        if head.kind == "multi":
            return float(domain_confidence(probabilities[None, :], head.thresholds)[0])
        return float(probabilities.max())

    def head(self, name: str) -> Head:
        """The taxonomy's head of that name."""
        return self.taxonomy.heads[name]


def _span(n: NormalizedText, start: int, end: int, weight: float | None = None) -> Span:
    s, e = n.to_original(start, end)
    return Span(s, e, n.original[s:e], weight)


def _entity(n: NormalizedText, found: Found, cluster: int | None) -> Entity:
    s, e = n.to_original(found.start, found.end)
    return Entity(found.type, n.original[s:e], s, e, found.value, found.score, found.source, cluster)


def _value_spans(matches: Sequence[Match]) -> list[ValueSpan]:
    out = []
    for m in matches:
        number = (m.value or {}).get("amount" if m.type == "MONEY" else "number")
        if m.type in ("MONEY", "HEADCOUNT") and isinstance(number, (int, float)):
            out.append(ValueSpan(m.type, m.start, m.end, float(number)))
    return out
