"""The routes of the API."""

from __future__ import annotations

import json
import re
from typing import Any

from fastapi import APIRouter, Request, Response

from petition_nlp.errors import PetitionError
from petition_nlp_serve.body import Ask, check_text, has_surrogates, parse_ask, read_bytes, read_object
from petition_nlp_serve.fault import Fault
from petition_nlp_serve.feedback import Conflict
from petition_nlp_serve.labels import check_labels
from petition_nlp_serve.middleware import RequestInfo
from petition_nlp_serve.model import describe
from petition_nlp_serve.openapi import REDACT_TYPES
from petition_nlp_serve.state import ServiceState
from petition_nlp_serve.table import KINDS, XLSX, check_table, read_table, write_table
from petition_nlp_serve.work import Task, with_id

router = APIRouter()
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FLAGS = ("entities", "evidence", "reference_date")


def _state(request: Request) -> ServiceState:
    state: ServiceState = request.app.state.service
    if not state.slot.loaded or state.batcher is None:
        raise Fault(503, "not_ready", "the model is being loaded", {"Retry-After": "1"})
    return state


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content, ensure_ascii=False).encode(), status, media_type="application/json")


@router.post("/v1/classify")
@router.post("/classify")
async def classify(request: Request) -> Response:
    state = _state(request)
    ask = parse_ask(await read_object(request, state.settings), state.settings, _FLAGS)
    return await _answer(request, state, ask, Task("classify", **ask.options))


@router.post("/v1/entities")
async def entities(request: Request) -> Response:
    state = _state(request)
    ask = parse_ask(await read_object(request, state.settings), state.settings, ("reference_date",))
    return await _answer(request, state, ask, Task("entities", entities=True, **ask.options))


@router.post("/v1/analyze")
async def analyze(request: Request) -> Response:
    state = _state(request)
    ask = parse_ask(await read_object(request, state.settings), state.settings, _FLAGS)
    return await _answer(request, state, ask, Task("analyze", **{"entities": True, "evidence": True, **ask.options}))


@router.post("/v1/redact")
async def redact(request: Request) -> Response:
    state = _state(request)
    ask = parse_ask(await read_object(request, state.settings), state.settings, ("policy",))
    policy = _policy(ask.options["policy"]) if "policy" in ask.options else ()
    return await _answer(request, state, ask, Task("redact", policy=policy))


def _policy(raw: Any) -> tuple[tuple[str, Any], ...]:
    """Redaction options in a form that can be compared."""
    if not isinstance(raw, dict) or not set(raw) <= {"types", "action", "recall_first"}:
        raise Fault(422, "invalid_policy", '"policy" should be an object with types, action, recall_first')
    types = raw.get("types", list(REDACT_TYPES))
    ok = isinstance(types, list) and types and all(isinstance(t, str) and t in REDACT_TYPES for t in types)
    if not ok or len(set(types)) != len(types):
        raise Fault(
            422, "invalid_policy", f'"policy.types" should be a list without repeats of {", ".join(REDACT_TYPES)}'
        )
    if raw.get("action", "mask") not in ("pseudonym", "mask", "remove"):
        raise Fault(422, "invalid_policy", '"policy.action" should be pseudonym, mask or remove')
    if not isinstance(raw.get("recall_first", False), bool):
        raise Fault(422, "invalid_policy", '"policy.recall_first" should be true or false')
    return tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in sorted(raw.items()))


async def _answer(request: Request, state: ServiceState, ask: Ask, task: Task) -> Response:
    info: RequestInfo = request.state.info
    texts = [t for t in ask.items if isinstance(t, str)]
    info.texts, info.chars = len(ask.items), sum(map(len, texts))
    assert state.batcher is not None
    found = await state.batcher.submit(task, texts, factor=task.factor, timeout=state.settings.timeout)
    answers = iter(found)
    parts: list[bytes] = []
    for i, (item, ident) in enumerate(zip(ask.items, ask.ids, strict=True)):
        outcome = next(answers) if isinstance(item, str) else item
        if isinstance(outcome, Fault):
            info.failed += 1
            if ask.single:
                raise outcome
            parts.append(json.dumps(outcome.item(i), ensure_ascii=False).encode())
            continue
        if state.audit is not None and isinstance(item, str) and task.kind in ("classify", "analyze"):
            state.audit.write(info.request_id, info.key.name if info.key else None, item, outcome)
        parts.append(with_id(outcome, ident))
    body = parts[0] if ask.single else b'{"results":[' + b",".join(parts) + b"]}"
    return Response(body, media_type="application/json")


