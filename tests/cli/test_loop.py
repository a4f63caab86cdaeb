"""The commands evaluate, compare, models and select: what they print, and one clear line where they cannot go on."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.tiny import tiny_texts
from petition_nlp.cli import main
from petition_nlp.corpus import read_labeled, write_labeled
from petition_nlp.registry import Registry, current

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    write_labeled(path, tiny_texts(1))
    return path


def test_evaluate(bundle_path: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["evaluate", str(bundle_path), str(data), "-o", str(tmp_path / "r"), "--rounds", "5"]
    assert main(command) == 0
    assert "domains_macro_f1" in capsys.readouterr().out.replace("\n", "")
    assert json.loads((tmp_path / "r" / "report.json").read_text(encoding="utf-8"))["texts"] == len(tiny_texts(1))
    assert main([*command, "--no-text", "--quiet", "--errors", "1"]) == 0
    assert capsys.readouterr().out == ""
    assert "东河村" not in (tmp_path / "r" / "report.html").read_text(encoding="utf-8")


def test_evaluate_takes_columns_by_name(bundle_path: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("话,归口\n征地补偿款一直没给,土地征迁\n公交车总是晚点,无\n", encoding="gbk")
    columns = ["--text-field", "话", "--column", "domains=归口"]
    assert main(["evaluate", str(bundle_path), str(table), "-o", str(tmp_path / "r"), *columns, "--rounds", "5"]) == 0
    report = json.loads((tmp_path / "r" / "report.json").read_text(encoding="utf-8"))
    assert report["labelled"] == {"domains": 2}


def test_compare(bundle_path: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "c.json"
    assert main(["compare", str(bundle_path), str(bundle_path), str(data), "-o", str(out), "--rounds", "20"]) == 0
    assert "can't tell" in capsys.readouterr().out
    assert json.loads(out.read_text(encoding="utf-8"))["figures"]["domains_exact"]["verdict"] == "can't tell"


def test_models(bundle_path: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = ["--registry", str(tmp_path / "r")]
    assert main(["models", "list", *registry]) == 0
    assert main(["models", "promote", str(bundle_path), *registry, "--frozen", str(data), "--why", "[first]"]) == 0
    name = current(tmp_path / "r").name
    capsys.readouterr()
    assert main(["models", "list", *registry]) == 0
    listed = capsys.readouterr().out
    assert name in listed
    assert "→" in listed
    for given in ([], [name[:5]]):
        assert main(["models", "show", *given, *registry]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert shown["in_service"]
        assert shown["history"][0]["why"] == "[first]"
    assert main(["models", "show", "zz", *registry]) == 1
    assert name in capsys.readouterr().err
    assert main(["models", "rollback", *registry]) == 1
    assert "no earlier bundle" in capsys.readouterr().err
    assert len(Registry(tmp_path / "r").history()) == 1


def test_select(bundle_path: Path, data: Path, tmp_path: Path) -> None:
    pool, out = tmp_path / "pool.csv", tmp_path / "next.xlsx"
    rows = [f"信{i},{t.text},热线" for i, t in enumerate(tiny_texts(1)[:20])]
    pool.write_text("编号,内容,来源\n" + "\n".join(rows) + "\n水库渗水淹了承包地,,\n", encoding="utf-8")
    assert main(["select", str(pool), "-n", "6", "-o", str(out), "--bundle", str(bundle_path), "--quiet"]) == 0
    chosen = list(read_labeled(out))
    assert len(chosen) == 6
    assert all(t.id.startswith("信") and t.meta["来源"] == "热线" for t in chosen)
    labelled = ["--labelled", str(data), "--head", "domains"]
    assert main(["select", str(pool), "-n", "6", "-o", str(out), "--bundle", str(bundle_path), *labelled]) == 0
    assert list(read_labeled(out)) == []


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (["evaluate", "{bundle}", "{tmp}/none.jsonl", "-o", "{tmp}/r"], "none.jsonl: no such file"),
        (["evaluate", "{tmp}", "{data}", "-o", "{tmp}/r"], "no model bundle"),
        (["evaluate", "{bundle}", "{data}", "-o", "{data}"], "name a folder"),
        (["evaluate", "{bundle}", "{data}", "-o", "{tmp}/r", "--rounds", "0"], "--rounds"),
        (["compare", "{bundle}", "{tmp}/x", "{data}"], "no model bundle"),
        (["models", "promote", "{bundle}", "--registry", "{tmp}/r"], "--frozen"),
        (["models", "promote", "{bundle}", "--registry", "{tmp}/r", "--force"], "--why"),
        (["models", "show", "--registry", "{tmp}/r"], "no bundle is in service"),
        (["select", "{data}", "-o", "{tmp}/a.xls", "--bundle", "{bundle}"], "a.xls"),
        (["select", "{data}", "-o", "{tmp}/a.csv", "-n", "0", "--bundle", "{bundle}"], "n=0"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    bundle_path: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], named: str
) -> None:
    assert main([part.format(bundle=bundle_path, data=data, tmp=tmp_path) for part in command]) == 1
    message = capsys.readouterr().err
    assert message.startswith("petition-nlp: error: ")
    assert named in message


def test_in_a_process_of_its_own(run_cli: Run, bundle_path: Path, data: Path, tmp_path: Path) -> None:
    done = run_cli("evaluate", bundle_path, data, "-o", tmp_path / "r", "--rounds", "5")
    assert "report.html" in done.stdout.decode()
