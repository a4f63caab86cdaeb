"""Starts the service for tests: in this process on a free loopback port, or as the command line does."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from petition_nlp import PetitionNLP
from petition_nlp_serve.run import Server
from petition_nlp_serve.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def running(loader: Callable[[], PetitionNLP], **settings: Any) -> Iterator[str]:
    """Serve in a thread; gives the base URL."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        server = Server(Settings(**{"feedback": "none", **settings}), loader)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until(lambda: server.started or not thread.is_alive())
        assert server.started, "the service did not start"
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)


class Process:
    """``petition-nlp serve`` in a process of its own."""

    def __init__(self, *args: object, log: Path, env: dict[str, str] | None = None) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        with log.open("ab") as stream:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "petition_nlp", "serve", "--port", str(self.port), *map(str, args)],
                stderr=stream,
                stdout=stream,
                env={**os.environ, **(env or {})},
            )

    def ready(self) -> bool:
        assert self.popen.poll() is None, self.log.read_text(encoding="utf-8")
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health/ready", timeout=5, trust_env=False).status_code == 200
        return False

    def __enter__(self) -> Process:
        until(self.ready)
        return self

    def __exit__(self, *_: object) -> None:
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(30)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], object], seconds: float = 120) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
