"""The gate every request passes: id, host, key, limits, security headers, log and counters."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from petition_nlp_serve.auth import Key, KeyRing
from petition_nlp_serve.fault import Fault, busy, envelope
from petition_nlp_serve.log import log, log_exception
from petition_nlp_serve.metrics import Metrics
from petition_nlp_serve.settings import Settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The API docs' viewer writes style attributes; it may, on its own page only.
_DOCS_CSP = _CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}


@dataclass(slots=True)
class RequestInfo:
    """What the log may know of a request; the routes fill in the counts."""

    request_id: str
    key: Key | None = None
    route: str = "(other)"
    texts: int = 0
    chars: int = 0
    failed: int = 0


def scope_needed(method: str, path: str) -> str | None:
    """Which scope a path asks for: None is open to all, ``any`` needs any key."""
    if path == "/classify" or path.startswith("/classify/"):
        return "classify"
    if path.startswith("/v1/admin"):
        return "admin"
    if path.startswith("/v1/feedback"):
        return "admin" if method == "DELETE" else "feedback"
    if path == "/metrics" or path == "/v1/info":
        return "any"
    return "classify" if path.startswith("/v1") else None


class Gate:
    """ASGI middleware around the whole app; no exception leaves it."""

    def __init__(self, app: App, *, settings: Settings, keys: KeyRing, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._keys = keys
        self._metrics = metrics
        self._inflight = 0
        self._open_hosts = settings.insecure or keys.required

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {k: v for k, v in scope["headers"] if k in (b"x-request-id", b"authorization", b"host")}
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        info = RequestInfo(given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex)
        scope.setdefault("state", {})["info"] = info
        path, method = scope["path"], scope["method"]
        extra = self._extra(path, info.request_id)
        started = time.perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *extra]
            await send(message)

        counted = method == "POST"
        self._inflight += counted
        try:
            self._admit(scope, headers, info)
            await self._app(scope, receive, answer)
        except Fault as fault:
            if not status:
                await _answer_fault(fault, info.request_id, answer)
        except Exception as error:
            log_exception("request_failed", error, request_id=info.request_id)
            if not status:
                internal = Fault(500, "internal_error", "something went wrong in the service; see its log")
                await _answer_fault(internal, info.request_id, answer)
        finally:
            self._inflight -= counted
            self._record(scope, info, status, time.perf_counter() - started)

    def _admit(self, scope: MutableMapping[str, Any], headers: dict[bytes, bytes], info: RequestInfo) -> None:
        if not self._open_hosts and not self._known_host(headers.get(b"host", b"").decode("latin-1")):
            raise Fault(403, "host_not_allowed", "without keys the service answers to this machine's names only")
        needed = scope_needed(scope["method"], scope["path"])
        if needed and self._keys.required:
            info.key = self._keys.find(headers.get(b"authorization", b"").decode("utf-8", "surrogateescape"))
            if info.key is None:
                self._metrics.add("rejected_total", reason="unauthorized")
                raise Fault(
                    401, "unauthorized", "give a valid key: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"}
                )
            if needed != "any" and needed not in info.key.scopes:
                self._metrics.add("rejected_total", reason="forbidden")
                raise Fault(403, "forbidden", f"this key does not have the scope {needed}")
        if scope["method"] == "POST" and self._inflight > self._settings.max_inflight:
            self._metrics.add("rejected_total", reason="inflight")
            raise busy("too many requests at once; try again shortly")

    def _known_host(self, host: str) -> bool:
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return name.strip("[]").lower() in {*_LOOPBACK_NAMES, *self._settings.allow_hosts}

    def _extra(self, path: str, request_id: str) -> list[tuple[bytes, bytes]]:
        # Files of the page are asked for again each time (and answered 304); answers are never kept.
        cache = b"no-cache" if path.startswith("/static/") else b"no-store"
        csp = _DOCS_CSP if path == "/docs" else _CSP
        return [
            (b"x-request-id", request_id.encode()),
            (b"content-security-policy", csp.encode()),
            (b"cache-control", cache),
            *_HEADERS,
        ]

    def _record(self, scope: MutableMapping[str, Any], info: RequestInfo, status: int, seconds: float) -> None:
        # The path itself is not logged: a client may have put a text into it.
        route = getattr(scope.get("route"), "path", "(other)")
        self._metrics.add("requests_total", route=route, status=str(status))
        self._metrics.observe("request_seconds", seconds, route=route)
        self._metrics.set("inflight", self._inflight)
        if info.texts:
            self._metrics.add("texts_total", info.texts - info.failed, route=route, outcome="ok")
            self._metrics.add("texts_total", info.failed, route=route, outcome="error")
            self._metrics.add("chars_total", info.chars)
        self._metrics.publish()
        fields: dict[str, Any] = {"texts": info.texts, "chars": info.chars} if info.texts else {}
        if info.key is not None:
            fields["key"] = info.key.name
        log(
            "request",
            request_id=info.request_id,
            method=scope["method"] if scope["method"] in _METHODS else "(other)",
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            **fields,
        )


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


async def _answer_fault(fault: Fault, request_id: str, send: Send) -> None:
    body = envelope(fault, request_id)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *((k.lower().encode(), v.encode()) for k, v in fault.headers.items()),
    ]
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
