from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import petition_nlp

Run = Callable[..., subprocess.CompletedProcess[bytes]]

OWN = """
format: 1
id: office
version: "1"
heads:
  domains: {kind: single, labels: [供水, 供电]}
"""


def test_another_taxonomy_from_a_table_without_code(run_cli: Run, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "config.yaml").write_text("folds: 3\nc: 5.0\n", encoding="utf-8")
    rows = [f"{i},{'家里停水第' if i % 2 else '变压器烧了第'}{i}天,{'供水' if i % 2 else '供电'}" for i in range(40)]
    (tmp_path / "data.csv").write_bytes(("编号,内容,类别\n" + "\n".join(rows) + "\n").encode("gbk"))
    out = tmp_path / "bundle"
    options = ("--taxonomy", tmp_path / "own.yaml", "--config", tmp_path / "config.yaml")
    run_cli("train", tmp_path / "data.csv", "-o", out, *options)
    document = petition_nlp.load(out)("楼上停水了")
    assert [d.id for d in document.domains] == ["供水"]
    assert document.model.name == "bundle"


def test_errors_are_one_line(run_cli: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("epochs: 3\n", encoding="utf-8")
    (tmp_path / "d.csv").write_text("text,label\n甲,land\n", encoding="utf-8")
    done = run_cli("train", tmp_path / "d.csv", "-o", tmp_path / "b", "--config", tmp_path / "config.yaml", check=False)
    assert done.returncode == 1
    assert "unknown setting 'epochs'" in done.stderr.decode()
