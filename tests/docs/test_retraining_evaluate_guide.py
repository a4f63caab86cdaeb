"""Every command of docs/retraining-evaluate.md is run, in its order, with the sample files that it names."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from petition_nlp.bundle import MANIFEST
from petition_nlp.corpus import read_labeled
from petition_nlp.pipeline import default_bundle_path
from petition_nlp.registry import current

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "retraining-evaluate.md").read_text(encoding="utf-8")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the samples, and a new bundle as the first half of the guide leaves it."""
    for sample in ("frozen.csv", "pool.csv"):
        shutil.copy(DOCS / "samples" / sample, tmp_path)
    shutil.copytree(default_bundle_path(), tmp_path / "model-new")
    manifest = tmp_path / "model-new" / MANIFEST
    manifest.write_text(
        json.dumps({**json.loads(manifest.read_text(encoding="utf-8")), "version": "new"}), encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.S | re.M)


@pytest.mark.slow
def test_commands(office: Path, run_cli: Callable[..., subprocess.CompletedProcess[bytes]]) -> None:
    commands = [line for block in blocks("bash") for line in block.splitlines()]
    assert len(commands) == 9
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "petition-nlp"
        run_cli(*arguments)
    assert json.loads((office / "report" / "report.json").read_text(encoding="utf-8"))["texts"] == 24
    assert "窨井" not in (office / "report-to-mail" / "report.html").read_text(encoding="utf-8")
    difference = json.loads((office / "difference.json").read_text(encoding="utf-8"))
    assert {f["verdict"] for f in difference["figures"].values()} == {"can't tell"}
    history = [json.loads(x) for x in (office / "registry" / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [e["action"] for e in history] == ["promote", "promote", "rollback"]
    assert current(office / "registry").name == history[0]["to"]
    chosen = list(read_labeled(office / "next.xlsx"))
    assert len(chosen) == 5
    assert len({t.id for t in chosen} & {"P01", "P16"}) <= 1  # near duplicates
    assert all("domains" in t.labels for t in chosen)


@pytest.mark.slow
def test_python(office: Path) -> None:
    (code,) = blocks("python")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=240, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
    assert (office / "report" / "report.html").exists()
