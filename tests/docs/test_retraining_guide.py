"""Every command and every Python block of docs/retraining.md is run, in order, with the sample files that it names."""

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
import yaml

import petition_nlp
from petition_nlp.corpus import read_labeled
from petition_nlp.train import TrainingConfig

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "retraining.md").read_text(encoding="utf-8")
SAMPLES = ("new-labels.csv", "own.csv", "water.csv", "with-water.yaml", "label-studio.json", "doccano.jsonl")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the samples."""
    for sample in SAMPLES:
        shutil.copy(DOCS / "samples" / sample, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.S | re.M)


@pytest.mark.slow
def test_commands(office: Path, run_cli: Callable[..., subprocess.CompletedProcess[bytes]]) -> None:
    commands = [line for block in blocks("bash") for line in block.splitlines()]
    assert len(commands) == 8
    said = []
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "petition-nlp"
        done = run_cli(*arguments)
        said.append((done.stdout + done.stderr).decode("utf-8"))
    assert "账目不清" in said[0]
    (a, b), (c, d, e, f) = read_labeled("from-label-studio.xlsx"), read_labeled("from-doccano.jsonl")
    assert (a.labels["severity"], b.labels["severity"]) == (["grave"], ["ordinary"])
    assert a.entities is not None
    assert [a.text[s:t] for _, s, t in a.entities] == ["2023年5月", "清溪村", "会计", "魏某", "2.4万元"]
    assert [len(x.entities or ()) for x in (c, d, e, f)] == [0, 2, 2, 1]
    assert len(list(read_labeled("to-doccano.jsonl"))) == 41
    assert len(json.loads(Path("to-label-studio.json").read_text(encoding="utf-8"))) == 41
    assert [d.id for d in petition_nlp.load("model-own")("楼上又停水了").domains] == ["供水"]
    assert "water" in petition_nlp.load("model-water").taxonomy.heads["domains"].ids
    assert petition_nlp.load("model-new").info.name == "model-new"
    assert not list(office.glob("*.work"))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(3))
def test_python(office: Path, number: int) -> None:
    done = subprocess.run([sys.executable, "-c", blocks("python")[number]], capture_output=True, timeout=240)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


def test_settings_are_those_there_are() -> None:
    (block,) = blocks("yaml")
    config = TrainingConfig.from_dict(yaml.safe_load(block))
    assert config == TrainingConfig(), "the guide shows other defaults than the code has"


def test_what_the_guide_names_is_there() -> None:
    assert len(blocks("python")) == 3
    for name in re.findall(r"\]\(([^)#]+)\)", GUIDE):
        assert (DOCS / name).exists(), name
