from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from helpers.service import free_port, running
from petition_nlp import PetitionNLP
from petition_nlp.client import (
    BusyError,
    Client,
    KeyRefusedError,
    RequestError,
    ServerError,
    UnreachableError,
)
from petition_nlp.errors import InputError
from petition_nlp_serve.auth import new_key

TEXT = "我奶奶的低保被停了三个月，请查3.2万元。"


@pytest.fixture
def remote(service: str) -> Iterator[Client]:
    with Client(service) as remote:
        yield remote


def test_routes(remote: Client, nlp: PetitionNLP) -> None:
    assert remote.ready()
    assert remote.info()["model"] == nlp.info.to_dict()
    assert remote.analyze(TEXT, id="7") == {**nlp(TEXT).to_dict(), "id": "7"}
    assert remote.classify(TEXT)["doc_type"] == nlp(TEXT).to_dict()["doc_type"]
    assert remote.entities(TEXT)["entities"] == nlp(TEXT).to_dict()["entities"]
    assert remote.redact("电话13800000000", {"types": ["PHONE"], "action": "remove"})["text"] == "电话"
    results = remote.many([TEXT] * 5 + ["长" * 3000], portion=4)
    assert results[5]["error_type"] == "text_too_long"
    assert results[5]["index"] == 5
    ident = remote.feedback(TEXT, {"severity": 2}, comment="改")
    remote.delete_feedback(ident)
    with pytest.raises(RequestError) as error:
        remote.delete_feedback(ident)
    assert (error.value.status, error.value.error_type) == (404, "no_such_feedback")
    assert remote.reload()["model"]["name"] == "tiny"


def test_faults(remote: Client, nlp: PetitionNLP, tmp_path: Any) -> None:
    with pytest.raises(RequestError) as error:
        remote.classify("长" * 3000)
    assert error.value.error_type == "text_too_long"
    assert "长长" not in str(error.value)
    with pytest.raises(InputError):
        remote.classify("\ud800")
    with pytest.raises(InputError):
        remote.classify("a", id=float("nan"))
    for url in ("localhost:1", "ftp://x", "http://"):
        with pytest.raises(InputError):
            Client(url)
    key, line = new_key("a:classify")
    (tmp_path / "keys").write_text(line, encoding="utf-8")
    with running(lambda: nlp, keys=str(tmp_path / "keys")) as url:
        with pytest.raises(KeyRefusedError):
            Client(url).classify(TEXT)
        assert Client(url, key).classify(TEXT)["domains"]
        with pytest.raises(KeyRefusedError):
            Client(url, key).reload()


def test_nobody_there() -> None:
    client = Client(f"http://127.0.0.1:{free_port()}", tries=2, wait=0.01)
    assert not client.ready()
    with pytest.raises(UnreachableError):
        client.info()


@pytest.fixture
def scripted() -> Iterator[tuple[str, list[tuple[int, bytes]], list[str]]]:
    """A server that answers what it is told, in turn; closes the connection on status 0."""
    answers: list[tuple[int, bytes]] = []
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            status, body = answers.pop(0)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", answers, seen
        server.shutdown()


def test_tries_again(scripted: tuple[str, list[tuple[int, bytes]], list[str]]) -> None:
    url, answers, seen = scripted
    client = Client(url, tries=4, wait=0.001)
    answers += [(429, b"{}"), (503, b"<html>"), (0, b""), (201, b'{"id": "x", "stored": true}')]
    assert client.feedback(TEXT, {"severity": 1}) == "x"
    assert len({json.loads(s)["id"] for s in seen}) == 1  # one item, however often it is sent
    answers += [(429, b"{}")] * 4
    with pytest.raises(BusyError):
        client.classify(TEXT)
    answers += [(500, b"[]")]
    with pytest.raises(ServerError):
        client.classify(TEXT)
    answers += [(200, b"<html>login</html>")]
    with pytest.raises(ServerError, match="not the service's"):
        client.classify(TEXT)


def test_needs_the_standard_library_only() -> None:
    code = (
        "import sys; import petition_nlp.client; "
        "print([m for m in ('numpy','onnxruntime','fastapi','httpx','requests','opencc') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
