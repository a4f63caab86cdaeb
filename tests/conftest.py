"""Fixtures shared by all tests. Nothing here needs the network or shared data."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import petition_nlp
from helpers.tiny import tiny_bundle
from petition_nlp import PetitionNLP

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def bundle_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture(scope="session")
def nlp(bundle_path: Path) -> PetitionNLP:
    return petition_nlp.load(bundle_path)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    path = ROOT.parent / "shared" / "data"
    if not (path / "dev.jsonl").exists():
        pytest.skip("needs ../shared/data, which does not travel with the repository")
    return path


@pytest.fixture
def run_cli() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the command line in a process of its own."""

    def run(*args: object, stdin: bytes = b"", check: bool = True) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            [sys.executable, "-m", "petition_nlp", *map(str, args)],
            input=stdin,
            capture_output=True,
            timeout=240,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        if check:
            assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done

    return run
