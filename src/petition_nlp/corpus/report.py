"""What a check of labelled data found. Nothing here holds text of a petition: only ids, rows, offsets and labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Kind -> (level, what it means). Errors make `petition-nlp check` fail; warnings do so with --strict.
KINDS: dict[str, tuple[str, str]] = {
    "format": ("error", "rows that break the format"),
    "contradiction": ("error", "equal or nearly equal texts with different labels"),
    "duplicate_id": ("warning", "one id on several texts"),
    "duplicate": ("warning", "equal texts"),
    "near_duplicate": ("warning", "nearly equal texts"),
    "leakage": ("warning", "texts that stand, nearly equal, in the data held apart"),
    "empty": ("warning", "texts without a letter or digit"),
    "long": ("warning", "very long texts"),
    "rare_label": ("warning", "labels on too few texts to be learned"),
    "not_applicable": ("warning", "heads labelled where the document type has no answer to them"),
    "missing_label": ("warning", "heads not labelled where the document type asks for them"),
    "entity_overlap": ("warning", "entities that overlap in part"),
    "entity_edge": ("warning", "entities that begin or end in white space or punctuation"),
    "entity_types": ("warning", "a surface labelled with different entity types"),
    "entity_unmarked": ("warning", "a surface labelled in some texts and not in others"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands.

    Attributes:
        at: file and row (``letters.csv:12``), or ``#12`` for the 12th of texts that came without a file.
        id: the text's id; empty where the row could not be read.
        start, end: offsets into the text; None for the whole text.
    """

    at: str
    id: str = ""
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        out = f"{self.at} ({self.id})" if self.id else self.at
        return out if self.start is None else f"{out} [{self.start}:{self.end}]"

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"at": self.at, "id": self.id}
        return out if self.start is None else {**out, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem. ``kind`` is a key of :data:`KINDS`; ``places`` are the texts concerned, the first one first."""

    kind: str
    message: str
    places: tuple[Place, ...] = ()

    @property
    def level(self) -> str:
        """``error`` or ``warning``."""
        return KINDS[self.kind][0]

    def to_dict(self) -> dict[str, Any]:
        places = [p.to_dict() for p in self.places]
        return {"kind": self.kind, "level": self.level, "message": self.message, "places": places}


@dataclass(frozen=True, slots=True)
class LabelIssue:
    """A label that the other texts speak against.

    Attributes:
        given, suggested: label ids of this head; empty: none of the labels.
        score: how much more probable the suggestion is than what was given, 0..1, by models that did not see the text.
        index: number of the text, from 0.
    """

    id: str
    head: str
    given: tuple[str, ...]
    suggested: tuple[str, ...]
    score: float
    index: int


@dataclass(slots=True)
class CheckReport:
    """All of it.

    Attributes:
        texts: how many could be read.
        labels: head -> label -> texts that carry it. unlabelled: head -> texts that do not answer it.
        domain_pairs: (domain, domain) -> texts with both.
        entities: type -> spans.
        findings: errors and warnings, in the order of :data:`KINDS`.
        left_out: kind -> findings beyond the cap of that kind.
        outliers: likely label errors, the likeliest first, each with its place. They are hints, neither error nor
            warning: a right label may look odd.
        notes: what was not checked, and why.
    """

    texts: int = 0
    labels: dict[str, dict[str, int]] = field(default_factory=dict)
    unlabelled: dict[str, int] = field(default_factory=dict)
    domain_pairs: dict[tuple[str, str], int] = field(default_factory=dict)
    entities: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    outliers: list[tuple[Place, LabelIssue]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of(self, kind: str) -> Iterator[Finding]:
        """The findings of a kind."""
        return (f for f in self.findings if f.kind == kind)

    @property
    def counts(self) -> dict[str, int]:
        """Kind -> how many were found, those beyond a cap included; kinds with none are left out."""
        counted = Counter(f.kind for f in self.findings) + Counter(self.left_out)
        return {kind: counted[kind] for kind in KINDS if counted[kind]}

    @property
    def errors(self) -> int:
        return sum(n for kind, n in self.counts.items() if KINDS[kind][0] == "error")

    @property
    def warnings(self) -> int:
        return sum(n for kind, n in self.counts.items() if KINDS[kind][0] == "warning")

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "texts": self.texts,
            "errors": self.errors,
            "warnings": self.warnings,
            "counts": self.counts,
            "labels": self.labels,
            "unlabelled": self.unlabelled,
            "domain_pairs": [{"labels": list(pair), "texts": n} for pair, n in self.domain_pairs.items()],
            "entities": self.entities,
            "findings": [f.to_dict() for f in self.findings],
            "left_out": self.left_out,
            "outliers": [
                {
                    **place.to_dict(),
                    "head": issue.head,
                    "given": list(issue.given),
                    "suggested": list(issue.suggested),
                    "score": round(issue.score, 4),
                }
                for place, issue in self.outliers
            ],
            "notes": self.notes,
        }
