"""Sends malformed bodies to a service and checks that none brings a 500 or stops it.

As a command, against a service that it starts itself: ``PYTHONPATH=tests python -m helpers.fuzz --cases 20000``.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

ROUTES = ("/v1/classify", "/classify", "/v1/entities", "/v1/analyze", "/v1/redact", "/v1/feedback", "/v1/table/write")
TABLES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
KINDS = ("application/json",) * 60 + ("application/json; charset=gbk", "text/plain", "", "\xff", "application/json;;;")
GOOD: dict[str, Any] = {
    "text": "低保被停，3.2万元",
    "texts": ["低保被停", {"id": "a", "text": "占地12亩"}],
    "labels": {"domains": ["land"], "severity": 2},
    "policy": {"types": ["PHONE"], "action": "mask"},
    "columns": ["a", "b"],
    "rows": [["1", "2"]],
    "id": "x",
    "ids": ["y"],
    "reference_date": "2024-05-31",
    "entities": True,
    "comment": "备注",
}
ODD = (
    None, True, -1, 1e308, 10**40, "", "\0", "\u202e", "😀" * 9, "\ud800", [], {}, [[]], [None], {"text": None}, "=1+1",
    {"": {"": []}}, "a" * 3000, ["a"] * 300, "<b>" * 50, "關(guān)" * 20, "9" * 400, "二〇" * 99, "去年", "0000-00-00",
)  # fmt: skip
BYTES = (
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"NaN", b"Infinity", b"-", b"[" * 20_000, b'{"a":' * 5_000, b'"\\ud800"',
    b'{"text":"\\ud83d"}', b'{"text":"\xed\xa0\x80"}', b"9" * 6_000, b'{"text":1e99999}', b"{" * 3, b"'text'", b"PK\x03\x04",
)  # fmt: skip


def body(random_: random.Random) -> bytes:
    """One body: random bytes, a strange constant, odd values in a right shape, or a right body damaged."""
    way = random_.randrange(5)
    if way == 0:
        return random_.randbytes(random_.randrange(200))
    if way == 1:
        return random_.choice(BYTES)
    keys = random_.sample(list(GOOD), random_.randrange(1, 4))
    value: dict[str, Any] = {k: GOOD[k] if random_.random() < 0.5 else random_.choice(ODD) for k in keys}
    raw = json.dumps(value, ensure_ascii=random_.random() < 0.5).encode("utf-8", "surrogatepass")
    if way == 2:
        return raw
    damaged = bytearray(raw)
    for _ in range(random_.randrange(1, 4)):
        at = random_.randrange(len(damaged))
        if random_.random() < 0.5:
            damaged[at] = random_.randrange(256)
        else:
            del damaged[at : at + random_.randrange(1, 9)]
        if not damaged:
            break
    return bytes(damaged)


def fuzz(host: str, port: int, cases: int, seed: int) -> Counter[int]:
    """Send the cases; returns how often each status came.

    Raises:
        AssertionError: a 500, an answer outside the envelope, or no answer.
    """
    random_ = random.Random(seed)
    statuses: Counter[int] = Counter()
    connection = http.client.HTTPConnection(host, port, timeout=60)
    for case in range(cases):
        route, kind = random_.choice(ROUTES), random_.choice(KINDS)
        if random_.random() < 0.1:
            route, kind = "/v1/table/read", random_.choice(TABLES)
        sent = body(random_)
        headers = {"Content-Type": kind, "X-Request-ID": random_.choice(("a", "é", "x" * 500, ""))}
        try:
            connection.request("POST", route, body=sent, headers=headers)
            response = connection.getresponse()
            answer = response.read()
        except (http.client.HTTPException, OSError) as error:
            raise AssertionError(f"seed {seed}, case {case}: no answer from {route}: {error!r}") from error
        statuses[response.status] += 1
        assert response.status < 500, f"seed {seed}, case {case}: {response.status} from {route} for {sent[:200]!r}"
        if response.status >= 400:
            assert set(json.loads(answer)) == {"error", "error_type", "request_id"}, f"seed {seed}, case {case}"
    connection.close()
    return statuses


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    from helpers.service import Process

    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with Process("--feedback", Path(folder) / "feedback.sqlite3", log=log) as service:
            pid = service.popen.pid
            statuses = fuzz("127.0.0.1", service.port, args.cases, args.seed)
            assert service.ready()
            assert service.popen.pid == pid
            assert service.popen.poll() is None
    print(f"{args.cases} bodies, seed {args.seed}: {dict(sorted(statuses.items()))}; no 5xx, same process to the end")
    return 0


if __name__ == "__main__":
    sys.exit(main())
