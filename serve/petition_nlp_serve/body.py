"""Reads and checks what clients send. Whatever arrives, the outcome is a value or a :class:`Fault`."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect, Request

from petition_nlp_serve.fault import Fault
from petition_nlp_serve.settings import Settings

_IN_THREAD = 256 * 1024  # bytes from which JSON is parsed off the event loop
MAX_ID = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """A checked request for analysis. ``items`` are texts, or the fault that stands in a text's place."""

    items: Sequence[str | Fault]
    ids: Sequence[str | None]
    single: bool
    options: dict[str, Any]


async def read_bytes(request: Request, settings: Settings, limit: int | None = None) -> bytes:
    """The body, refused as soon as it is known to be longer than ``limit`` (default: ``max_body``).

    Raises:
        Fault: 413 too long, 408 not sent in time, 400 broken off.
    """
    limit = limit or settings.max_body
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length[:20]) > limit:
        raise _too_long(limit)
    parts: list[bytes] = []
    size = 0

    async def read() -> None:
        nonlocal size
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise _too_long(limit)
            parts.append(part)

    try:
        await asyncio.wait_for(read(), settings.timeout)
    except asyncio.TimeoutError:
        raise Fault(408, "body_timeout", "the body did not arrive in time", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise Fault(400, "body_incomplete", "the connection was closed before the body was complete") from None
    return b"".join(parts)


def _too_long(limit: int) -> Fault:
    # What is left of the body is not read, so the connection cannot be used again.
    return Fault(413, "body_too_large", f"the body is longer than {limit} bytes", {"Connection": "close"})


async def read_object(request: Request, settings: Settings, limit: int | None = None) -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        Fault: 415 not declared as JSON in UTF-8, 400 not UTF-8 or not JSON, 422 not an object, 413.
    """
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != "application/json" or (charset and charset not in ("utf-8", "utf8")):
        raise Fault(415, "not_json", "send Content-Type: application/json, in UTF-8")
    data = await read_bytes(request, settings, limit)
    value = await asyncio.to_thread(parse_json, data) if len(data) > _IN_THREAD else parse_json(data)
    if not isinstance(value, dict):
        raise Fault(422, "invalid_request", "the body should be a JSON object")
    return value


def parse_json(data: bytes) -> Any:
    """Strict JSON: UTF-8 (a byte order mark is allowed), no NaN, no endless nesting, no key twice in an object.

    Raises:
        Fault: 400.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Fault(400, "invalid_utf8", f"the body is not valid UTF-8 at byte {error.start}") from None
    try:
        return json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise Fault(400, "invalid_json", f"not valid JSON at character {error.pos}: {error.msg}") from None
    except (ValueError, RecursionError):  # NaN, numbers of thousands of digits, nesting
        raise Fault(400, "invalid_json", "not valid JSON: NaN, a number or a nesting beyond the limits") from None


def _refuse(_: str) -> NoReturn:
    raise ValueError


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise Fault(400, "invalid_json", "not valid JSON: a key stands twice in one object")
    return out


def parse_ask(body: dict[str, Any], settings: Settings, options: Sequence[str]) -> Ask:
    """Check ``{"text": …}`` or ``{"texts": […]}`` with its options.

    Raises:
        Fault: 422 or 413, for the request as a whole; faults of single texts of a list stand in ``items``.
    """
    known = {"text", "texts", "id", *options}
    if unknown := set(body) - known:
        # The names come from the client and might be text put in the wrong place: they are counted, not quoted.
        raise _invalid(f"{len(unknown)} unknown key(s); allowed are {', '.join(sorted(known))}")
    if ("text" in body) == ("texts" in body):
        raise _invalid('give either "text" or "texts"')
    checked = _options(body, options)
    if "text" in body:
        item = check_text(body["text"], settings)
        if isinstance(item, Fault):
            raise item
        return Ask([item], [_id(body.get("id"))], True, checked)
    texts = body["texts"]
    if not isinstance(texts, list) or "id" in body:
        raise _invalid('"texts" should be a list of strings or of {"id": …, "text": …}; "id" goes with "text"')
    if len(texts) > settings.max_items:
        raise Fault(413, "too_many_texts", f"{len(texts)} texts; at most {settings.max_items} in one request")
    items: list[str | Fault] = []
    ids: list[str | None] = []
    for raw in texts:
        item, ident = _item(raw, settings)
        items.append(item)
        ids.append(ident)
    return Ask(items, ids, False, checked)


def _item(raw: Any, settings: Settings) -> tuple[str | Fault, str | None]:
    """One text of a list, with its id; a fault of either stands in the text's place."""
    if not isinstance(raw, dict):
        return check_text(raw, settings), None
    if not {"text"} <= set(raw) <= {"id", "text"}:
        return _invalid('an item should be a string or {"id": …, "text": …}'), None
    try:
        return check_text(raw["text"], settings), _id(raw.get("id"))
    except Fault as fault:
        return fault, None


def check_text(value: Any, settings: Settings) -> str | Fault:
    """A text, or what is wrong with it."""
    if not isinstance(value, str):
        return Fault(422, "invalid_text", "the text should be a string")
    if len(value) > settings.max_chars:
        return Fault(
            413, "text_too_long", f"the text has {len(value)} characters; at most {settings.max_chars} are taken"
        )
    if has_surrogates(value):
        return Fault(422, "invalid_unicode", "the text holds half a surrogate pair (\\ud800-\\udfff)")
    return value


def has_surrogates(text: str) -> bool:
    """Whether the text cannot be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _id(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > MAX_ID or has_surrogates(value):
        raise _invalid(f"an id should be a string of at most {MAX_ID} characters")
    return value


def _options(body: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name in names:
        if name not in body:
            continue
        value = body[name]
        if name == "reference_date":
            out[name] = _date(value)
        elif name == "policy" or isinstance(value, bool):
            out[name] = value
        else:
            raise _invalid(f'"{name}" should be true or false')
    return out


def _date(value: Any) -> datetime.date:
    if isinstance(value, str) and len(value) == 10:
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    raise _invalid('"reference_date" should be a date like 2024-05-31')


def _invalid(message: str) -> Fault:
    return Fault(422, "invalid_request", message)
