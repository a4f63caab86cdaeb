"""The wheel holds what it needs, and works where torch, transformers, scipy and scikit-learn are not to be had."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_THERE = ("torch", "transformers", "sklearn", "scipy", "jieba", "pandas", "pyarrow", "datasets", "fastapi", "onnx")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="building without the network needs hatchling installed")
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    (path,) = out.glob("*.whl")
    return path


def test_contents(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for name in (
        "petition_nlp/models/default/manifest.json",
        "petition_nlp/models/default/linear.safetensors",
        "petition_nlp/models/default/MODEL_CARD.md",
        "petition_nlp/taxonomy/default.yaml",
        "petition_nlp/feature/lexicon.yaml",
        "petition_nlp/samples/petitions.jsonl",
        "petition_nlp/py.typed",
        "petition_nlp_serve/__init__.py",
    ):
        assert name in names
    assert not [n for n in names if n.endswith((".pkl", ".pickle", ".pt", ".bin"))]
    assert wheel.stat().st_size < 40_000_000


def test_tags_without_the_heavy_packages(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(install, check=True, timeout=120)
    (site / "sitecustomize.py").write_text(
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.split('.')[0] in {NOT_THERE!r}:\n"
        "            raise ModuleNotFoundError(f'{name} is not installed', name=name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
    )
    env = {**os.environ, "PYTHONPATH": str(site), "PYTHONIOENCODING": "utf-8"}
    where = subprocess.run(
        [sys.executable, "-c", "import petition_nlp; print(petition_nlp.__file__)"],
        env=env, capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert where.stdout.startswith(str(site))
    out = tmp_path / "out.jsonl"
    samples = site / "petition_nlp" / "samples" / "petitions.jsonl"
    command = [sys.executable, "-m", "petition_nlp", "tag", str(samples), "-o", str(out), "--quiet"]
    subprocess.run(command, env=env, check=True, cwd=tmp_path, timeout=120)
    results = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(results) >= 10
    assert all(r["doc_type"]["id"] for r in results)
    refused = subprocess.run(
        [sys.executable, "-m", "petition_nlp", "tag", str(samples), "-o", str(tmp_path / "o.parquet"), "--quiet"],
        env=env, capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "pip install 'petition-nlp[parquet]'" in refused.stderr
