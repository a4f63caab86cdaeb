from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from helpers.service import Process, free_port, until
from petition_nlp.corpus import read_labeled
from petition_nlp.errors import InputError
from petition_nlp_serve.feedback import Conflict, FeedbackStore

LABELS = {"doc_type": "petition", "domains": ["low_income"], "severity": 3, "misconduct": []}


def add(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/v1/feedback", json={"text": "低保被停", "labels": LABELS, **body})


def test_stores_replaces_and_deletes(client: httpx.Client) -> None:
    first = add(client, id="a1", comment="\0备注")
    assert (first.status_code, first.json()) == (201, {"id": "a1", "stored": True})
    assert add(client, id="a1").status_code == 200
    assert add(client, id="a1", text="别的").json()["error_type"] == "id_taken"
    ident = add(client).json()["id"]
    assert client.delete(f"/v1/feedback/{ident}").status_code == 204
    assert client.delete(f"/v1/feedback/{ident}").status_code == 404
    assert client.delete("/v1/feedback/%00").status_code == 404
    assert client.delete("/v1/feedback/a1").status_code == 204


@pytest.mark.parametrize(
    "change",
    [
        {"labels": {}},
        {"labels": []},
        {"labels": None},
        {"labels": {"domains": "land"}},
        {"labels": {"domains": ["land", "land"]}},
        {"labels": {"domains": [["land"]]}},
        {"labels": {"severity": 5}},
        {"labels": {"severity": True}},
        {"labels": {"severity": "3"}},
        {"labels": {"doc_type": ["petition"]}},
        {"labels": {"mood": "bad"}},
        {"text": ""},
        {"text": 5},
        {"id": "a/b"},
        {"comment": 1},
        {"more": 1},
    ],
)
def test_wrong_feedback(client: httpx.Client, change: dict[str, Any]) -> None:
    assert add(client, **change).status_code == 422


def test_export_is_labelled_data(store_path: Path, tmp_path: Path, run_cli: Any) -> None:
    store = FeedbackStore(f"sqlite:///{store_path}")
    store.add("低保被停", {"domains": ["land"]}, id="old", source="clerk")
    store.add("低保被停", LABELS, id="zz-new")
    store.add("关于印发办法的通知", {"doc_type": "policy", "severity": 2, "domains": []}, id="p")
    out = tmp_path / "out.jsonl"
    run_cli("feedback", "export", "-o", out, "--store", store_path)
    rows = {r.text: r for r in read_labeled(out)}
    assert rows["低保被停"].labels["domains"] == ["low_income"]
    assert rows["低保被停"].labels["severity"] == ["grave"]
    assert rows["低保被停"].labels["misconduct"] == []
    assert set(rows["关于印发办法的通知"].labels) == {"doc_type", "domains"}
    run_cli("feedback", "export", "--all", "-o", out, "--store", store_path)
    assert len(list(read_labeled(out))) == 3
    assert run_cli("feedback", "export", "-o", "-", "--store", store_path).stdout.count(b"\n") == 2
    run_cli("feedback", "delete", "old", "p", "--store", store_path)
    assert run_cli("feedback", "count", "--store", store_path).stdout.strip() == b"1"
    assert run_cli("feedback", "delete", "old", "--store", store_path, check=False).returncode == 1


def test_retention_and_deletion_leave_nothing_behind(store_path: Path) -> None:
    store = FeedbackStore(f"sqlite:///{store_path}")
    store.add("村支书把钱拿走了", LABELS, id="x")
    assert store.purge(1) == 0
    assert store.purge(0) in (0, 1)  # an item of this very second may still be young enough
    store.delete("x")
    store.close()
    for path in store_path.parent.iterdir():
        assert "村支书".encode() not in path.read_bytes()
    if os.name != "nt":
        assert store_path.stat().st_mode & 0o077 == 0


def test_unusable_stores(tmp_path: Path) -> None:
    for url in ("nonsense", "nosuch://x", f"sqlite:///{tmp_path}"):
        with pytest.raises(InputError, match="feedback store"):
            FeedbackStore(url)
    with pytest.raises(InputError) as error:
        FeedbackStore("nosuch://user:secret@host/db")
    assert "secret" not in str(error.value)


def test_acknowledged_items_survive_kill_9(tmp_path: Path, bundle_path: Path, store_path: Path) -> None:
    acknowledged: list[str] = []

    def write(url: str, name: str) -> None:
        with httpx.Client(base_url=url, trust_env=False) as client:
            for n in range(10_000):
                body = {"text": f"第{n}封", "labels": LABELS, "id": f"{name}-{n}"}
                try:
                    if client.post("/v1/feedback", json=body).status_code == 201:
                        acknowledged.append(body["id"])
                except httpx.TransportError:
                    return

    for round_ in range(2):
        with Process("--bundle", bundle_path, "--feedback", store_path, log=tmp_path / "log") as service:
            before = len(acknowledged)
            threads = [
                threading.Thread(target=write, args=(service.url, f"r{round_}w{w}"), daemon=True) for w in range(3)
            ]
            for thread in threads:
                thread.start()
            until(lambda before=before: len(acknowledged) > before + 40)
            service.popen.send_signal(signal.SIGKILL)
            service.popen.wait()
            for thread in threads:
                thread.join()
    stored = {item["id"] for item in FeedbackStore(f"sqlite:///{store_path}").items()}
    assert set(acknowledged) <= stored


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    pytest.importorskip("psycopg", reason="needs psycopg (pip install 'psycopg[binary]')")
    server, initdb = shutil.which("postgres"), shutil.which("initdb")
    if not (server and initdb):
        pytest.skip("needs a PostgreSQL server (Debian: apt-get install postgresql)")
    # PostgreSQL refuses to run as root; where the tests do, another user runs it.
    root = os.name != "nt" and os.geteuid() == 0
    more: dict[str, Any] = {"user": "nobody", "env": {**os.environ, "HOME": "/tmp"}} if root else {}
    data = Path(tempfile.mkdtemp(prefix="pg"))
    if root:
        shutil.chown(data, "nobody")
    command = [initdb, "-D", data, "-A", "trust", "-U", "test", "-E", "UTF8"]
    subprocess.run(command, check=True, capture_output=True, cwd="/", **more)
    port = free_port()
    command = [server, "-D", data, "-p", str(port), "-k", data, "-h", "127.0.0.1"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd="/", **more)
    url = f"postgresql+psycopg://test@127.0.0.1:{port}/postgres"

    def up() -> bool:
        try:
            FeedbackStore(url).close()
        except InputError:
            return False
        return True

    try:
        until(up)
        yield url
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(data, ignore_errors=True)


def test_postgresql(postgres: str) -> None:
    exercise(FeedbackStore(postgres))


def test_sqlite(store_path: Path) -> None:
    exercise(FeedbackStore(f"sqlite:///{store_path}"))


def exercise(store: FeedbackStore) -> None:
    text = "低保\0𠮷😀" + "长" * 5000
    assert store.add(text, LABELS, id="a", source="clerk", comment="\0") == ("a", True)
    assert store.add(text, {"severity": 1}, id="a") == ("a", False)
    with pytest.raises(Conflict):
        store.add("别的", LABELS, id="a")
    (item,) = store.items()
    assert item["text"] == text
    assert json.loads(json.dumps(item["labels"])) == {"severity": 1}
    assert store.count() == 1
    assert store.purge(1) == 0
    assert store.delete("a")
    assert not store.delete("a")
    store.close()
