"""A thin client of the HTTP service. Standard library only.

from petition_nlp.client import Client
client = Client("http://nlp.office.lan:8000", key="pn_…")
client.classify("我奶奶的低保被停了三个月")["domains"]
"""

from __future__ import annotations

import http.client
import json
import random
import ssl
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from petition_nlp.errors import InputError, PetitionError

Result = dict[str, Any]
_AGAIN = frozenset({408, 429, 503})
_LONGEST_WAIT = 30.0


class ServiceError(PetitionError):
    """The service answered with a fault.

    Attributes:
        status: HTTP status.
        error_type: stable id, e.g. ``text_too_long``.
        request_id: id to look for in the service's log.
    """

    def __init__(self, message: str, *, status: int, error_type: str, request_id: str | None) -> None:
        super().__init__(f"{message} ({status} {error_type}, request {request_id})")
        self.status = status
        self.error_type = error_type
        self.request_id = request_id


class RequestError(ServiceError):
    """What was sent cannot be used (400, 404, 405, 409, 413, 415, 422); sending it again does not help."""


class KeyRefusedError(ServiceError):
    """The key is missing, unknown, or lacks the scope (401, 403)."""


class BusyError(ServiceError):
    """The service is busy or not ready, and stayed so through all tries (408, 429, 503)."""


class ServerError(ServiceError):
    """A fault of the service itself (5xx)."""


class UnreachableError(PetitionError):
    """No answer came, through all tries: wrong address, no network, or the service is down."""


class Client:
    """Calls the service, and tries again where that can help. One object serves one thread.

    Args:
        url: where the service is, e.g. ``http://127.0.0.1:8000``. Proxies of the environment are not used.
        key: bearer key.
        timeout: seconds to wait for an answer.
        tries: how often a call is tried in all while the service is busy or away.
        wait: seconds before the second try; doubled for each further one, unless the service says how long.
        context: TLS settings for https, e.g. with the office's own certificate authority.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = 60.0,
        tries: int = 5,
        wait: float = 0.5,
        context: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(f"{url!r}: expected an address like http://host:8000")
        if tries < 1:
            raise InputError(f"tries={tries}: should be at least 1")
        self._parts = parts
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Accept": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
        self._timeout = timeout
        self._tries = tries
        self._wait = wait
        self._context = context
        self._connection: http.client.HTTPConnection | None = None

    def classify(self, text: str, **options: Any) -> Result:
        """Labels of a text. Options: ``entities``, ``evidence`` (bool), ``reference_date`` (YYYY-MM-DD), ``id``."""
        return self._post("/v1/classify", {"text": text, **options})

    def entities(self, text: str, **options: Any) -> Result:
        """Entities of a text. Options: ``reference_date``, ``id``."""
        return self._post("/v1/entities", {"text": text, **options})

    def analyze(self, text: str, **options: Any) -> Result:
        """Labels, evidence and entities of a text; options as for :meth:`classify`."""
        return self._post("/v1/analyze", {"text": text, **options})

    def redact(self, text: str, policy: Mapping[str, Any] | None = None) -> Result:
        """The text without names and numbers. ``policy``: ``types``, ``action``, ``recall_first``."""
        return self._post("/v1/redact", {"text": text, **({"policy": dict(policy)} if policy else {})})

    def many(self, texts: Sequence[str], route: str = "classify", *, portion: int = 64, **options: Any) -> list[Result]:
        """Results of many texts in order, sent in portions.

        A text that cannot be used gives ``{"error", "error_type", "index"}`` in its place; ``index`` counts in all.
        """
        if portion < 1:
            raise InputError(f"portion={portion}: should be at least 1")
        out: list[Result] = []
        for start in range(0, len(texts), portion):
            results = self._post(f"/v1/{route}", {"texts": list(texts[start : start + portion]), **options})["results"]
            out += [{**r, "index": r["index"] + start} if "error_type" in r else r for r in results]
        return out

    def feedback(self, text: str, labels: Mapping[str, Any], *, id: str | None = None, comment: str = "") -> str:
        """Store corrected labels; returns the item's id. When this returns, the item is on the service's disk."""
        body: Result = {"text": text, "labels": dict(labels), "id": id or uuid.uuid4().hex}
        if comment:
            body["comment"] = comment
        return str(self._post("/v1/feedback", body)["id"])

    def delete_feedback(self, id: str) -> None:
        """Delete a stored correction; needs the scope admin."""
        self._call("DELETE", f"/v1/feedback/{quote(id, safe='')}", None)

    def info(self) -> Result:
        """Model, labels and limits of the service."""
        return self._call("GET", "/v1/info", None)

    def reload(self) -> Result:
        """Let the service load its bundle anew; needs the scope admin."""
        return self._post("/v1/admin/reload", {})

    def ready(self) -> bool:
        """Whether the service takes requests, by a single try."""
        try:
            return self._once("GET", "/health/ready", None)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _post(self, path: str, body: Result) -> Result:
        try:
            data = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError) as error:
            raise InputError(f"{path}: the values cannot be sent as JSON in UTF-8 ({type(error).__name__})") from None
        return self._call("POST", path, data)

    def _call(self, method: str, path: str, data: bytes | None) -> Result:
        delay = self._wait
        for attempt in range(1, self._tries + 1):
            last = attempt == self._tries
            try:
                status, headers, answer = self._once(method, path, data)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if last:
                    where = self._parts.netloc.rpartition("@")[2]
                    raise UnreachableError(f"{where}: no answer in {attempt} tries: {error!r}") from error
            else:
                if status < 300:
                    return _object(answer, status) if answer else {}
                if status not in _AGAIN or last:
                    raise _error(status, answer)
                with_hint = headers.get("Retry-After", "")
                delay = max(delay, float(with_hint)) if with_hint.isdigit() else delay
            # Clients that were sent away together should not come back together.
            time.sleep(min(delay, _LONGEST_WAIT) * random.uniform(0.75, 1.25))
            delay *= 2
        raise AssertionError("the last try returns or raises")

    def _once(self, method: str, path: str, data: bytes | None) -> tuple[int, http.client.HTTPMessage, bytes]:
        if self._connection is None:
            host, port = self._parts.hostname or "", self._parts.port
            if self._parts.scheme == "https":
                self._connection = http.client.HTTPSConnection(host, port, timeout=self._timeout, context=self._context)
            else:
                self._connection = http.client.HTTPConnection(host, port, timeout=self._timeout)
        headers = dict(self._headers)
        if data is not None:
            headers["Content-Type"] = "application/json"
        self._connection.request(method, self._prefix + path, body=data, headers=headers)
        response = self._connection.getresponse()
        answer = response.read()
        return response.status, response.headers, answer


def _object(answer: bytes, status: int) -> Result:
    try:
        value = json.loads(answer)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ServerError("the answer is not the service's", status=status, error_type="not_json", request_id=None)
    return value


def _error(status: int, answer: bytes) -> ServiceError:
    try:
        body = json.loads(answer)
    except ValueError:
        body = {}  # a proxy answered in the service's place
    body = body if isinstance(body, dict) else {}
    kind: type[ServiceError]
    if status in (401, 403):
        kind = KeyRefusedError
    elif status in _AGAIN:
        kind = BusyError
    else:
        kind = RequestError if status < 500 else ServerError
    return kind(
        str(body.get("error", "the service refused")),
        status=status,
        error_type=str(body.get("error_type", "http")),
        request_id=body.get("request_id"),
    )
