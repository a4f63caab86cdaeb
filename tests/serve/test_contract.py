"""Short versions of the two long checks; see helpers/contract.py and helpers/fuzz.py for the commands."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from helpers.fuzz import fuzz


def test_fuzz(service: str) -> None:
    url = httpx.URL(service)
    assert url.port is not None
    statuses = fuzz(url.host, url.port, 1500, seed=6)
    assert {200, 400, 415, 422} <= set(statuses)
    assert httpx.get(f"{service}/health/ready", trust_env=False).status_code == 200


def test_openapi_contract(tmp_path: Path, bundle_path: Path) -> None:
    pytest.importorskip("schemathesis", reason="needs schemathesis")
    from helpers.contract import contract

    status, output = contract(tmp_path, 3, bundle=bundle_path, seed=6)
    assert status == 0, output[-3000:]
