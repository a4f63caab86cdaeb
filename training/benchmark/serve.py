"""Requests a second of the service, beside the same service with a classifier that does nothing; and a soak.

    python training/benchmark/serve.py                      # both servers, interleaved rounds, 32 connections
    python training/benchmark/serve.py --soak 600           # ten minutes of mixed requests; memory before and after

The load comes from this process, the service runs in another, real-length texts of the corpus go round. Only the ratio
carries over to other machines.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

HERE = Path(__file__).resolve().parent
CHARS = 389  # length of a real petition, on average


class Noop:
    """Answers at once with the same labels; everything about it but the model is the real service."""

    def __init__(self, nlp: Any) -> None:
        self._nlp = nlp
        self._document = nlp.analyze(["我奶奶的低保被停了三个月，请查一查。"], entities=False, evidence=False)[0]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._nlp, name)

    def analyze(self, texts: Sequence[str], **options: Any) -> list[Any]:
        if options.get("entities", True):
            return list(self._nlp.analyze(texts, **options))  # the probe at the start
        return [self._document] * len(texts)


def serve(kind: str, port: int, workers: int) -> int:
    """The server's process."""
    import petition_nlp
    from petition_nlp_serve.run import serve as run
    from petition_nlp_serve.settings import Settings

    settings = Settings(port=port, workers=workers, feedback="none")
    return run(settings, (lambda: Noop(petition_nlp.load())) if kind == "noop" else None)


def texts() -> list[str]:
    """Texts of about real length, from the corpus: the longer ones whole, short ones joined."""
    out, joined = [], ""
    for path in sorted((HERE.parent / "corpus").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            joined += json.loads(line)["text"]
            if len(joined) >= CHARS * 0.7:
                out.append(joined)
                joined = ""
    return out[:400]


class Server:
    """One kind of server, started and stopped here."""

    def __init__(self, kind: str, port: int, workers: int) -> None:
        self.port = port
        command = [sys.executable, __file__, "--server", kind, "--port", str(port), "--workers", str(workers)]
        begun = time.monotonic()
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while asyncio.run(_ready(port)) != 200:
            if self.process.poll() is not None or time.monotonic() - begun > 120:
                raise SystemExit(f"the {kind} server did not start")
            time.sleep(0.02)
        self.cold = time.monotonic() - begun

    def resident(self) -> float:
        """Resident memory, MB."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)


async def _ready(port: int) -> int:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return 0
    writer.write(b"GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    line = await reader.readline()
    writer.close()
    return int(line.split()[1]) if line else 0


async def load(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> tuple[list[float], int]:
    """Closed loop over that many connections. Returns (seconds of each good answer, number of other answers)."""
    taken: list[float] = []
    bad = 0
    end = time.perf_counter() + seconds

    async def one(first: int) -> None:
        nonlocal bad
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        i = first
        while time.perf_counter() < end:
            begun = time.perf_counter()
            writer.write(requests[i % len(requests)])
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            if head.startswith(b"HTTP/1.1 200"):
                taken.append(time.perf_counter() - begun)
            else:
                bad += 1
            i += connections
        writer.close()

    await asyncio.gather(*(one(c) for c in range(connections)))
    return taken, bad


def request(path: str, body: dict[str, Any]) -> bytes:
    data = json.dumps(body, ensure_ascii=False).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(data)}"
    return f"{head}\r\n\r\n".encode() + data


def compare(args: argparse.Namespace) -> int:
    sample = texts()
    requests = [request("/v1/classify", {"text": t}) for t in sample]
    print(
        f"{len(sample)} texts, {sum(map(len, sample)) / len(sample):.0f} characters on average, {os.cpu_count()} cores"
    )
    rates: dict[str, list[float]] = {"noop": [], "real": []}
    times: dict[str, list[float]] = {"noop": [], "real": []}
    errors = {"noop": 0, "real": 0}
    servers = {kind: Server(kind, args.port + i, args.workers) for i, kind in enumerate(rates)}
    try:
        for server in servers.values():
            asyncio.run(load(server.port, requests, args.connections, 2))
        for _ in range(args.rounds):
            for kind, server in servers.items():
                taken, bad = asyncio.run(load(server.port, requests, args.connections, args.seconds))
                rates[kind].append(len(taken) / args.seconds)
                times[kind] += taken
                errors[kind] += bad
    finally:
        for server in servers.values():
            server.stop()
    best = {kind: sorted(r)[len(r) // 2] for kind, r in rates.items()}
    print("| classifier | requests/s (median of rounds) | p50 ms | p99 ms | p99/p50 | errors | cold start s |")
    print("|---|---|---|---|---|---|---|")
    for kind in rates:
        ordered = sorted(times[kind])
        p50, p99 = (ordered[int(len(ordered) * q)] * 1000 for q in (0.5, 0.99))
        cold = servers[kind].cold
        print(f"| {kind} | {best[kind]:.0f} | {p50:.1f} | {p99:.1f} | {p99 / p50:.1f} | {errors[kind]} | {cold:.2f} |")
    print(f"real / noop: {best['real'] / best['noop']:.0%}")
    return 0


def soak(args: argparse.Namespace) -> int:
    sample = texts()
    mix = []
    for i, text in enumerate(sample):
        path = ("/v1/classify", "/v1/analyze", "/v1/entities", "/v1/redact")[i % 4]
        mix.append(request(path, {"text": text} if i % 5 else {"texts": sample[i : i + 8]}))
    server = Server("real", args.port, 1)
    try:
        asyncio.run(load(server.port, mix, args.connections, min(60.0, args.soak / 4)))
        before = server.resident()
        taken, bad = asyncio.run(load(server.port, mix, args.connections, args.soak))
        after = server.resident()
    finally:
        server.stop()
    print(f"{args.soak:.0f} s, {len(taken)} requests, {bad} errors; resident {before:.0f} -> {after:.0f} MB "
          f"({after / before - 1:+.1%})")  # fmt: skip
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", choices=("noop", "real"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--soak", type=float, default=0, metavar="SECONDS")
    args = parser.parse_args()
    if args.server:
        return serve(args.server, args.port, args.workers)
    return soak(args) if args.soak else compare(args)


if __name__ == "__main__":
    sys.exit(main())
