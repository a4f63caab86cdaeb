from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from helpers.service import running
from petition_nlp import PetitionNLP


@pytest.fixture(scope="session")
def service(nlp: PetitionNLP, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A keyless service with small limits; gives its URL."""
    store = tmp_path_factory.mktemp("store") / "feedback.sqlite3"
    with running(lambda: nlp, feedback=str(store), max_chars=2000, max_items=20, max_rows=50, max_body=200_000) as url:
        yield url


@pytest.fixture
def client(service: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    return tmp_path / "feedback.sqlite3"