@router.post("/v1/feedback")
async def feedback(request: Request) -> Response:
    state = _state(request)
    if state.settings.feedback == "none":
        raise Fault(404, "feedback_off", "this service keeps no feedback")
    body = await read_object(request, state.settings)
    if not {"text", "labels"} <= set(body) <= {"text", "labels", "id", "comment", "model"}:
        raise Fault(422, "invalid_request", 'give "text" and "labels"; "id", "comment", "model" may be added')
    text = check_text(body["text"], state.settings)
    if isinstance(text, Fault):
        raise text
    if not text:
        raise Fault(422, "invalid_text", "the text is empty")
    labels = check_labels(body["labels"], state.slot.nlp.taxonomy)
    if "id" in body and not (isinstance(body["id"], str) and _ID.fullmatch(body["id"])):
        raise Fault(422, "invalid_request", '"id" should be 1 to 64 of A-Z a-z 0-9 _ -')
    for name, limit in (("comment", 2000), ("model", 200)):
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > limit or has_surrogates(value):
            raise Fault(422, "invalid_request", f'"{name}" should be text of at most {limit} characters')
    info: RequestInfo = request.state.info
    info.texts, info.chars = 1, len(text)
    source = info.key.name if info.key else None
    more = {k: body[k] for k in ("id", "comment", "model") if k in body}
    try:
        ident, new = await state.in_feedback(lambda store: store.add(text, labels, source=source, **more))
    except Conflict:
        raise Fault(409, "id_taken", "that id belongs to another text") from None
    state.metrics.add("feedback_total")
    return _json({"id": ident, "stored": True}, 201 if new else 200)


@router.delete("/v1/feedback/{id}")
async def delete_feedback(request: Request, id: str) -> Response:
    state = _state(request)
    known = state.settings.feedback != "none" and _ID.fullmatch(id)
    if not known or not await state.in_feedback(lambda store: store.delete(id)):
        raise Fault(404, "no_such_feedback", "there is no feedback of that id")
    return Response(status_code=204)


@router.post("/v1/table/read")
async def table_read(request: Request) -> Response:
    state = _state(request)
    kind = KINDS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if kind is None:
        raise Fault(415, "not_a_table", f"send Content-Type: {' or '.join(KINDS)}")
    with state.big_body():
        data = await read_bytes(request, state.settings, state.settings.max_table)
        table = await state.in_side(lambda: _guarded_read(data, kind, state.settings.max_rows))
        return _json(table)


def _guarded_read(data: bytes, kind: str, max_rows: int) -> dict[str, Any]:
    try:
        return read_table(data, kind, max_rows)
    except (Fault, MemoryError):
        raise
    except Exception:  # a damaged workbook can fail anywhere inside the reader; that is the file's fault
        raise Fault(422, "unreadable_table", "the file is damaged; open it in Excel and save it again") from None


@router.post("/v1/table/write")
async def table_write(request: Request) -> Response:
    state = _state(request)
    with state.big_body():
        body = await read_object(request, state.settings, state.settings.max_table)
        columns, rows = check_table(body, state.settings.max_rows)
        return Response(await state.in_side(lambda: write_table(columns, rows)), media_type=XLSX)


@router.post("/v1/admin/reload")
async def reload(request: Request) -> Response:
    state = _state(request)
    try:
        fresh = await state.reload()
    except PetitionError as error:
        # The scope admin may know why; the message names files of the server, no text.
        raise Fault(409, "reload_failed", f"the old model stays in service: {error}") from None
    return _json({"model": fresh.info.to_dict()})


@router.get("/v1/info")
async def info(request: Request) -> Response:
    state = _state(request)
    s, nlp = state.settings, state.slot.nlp
    return _json(
        {
            **describe(nlp),
            "entity_types": list(REDACT_TYPES),
            "limits": {
                "max_body": s.max_body,
                "max_chars": s.max_chars,
                "max_items": s.max_items,
                "max_rows": s.max_rows,
                "timeout": s.timeout,
            },
            "features": {"redact": hasattr(nlp, "redact"), "feedback": s.feedback != "none"},
        }
    )


@router.get("/health/live")
async def live() -> Response:
    return _json({"status": "alive"})


@router.get("/health/ready")
async def ready(request: Request) -> Response:
    state: ServiceState = request.app.state.service
    if not state.ready:
        raise Fault(503, "draining" if state.draining else "not_ready", "not ready for requests", {"Retry-After": "1"})
    return _json({"status": "ready"})


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    state = _state(request)
    text = state.metrics.render(state.slot.nlp.info.to_dict())
    return Response(text, headers={"content-type": "text/plain; version=0.0.4; charset=utf-8"})
