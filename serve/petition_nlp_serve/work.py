"""What the inference thread does with a batch: analyse, and write each answer as JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from petition_nlp.errors import InputError, PetitionError
from petition_nlp.pipeline import PetitionNLP
from petition_nlp_serve.batcher import Answer
from petition_nlp_serve.fault import Fault
from petition_nlp_serve.log import log_exception
from petition_nlp_serve.model import ModelSlot


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with a text; equal tasks share a batch. ``kind``: classify, entities, analyze or redact."""

    kind: str
    entities: bool = False
    evidence: bool = False
    reference_date: datetime.date | None = None
    policy: tuple[tuple[str, Any], ...] = ()

    @property
    def factor(self) -> int:
        """Cost of a character beside that of plain labels, about as measured."""
        return 6 if self.evidence else 3 if self.entities or self.kind == "redact" else 1


def worker(slot: ModelSlot) -> Callable[[Task, Sequence[str]], list[Answer]]:
    """The function that the batcher calls."""

    def work(task: Task, texts: Sequence[str]) -> list[Answer]:
        nlp = slot.nlp
        try:
            return _run(nlp, task, texts)
        except Exception as error:
            if len(texts) == 1:
                return [_fault(error, task)]
        out: list[Answer] = []  # one text spoils the batch: the others still get their answers
        for text in texts:
            try:
                out += _run(nlp, task, [text])
            except Exception as error:
                out.append(_fault(error, task))
        return out

    return work


def _fault(error: Exception, task: Task) -> Fault:
    log_exception("text_failed", error, task=task.kind)
    if isinstance(error, InputError):
        return Fault(422, "invalid_text", "the text cannot be processed")
    if isinstance(error, PetitionError):
        return Fault(503, "model_unavailable", "the model cannot answer; see the service's log")
    return Fault(500, "internal_error", "the text could not be processed; see the service's log")


def _run(nlp: PetitionNLP, task: Task, texts: Sequence[str]) -> list[Answer]:
    if task.kind == "redact":
        from petition_nlp.redact import RedactionPolicy  # not needed to classify

        options = dict(task.policy)
        policy = RedactionPolicy(**options) if options else None
        return [_json({"id": None, **nlp.redact(t, policy).to_dict()}) for t in texts]
    documents = nlp.analyze(texts, reference_date=task.reference_date, entities=task.entities, evidence=task.evidence)
    out: list[Answer] = []
    for document in documents:
        result = document.to_dict()
        notes = result.get("notes", [])
        if task.kind == "entities":
            result = {k: result[k] for k in ("id", "entities", "model")}
        else:
            notes = [*notes, *(f"{part}_not_requested" for part in ("entities", "evidence") if not getattr(task, part))]
        if notes:
            result["notes"] = notes
        out.append(_json(result))
    return out


def _json(value: dict[str, Any]) -> bytes:
    """The object with ``id`` first and null, so that the id can be set without writing it anew."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


_NO_ID = b'{"id":null,'


def with_id(answer: bytes, ident: str | None) -> bytes:
    """The answer with the client's id in it."""
    if ident is None:
        return answer
    return b'{"id":' + json.dumps(ident, ensure_ascii=False).encode() + b"," + answer.removeprefix(_NO_ID)
