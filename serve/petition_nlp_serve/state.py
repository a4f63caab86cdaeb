"""What one worker holds: model, queue, keys, feedback, counters. Lives as long as the app."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from petition_nlp.errors import PetitionError
from petition_nlp.pipeline import PetitionNLP
from petition_nlp_serve.audit import AuditLog
from petition_nlp_serve.auth import KeyRing
from petition_nlp_serve.batcher import Batcher
from petition_nlp_serve.fault import busy
from petition_nlp_serve.feedback import FeedbackStore
from petition_nlp_serve.log import log, log_exception
from petition_nlp_serve.metrics import Metrics
from petition_nlp_serve.model import Loader, ModelSlot
from petition_nlp_serve.settings import Settings
from petition_nlp_serve.work import worker

T = TypeVar("T")
_PURGE_EVERY = 3600.0
_BIG_BODIES = 4
_SIGNAL = "reload.json"  # in the run folder: tells the other workers to reload


class ServiceState:
    """Everything the routes need."""

    def __init__(self, settings: Settings, loader: Loader) -> None:
        self.settings = settings
        self.metrics = Metrics(settings.run_dir)
        self.keys = KeyRing(settings.keys)
        self.slot = ModelSlot(loader)
        self.audit = AuditLog(settings.audit) if settings.audit else None
        self.draining = False
        self.start_error: PetitionError | None = None
        self.batcher: Batcher | None = None
        self._feedback: FeedbackStore | None = None
        self._feedback_pool = ThreadPoolExecutor(1, thread_name_prefix="feedback")
        self._side_pool = ThreadPoolExecutor(1, thread_name_prefix="side")
        self._tasks: list[asyncio.Task[None]] = []
        self._seen_signal = self._signal_stamp()
        self._purged = 0.0
        self._big = 0

    @property
    def ready(self) -> bool:
        return self.slot.loaded and not self.draining

    async def start(self) -> None:
        """Load the model and start the queue.

        Raises:
            PetitionError: the model, the keys or the feedback store cannot be used.
        """
        settings = self.settings
        if settings.feedback is not None and settings.feedback != "none":
            await self.in_feedback(FeedbackStore.count)  # a wrong URL shows at the start, not at the first correction
        await asyncio.get_running_loop().run_in_executor(self._side_pool, self.slot.reload)
        self.batcher = Batcher(
            worker(self.slot),
            self.metrics,
            batch_cost=settings.batch_cost,
            queue_cost=settings.queue_cost,
            wait=settings.wait,
        )
        self.batcher.start()
        self._tasks = [asyncio.create_task(self._housekeeping())]
        self.metrics.set("ready", 1)
        log("ready", model=self.slot.nlp.info.to_dict(), pid=os.getpid())

    async def stop(self) -> None:
        """Finish what was accepted and close."""
        self.draining = True
        self.metrics.set("ready", 0)
        if self.batcher is not None:
            await self.batcher.stop()
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self._feedback is not None:
            await self.in_feedback(FeedbackStore.close)
        self._feedback_pool.shutdown(wait=True)
        self._side_pool.shutdown(wait=True)
        if self.audit is not None:
            self.audit.close()
        log("stopped", pid=os.getpid())

    def drain(self) -> None:
        """From now on not ready; what comes is still answered until the door closes."""
        if not self.draining:
            self.draining = True
            self.metrics.set("ready", 0)
            log("draining", pid=os.getpid())

    async def reload(self, *, tell_others: bool = True) -> PetitionNLP:
        """Exchange the model; the keys are looked at too.

        Raises:
            PetitionError: the new model cannot be used; the old one stays.
        """
        self.keys.refresh(now=True)
        try:
            fresh = await self.in_side(self.slot.reload)
        except PetitionError as error:
            self.metrics.add("reloads_total", outcome="failed")
            log("reload_failed", level="error", reason=type(error).__name__)
            raise
        self.metrics.add("reloads_total", outcome="ok")
        log("reloaded", model=fresh.info.to_dict(), pid=os.getpid())
        if tell_others and self.settings.run_dir:
            path = Path(self.settings.run_dir) / _SIGNAL
            temporary = path.with_suffix(f".{os.getpid()}")
            temporary.write_text(json.dumps({"time": time.time()}), encoding="utf-8")
            temporary.replace(path)
            self._seen_signal = self._signal_stamp()
        return fresh

    @contextmanager
    def big_body(self) -> Iterator[None]:
        """Admit few requests with large bodies at once: they are held in memory.

        Raises:
            Fault: 429.
        """
        if self._big >= _BIG_BODIES:
            self.metrics.add("rejected_total", reason="tables")
            raise busy("other tables are being read; try again shortly")
        self._big += 1
        try:
            yield
        finally:
            self._big -= 1

    def reload_soon(self) -> None:
        """Reload in the background, as on SIGHUP; a failure is in the log."""

        async def quietly() -> None:
            with suppress(PetitionError):
                await self.reload(tell_others=False)

        self._tasks.append(asyncio.get_running_loop().create_task(quietly()))

    async def in_feedback(self, do: Callable[[FeedbackStore], T]) -> T:
        """Run something on the feedback store, which is opened on first use, in its own thread."""

        def run() -> T:
            if self._feedback is None:
                self._feedback = FeedbackStore(self.settings.feedback_url() or "")
            return do(self._feedback)

        return await asyncio.get_running_loop().run_in_executor(self._feedback_pool, run)

    async def in_side(self, do: Callable[[], T]) -> T:
        """Run something long (reading a workbook, loading a model) in a thread that holds up neither loop nor model."""
        return await asyncio.get_running_loop().run_in_executor(self._side_pool, do)

    async def _housekeeping(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            try:
                self.metrics.publish()
                await self._once()
            except PetitionError:
                continue  # is in the log already
            except Exception as error:
                log_exception("housekeeping_failed", error)
                await asyncio.sleep(30)

    async def _once(self) -> None:
        stamp = self._signal_stamp()
        if stamp != self._seen_signal:
            self._seen_signal = stamp
            await self.reload(tell_others=False)
        days = self.settings.feedback_days
        if days and self.settings.feedback != "none" and time.monotonic() - self._purged > _PURGE_EVERY:
            self._purged = time.monotonic()
            gone = await self.in_feedback(lambda store: store.purge(days))
            log("feedback_purged", items=gone, days=days)

    def _signal_stamp(self) -> int:
        if not self.settings.run_dir:
            return 0
        try:
            return (Path(self.settings.run_dir) / _SIGNAL).stat().st_mtime_ns
        except OSError:
            return 0
