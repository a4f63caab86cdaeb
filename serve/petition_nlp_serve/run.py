"""Starts the server: one process, or a parent with several workers on one socket."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from types import FrameType

import uvicorn

from petition_nlp.errors import InputError, PetitionError
from petition_nlp_serve.app import create_app, quiet_server_logs
from petition_nlp_serve.log import log
from petition_nlp_serve.model import Loader
from petition_nlp_serve.settings import ENVIRONMENT, Settings, settings_from_environment

_GRACE = 10.0  # seconds beyond a request's own limit that open requests get on shutdown


class Server(uvicorn.Server):
    """Says "not ready" first on SIGTERM, and closes the door a little later; reloads on SIGHUP."""

    def __init__(self, settings: Settings, loader: Loader | None = None) -> None:
        self._app = create_app(settings, loader)
        self._drain = settings.drain
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = False
        super().__init__(
            uvicorn.Config(
                self._app,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=int(settings.timeout + _GRACE),
                lifespan="on",
            )
        )
        quiet_server_logs()

    @property
    def start_error(self) -> PetitionError | None:
        """Why the service could not start."""
        error: PetitionError | None = self._app.state.service.start_error
        return error

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        if hasattr(signal, "SIGHUP") and threading.current_thread() is threading.main_thread():
            self._loop.add_signal_handler(signal.SIGHUP, self._app.state.service.reload_soon)
        await super().serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._loop is None or sig == signal.SIGINT or self._told or not self.started:
            super().handle_exit(sig, frame)
            return
        self._told = True
        self._loop.call_soon_threadsafe(self._begin_drain, sig, frame)

    def _begin_drain(self, sig: int, frame: FrameType | None) -> None:
        assert self._loop is not None
        self._app.state.service.drain()
        self._loop.call_later(self._drain, super().handle_exit, sig, frame)


def serve(settings: Settings, loader: Loader | None = None) -> int:
    """Serve until told to stop. Returns the exit status.

    Raises:
        InputError: the address cannot be listened on, or is open to others without a key.
        PetitionError: the model cannot be loaded.
    """
    settings.check_exposure()
    listener = _listen(settings)
    host, port = listener.getsockname()[:2]
    log("listening", host=host, port=port, workers=settings.workers)
    if settings.workers == 1:
        return _run(settings, listener, loader)
    if os.name == "nt":
        raise InputError("--workers: several workers need a Unix system; run several services instead")
    with tempfile.TemporaryDirectory(prefix="petition-nlp-") as run_dir:
        return _Parent(replace(settings, run_dir=run_dir), listener).run()


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's algorithm off; otherwise answers wait 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":  # on Windows this option would let two services share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(2048)
    except (OSError, OverflowError) as error:
        listener.close()
        raise InputError(f"--host {settings.host} --port {settings.port}: cannot listen there: {error}") from error
    listener.set_inheritable(True)
    return listener


def _run(settings: Settings, listener: socket.socket, loader: Loader | None = None) -> int:
    sys.setswitchinterval(0.002)  # the event loop gets the interpreter back sooner while the model works
    server = Server(settings, loader)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return 0
    except SystemExit:
        raise server.start_error or PetitionError("the service could not start; the log above says why") from None
    return 0


class _Parent:
    """Keeps the workers alive and passes signals on."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._environment = {**os.environ, ENVIRONMENT: settings.to_json()}
        self._count = settings.workers
        self._listener = listener
        self._workers: list[subprocess.Popen[bytes]] = []
        self._stopping = False
        self._started: dict[int, float] = {}

    def run(self) -> int:
        for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sig, self._pass_on)
        self._workers = [self._start() for _ in range(self._count)]
        status = 0
        while self._workers:
            time.sleep(0.2)
            for worker in list(self._workers):
                if worker.poll() is None:
                    continue
                self._workers.remove(worker)
                if self._stopping:
                    continue
                log("worker_died", level="error", pid=worker.pid, status=worker.returncode)
                if time.monotonic() - self._started[worker.pid] < 3:
                    # It would die again at once: the model or the settings are at fault.
                    status = 1
                    self._pass_on(signal.SIGTERM, None)
                else:
                    self._workers.append(self._start())
        return status

    def _start(self) -> subprocess.Popen[bytes]:
        fd = self._listener.fileno()
        command = [sys.executable, "-m", "petition_nlp_serve.run", str(fd)]
        worker = subprocess.Popen(command, env=self._environment, pass_fds=[fd])
        self._started[worker.pid] = time.monotonic()
        return worker

    def _pass_on(self, sig: int, _: FrameType | None) -> None:
        if sig != signal.SIGHUP:
            self._stopping = True
        for worker in self._workers:
            if worker.poll() is None:
                worker.send_signal(sig)


def _worker(fd: int) -> int:
    listener = socket.socket(fileno=fd)
    try:
        return _run(settings_from_environment(), listener)
    except PetitionError as error:
        print(f"petition-nlp: error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(_worker(int(sys.argv[1])))
