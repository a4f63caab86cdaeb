"""Result types. Offsets are Python string indices into the text as the caller sent it, end exclusive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the original text: ``original[start:end] == text``. ``weight`` is its share in a label's score."""

    start: int
    end: int
    text: str
    weight: float | None = None

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"start": self.start, "end": self.end, "text": self.text}
        if self.weight is not None:
            out["weight"] = round(self.weight, 4)
        return out


@dataclass(frozen=True, slots=True)
class Label:
    """One label with its calibrated probability and the spans that speak for it."""

    id: str
    name: str
    score: float
    evidence: list[Span] = field(default_factory=list)

    def to_dict(self, *, with_name: bool = False, with_evidence: bool = False) -> dict[str, Any]:
        out: dict[str, Any] = {"id": self.id}
        if with_name:
            out["name"] = self.name
        out["score"] = round(self.score, 4)
        if with_evidence:
            out["evidence"] = [s.to_dict() for s in self.evidence]
        return out


@dataclass(frozen=True, slots=True)
class Factor:
    """A reason for the severity, e.g. ``danger_to_life``, with the spans that show it."""

    id: str
    name: str
    evidence: list[Span] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "evidence": [s.to_dict() for s in self.evidence]}


@dataclass(frozen=True, slots=True)
class Severity:
    """A level of the ordinal severity scale; ``level`` counts from 1 (mildest)."""

    level: int
    id: str
    name: str
    score: float
    factors: list[Factor] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "id": self.id,
            "name": self.name,
            "score": round(self.score, 4),
            "factors": [f.to_dict() for f in self.factors],
        }


@dataclass(frozen=True, slots=True)
class Entity:
    """A typed span: ``original[start:end] == text``. ``value`` is what a computer can use; ``source`` found it."""

    type: str
    text: str
    start: int
    end: int
    value: Mapping[str, Any] | None = None
    score: float = 1.0
    source: str = "grammar"
    cluster: int | None = None

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "type": self.type,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "value": dict(self.value) if self.value is not None else None,
            "score": round(self.score, 4),
            "source": self.source,
        }
        if self.cluster is not None:
            out["cluster"] = self.cluster
        return out


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which bundle and taxonomy produced a document."""

    name: str
    version: str
    taxonomy: str

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "version": self.version, "taxonomy": self.taxonomy}


@dataclass(slots=True)
class Document:
    """Everything the library says of one text. ``petition_type`` and ``severity`` are None unless it is a petition."""

    text: str
    doc_type: Label
    domains: list[Label]
    petition_type: Label | None
    severity: Severity | None
    misconduct: list[Label]
    entities: list[Entity]
    needs_review: bool
    review_reasons: list[str]
    model: ModelInfo
    id: str | None = None
    notes: list[str] = field(default_factory=list)
    """What was not processed or was changed for processing, in plain ids; empty when all was read."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the output format (one per text)."""
        out: dict[str, Any] = {
            "id": self.id,
            "doc_type": self.doc_type.to_dict(),
            "domains": [d.to_dict(with_name=True, with_evidence=True) for d in self.domains],
            "petition_type": self.petition_type.to_dict() if self.petition_type else None,
            "severity": self.severity.to_dict() if self.severity else None,
            "misconduct": [m.to_dict() for m in self.misconduct],
            "entities": [e.to_dict() for e in self.entities],
            "needs_review": self.needs_review,
            "review_reasons": list(self.review_reasons),
            "model": self.model.to_dict(),
        }
        if self.notes:
            out["notes"] = list(self.notes)
        return out
