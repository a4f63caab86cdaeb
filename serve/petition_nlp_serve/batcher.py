"""Dynamic batching: requests queue on the event loop, one thread works on batches that share a cost budget."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from petition_nlp_serve.fault import Fault, busy, timed_out
from petition_nlp_serve.metrics import Metrics

Answer = bytes | Fault
Work = Callable[[Any, Sequence[str]], list[Answer]]
_PER_TEXT = 64  # cost of a text beside its characters
_MAX_TEXTS = 128


@dataclass(eq=False)
class Job:
    """The texts of one request. ``task`` says what to do; texts of equal tasks go to the model together."""

    task: Hashable
    texts: Sequence[str]
    factor: int
    answers: list[Answer | None] = field(default_factory=list)
    taken: int = 0
    open: int = 0
    done: asyncio.Future[None] | None = None

    def cost(self, i: int) -> int:
        return (len(self.texts[i]) + _PER_TEXT) * self.factor


class Batcher:
    """Takes jobs in, gives answers back in order.

    Args:
        work: called in the worker thread with (task, texts); one answer for each text, no exceptions but bugs.
        batch_cost, queue_cost: limits of one batch and of all that waits or runs.
        wait: seconds an incomplete batch waits while more than one request is under way.
    """

    def __init__(self, work: Work, metrics: Metrics, *, batch_cost: int, queue_cost: int, wait: float) -> None:
        self._work = work
        self._metrics = metrics
        self._batch_cost = batch_cost
        self._queue_cost = queue_cost
        self._wait = wait
        self._jobs: deque[Job] = deque()
        self._open = 0  # jobs not answered yet
        self._cost = 0
        self._wake = asyncio.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="inference")
        self._runner: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._runner = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Finish what was accepted, then stop."""
        while self._open:
            await asyncio.sleep(0.01)
        if self._runner is not None:
            self._runner.cancel()
            with suppress(asyncio.CancelledError):
                await self._runner
        self._pool.shutdown(wait=True)

    async def submit(self, task: Hashable, texts: Sequence[str], *, factor: int, timeout: float) -> list[Answer]:
        """Queue texts and wait for the answers.

        Raises:
            Fault: 429 when the queue is full, 503 when the answer is not there in time.
        """
        if not texts:
            return []
        job = Job(task, texts, factor, [None] * len(texts), open=len(texts))
        cost = sum(job.cost(i) for i in range(len(texts)))
        if self._cost and self._cost + cost > self._queue_cost:
            self._metrics.add("rejected_total", reason="queue_full")
            raise busy("the queue is full; try again shortly")
        job.done = asyncio.get_running_loop().create_future()
        self._cost += cost
        self._open += 1
        self._jobs.append(job)
        self._wake.set()
        try:
            await asyncio.wait_for(job.done, timeout)
        except asyncio.TimeoutError:
            self._metrics.add("rejected_total", reason="timeout")
            raise timed_out(f"not done within {timeout:g} seconds; send fewer or shorter texts") from None
        finally:
            self._cost -= cost
            self._open -= 1
            self._metrics.set("queue_cost", self._cost)
        return [a for a in job.answers if a is not None]

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            if self._open > len(self._jobs) or len(self._jobs) > 1:
                # Others have just been answered or are being read; company makes a batch cheaper.
                await asyncio.sleep(self._wait)
            batch = self._take()
            if not self._jobs:
                self._wake.clear()
            if not batch:
                continue
            groups: dict[Hashable, list[tuple[Job, int]]] = {}
            for job, i in batch:
                groups.setdefault(job.task, []).append((job, i))
            started = time.perf_counter()
            answers = await loop.run_in_executor(self._pool, self._answer, groups)
            self._metrics.add("inference_seconds_total", time.perf_counter() - started)
            self._metrics.add("batches_total")
            self._metrics.add("batch_texts_total", len(batch))
            for group, found in zip(groups.values(), answers, strict=True):
                for (job, i), answer in zip(group, found, strict=True):
                    job.answers[i] = answer
                    job.open -= 1
                    if not job.open and job.done is not None and not job.done.done():
                        job.done.set_result(None)

    def _answer(self, groups: dict[Hashable, list[tuple[Job, int]]]) -> list[list[Answer]]:
        out = []
        for task, group in groups.items():
            found = self._work(task, [job.texts[i] for job, i in group])
            out.append(found)
        return out

    def _take(self) -> list[tuple[Job, int]]:
        """One text of each job in turn, so that a long list does not hold up single texts."""
        batch: list[tuple[Job, int]] = []
        left = self._batch_cost
        while self._jobs and left > 0 and len(batch) < _MAX_TEXTS:
            job = self._jobs.popleft()
            if job.done is None or job.done.done():  # its client gave up
                continue
            batch.append((job, job.taken))
            left -= job.cost(job.taken)
            job.taken += 1
            if job.taken < len(job.texts):
                self._jobs.append(job)
        return batch
