"""The service under load and through its life: queue, timeouts, drain, reload, workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from helpers.service import Process, running, until
from helpers.tiny import tiny_bundle
from petition_nlp import PetitionNLP, load
from petition_nlp.errors import BundleError
from petition_nlp.registry import promote
from petition_nlp_serve.model import loader_of, model_path
from petition_nlp_serve.settings import Settings

TEXT = {"text": "我奶奶的低保被停了三个月，请查一查。"}


class Slow:
    """A model that answers when told."""

    def __init__(self, nlp: PetitionNLP) -> None:
        self._nlp = nlp
        self.go = threading.Event()
        self.go.set()
        self.batches: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._nlp, name)

    def analyze(self, texts: list[str], **options: Any) -> Any:
        assert self.go.wait(60)
        self.batches.append(len(texts))
        return self._nlp.analyze(texts, **options)


def post(url: str, body: Any = None, path: str = "/v1/classify") -> httpx.Response:
    return httpx.post(url + path, json=body or TEXT, trust_env=False, timeout=60)


def metric(url: str, start: str) -> float:
    lines = httpx.get(f"{url}/metrics", trust_env=False).text.splitlines()
    return sum(float(x.rsplit(" ", 1)[1]) for x in lines if x.startswith(start))


def test_batches_queue_and_health_under_load(nlp: PetitionNLP) -> None:
    slow = Slow(nlp)
    with (
        running(lambda: slow, queue_cost=1000, timeout=50) as url,  # type: ignore[arg-type, return-value]
        ThreadPoolExecutor(20) as pool,
    ):
        slow.batches.clear()
        slow.go.clear()
        first = pool.submit(post, url)
        until(lambda: metric(url, "petition_nlp_inflight") >= 1)
        rest = [pool.submit(post, url) for _ in range(19)]
        until(lambda: metric(url, 'petition_nlp_rejected_total{reason="queue_full"}') >= 8)
        for path in ("/health/live", "/health/ready", "/v1/info"):
            assert httpx.get(url + path, trust_env=False).status_code == 200
        slow.go.set()
        answers = [f.result() for f in [first, *rest]]
    assert {a.status_code for a in answers} == {200, 429}
    refused = next(a for a in answers if a.status_code == 429)
    assert refused.json()["error_type"] == "busy"
    assert int(refused.headers["retry-after"]) >= 1
    assert max(slow.batches) > 1


def test_time_and_number_of_requests_are_limited(nlp: PetitionNLP) -> None:
    slow = Slow(nlp)
    with (
        running(lambda: slow, timeout=0.5, max_inflight=2) as url,  # type: ignore[arg-type, return-value]
        ThreadPoolExecutor(8) as pool,
    ):
        slow.go.clear()
        answers = [f.result() for f in [pool.submit(post, url) for _ in range(8)]]
        kinds = {a.json()["error_type"] for a in answers}
        assert "timeout" in kinds
        assert kinds <= {"timeout", "busy"}
        slow.go.set()
        until(lambda: post(url).status_code == 200)


def test_a_body_that_never_comes(nlp: PetitionNLP) -> None:
    with running(lambda: nlp, timeout=0.3) as url:
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as peer:
            peer.sendall(
                b"POST /v1/classify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                b"Content-Length: 50\r\n\r\n{"
            )
            assert b" 408 " in peer.recv(4096).split(b"\r\n")[0]


def test_long_lists_do_not_hold_up_single_texts(nlp: PetitionNLP) -> None:
    slow = Slow(nlp)
    done: list[str] = []
    with (
        running(lambda: slow, batch_cost=500) as url,  # type: ignore[arg-type, return-value]
        ThreadPoolExecutor(2) as pool,
    ):
        slow.go.clear()
        many = pool.submit(lambda: (post(url, {"texts": [TEXT["text"]] * 200}), done.append("many"))[0])
        until(lambda: metric(url, "petition_nlp_inflight") >= 1)
        one = pool.submit(lambda: (post(url), done.append("one"))[0])
        until(lambda: metric(url, "petition_nlp_inflight") >= 2)
        slow.go.set()
        assert many.result().status_code == one.result().status_code == 200
    assert done == ["one", "many"]
    assert len(many.result().json()["results"]) == 200


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a Windows process at once")
def test_drain(tmp_path: Path, bundle_path: Path) -> None:
    arguments = ("--bundle", bundle_path, "--feedback", "none", "--drain", "2")
    with Process(*arguments, log=tmp_path / "log") as service, ThreadPoolExecutor(1) as pool:
        big = {"texts": [TEXT["text"] * 100] * 250}
        accepted = pool.submit(post, service.url, big, "/v1/analyze")
        until(lambda: metric(service.url, "petition_nlp_inflight") >= 1)
        service.popen.send_signal(signal.SIGTERM)
        until(lambda: httpx.get(f"{service.url}/health/ready", trust_env=False).status_code == 503)
        assert httpx.get(f"{service.url}/health/live", trust_env=False).status_code == 200
        assert post(service.url).status_code == 200
        answer = accepted.result()
        assert answer.status_code == 200
        assert len(answer.json()["results"]) == 250
        assert service.popen.wait(60) in (0, -signal.SIGTERM)


def test_hot_swap_and_a_failed_one(tmp_path: Path) -> None:
    place = tmp_path / "bundle"
    shutil.copytree(tiny_bundle(tmp_path / "first"), place)
    second = tiny_bundle(tmp_path / "second", folds=2)
    with running(lambda: load(place)) as url, ThreadPoolExecutor(2) as pool:
        stop = threading.Event()

        def ask() -> set[int]:
            seen = set()
            while not stop.is_set():
                seen.add(post(url).status_code)
            return seen

        asking = [pool.submit(ask) for _ in range(2)]
        before = httpx.get(f"{url}/v1/info", trust_env=False).json()["bundle"]["files"]
        shutil.rmtree(place)
        shutil.copytree(second, place)
        assert httpx.post(f"{url}/v1/admin/reload", trust_env=False, timeout=60).status_code == 200
        after = httpx.get(f"{url}/v1/info", trust_env=False).json()["bundle"]["files"]
        assert after != before
        (place / "linear.safetensors").write_bytes(b"broken")
        failed = httpx.post(f"{url}/v1/admin/reload", trust_env=False, timeout=60)
        assert (failed.status_code, failed.json()["error_type"]) == (409, "reload_failed")
        assert httpx.get(f"{url}/v1/info", trust_env=False).json()["bundle"]["files"] == after
        stop.set()
        assert [f.result() for f in asking] == [{200}, {200}]


def test_registry(tmp_path: Path, bundle_path: Path) -> None:
    settings = Settings(registry=str(tmp_path / "registry"))
    with pytest.raises(BundleError, match="no bundle is in service"):
        model_path(settings)
    promote(tmp_path / "registry", bundle_path, None, force=True, why="first")
    assert loader_of(settings)().info == load(bundle_path).info


@pytest.mark.skipif(sys.platform == "win32", reason="several workers need a Unix system")
def test_workers_share_reload_metrics_and_survive_a_death(tmp_path: Path, bundle_path: Path) -> None:
    place = tmp_path / "bundle"
    shutil.copytree(bundle_path, place)
    arguments = ("--bundle", place, "--feedback", "none", "--workers", "2")
    with Process(*arguments, log=tmp_path / "log") as service:
        until(lambda: metric(service.url, "petition_nlp_ready") == 2)
        for _ in range(20):
            assert post(service.url).status_code == 200
        until(lambda: metric(service.url, 'petition_nlp_requests_total{route="/v1/classify"') >= 20)
        assert httpx.post(f"{service.url}/v1/admin/reload", trust_env=False, timeout=60).status_code == 200
        until(lambda: metric(service.url, 'petition_nlp_reloads_total{outcome="ok"}') == 2)
        service.popen.send_signal(signal.SIGHUP)
        until(lambda: metric(service.url, 'petition_nlp_reloads_total{outcome="ok"}') == 4)
        pid = worker_pids(tmp_path / "log")[0]
        time.sleep(3.2)  # a worker that dies sooner is taken for one that cannot start
        os.kill(pid, signal.SIGKILL)
        until(lambda: len(worker_pids(tmp_path / "log")) == 3)
        assert post(service.url).status_code == 200


def worker_pids(log: Path) -> list[int]:
    lines = [json.loads(x) for x in log.read_text(encoding="utf-8").splitlines() if x.startswith("{")]
    return [x["pid"] for x in lines if x["event"] == "ready"]


def test_a_bundle_that_cannot_be_loaded(run_cli: Any, tmp_path: Path) -> None:
    done = run_cli("serve", "--bundle", tmp_path, "--port", "0", "--feedback", "none", check=False)
    assert done.returncode == 1
    assert b"no model bundle" in done.stderr
    assert b"Traceback" not in done.stderr
