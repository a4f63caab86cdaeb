"""petition-nlp train and convert, as an office calls them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import petition_nlp
from petition_nlp.corpus import read_labeled

Run = Callable[..., subprocess.CompletedProcess[bytes]]
QUICK = "folds: 3\nc: 5.0\ncorrection_c: [2.0]\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A labelled CSV with names of its own, as Excel in China saves it."""
    (tmp_path / "quick.yaml").write_text(QUICK, encoding="utf-8")
    rows = [f"T{i},{'家里停水第' if i % 2 else '变压器烧了第'}{i}天,{'供水' if i % 2 else '供电'}" for i in range(40)]
    path = tmp_path / "工单.csv"
    path.write_bytes(("工单号,反映内容,一级分类\n" + "\n".join(rows) + "\n").encode("gbk"))
    return path


def test_a_table_and_no_taxonomy_file(run_cli: Run, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "bundle"
    done = run_cli(
        "train", table, "-o", out, "--taxonomy", "auto", "--config", tmp_path / "quick.yaml", "--version", "2"
    )
    said = done.stderr.decode() + done.stdout.decode()
    assert "text ← 反映内容" in said
    assert "domains ← 一级分类" in said
    assert "macro F1" in said
    nlp = petition_nlp.load(out)
    assert [d.name for d in nlp("楼上停水了").domains] == ["供水"]
    assert (nlp.info.name, nlp.info.version, nlp.taxonomy.id) == ("bundle", "2", "bundle")
    assert not (tmp_path / "bundle.work").exists()


def test_the_same_seed_gives_the_same_bundle(run_cli: Run, table: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        options = ("--taxonomy", "auto", "--name", "x", "--config", tmp_path / "quick.yaml", "--seed", "4", "--quiet")
        run_cli("train", table, "-o", tmp_path / name, *options)
    for file in ("linear.safetensors", "memory.safetensors", "taxonomy.yaml"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_training_a_base_further(run_cli: Run, bundle_path: Path, tmp_path: Path) -> None:
    (tmp_path / "quick.yaml").write_text(QUICK, encoding="utf-8")
    rows = [
        {"内容": f"{'低保' if i % 2 else '塘坝'}的事第{i}次反映", "领域": "低保救助" if i % 2 else "村集体“三资”"}
        for i in range(40)
    ]
    data = tmp_path / "new.jsonl"
    data.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    done = run_cli("train", data, "-o", tmp_path / "new", "--base", bundle_path, "--config", tmp_path / "quick.yaml")
    assert "on the new texts" in done.stdout.decode()
    base, new = petition_nlp.load(bundle_path), petition_nlp.load(tmp_path / "new")
    text = "我奶奶的低保被停了三个月，请帮忙解决。"
    assert new(text).severity.level == base(text).severity.level  # type: ignore[union-attr]
    manifest = json.loads((tmp_path / "new" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["training"]["data"]["base"]["name"] == "tiny"
    assert "severity" in manifest["training"]["data"]["base"]["kept_heads"]


def test_a_dry_run_tells_what_the_data_holds(run_cli: Run, tmp_path: Path) -> None:
    lines = [
        "内容,领域",
        *(f"低保第{i}次没发,low_income" for i in range(12)),
        *(f"征地第{i}次没补,land" for i in range(12)),
    ]
    lines += ["低保第3次没发,land", "路坏了,project", "坏行,水利"]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    done = run_cli("train", tmp_path / "a.csv", "--dry-run", "-o", tmp_path / "bundle")
    said = done.stdout.decode()
    for expected in ("26 texts", "too few texts", "different labels", "low_income", "unknown label", "equal texts"):
        assert expected in said, expected
    assert not (tmp_path / "bundle").exists()


def test_unreadable_rows_stop_it_unless_yes(run_cli: Run, table: Path, tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes(table.read_bytes() + "T9,,供水\n".encode("gbk"))
    options = ("--taxonomy", "auto", "--config", tmp_path / "quick.yaml")
    done = run_cli("train", path, "-o", tmp_path / "b", *options, check=False)
    assert done.returncode == 1
    assert "1 rows cannot be read; correct them, or leave them out with --yes" in done.stderr.decode()
    assert "b.csv:42" in done.stderr.decode()
    run_cli("train", path, "-o", tmp_path / "b", *options, "--yes", "--quiet")
    assert (tmp_path / "b" / "manifest.json").exists()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ((), "-o"),
        (("-o", "x", "--engine", "transformer", "--taxonomy", "auto"), "cannot be trained yet"),
        (("-o", "x", "--label-field", "没有"), "no column '没有'"),
        (("-o", "x", "--taxonomy", "auto", "--base", "default"), "leave --base out"),
        (("-o", "x"), "unknown label"),
        (("-o", "x", "--config", "none.yaml"), "none.yaml"),
    ],
)
def test_errors_say_what_to_do(run_cli: Run, table: Path, options: tuple[str, ...], named: str) -> None:
    done = run_cli("train", table, *options, check=False)
    assert done.returncode == 1
    assert named in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_convert_between_tools(run_cli: Run, tmp_path: Path) -> None:
    record = {
        "id": "1",
        "text": "韩某占了低保名额。",
        "domains": ["low_income"],
        "severity": 3,
        "misconduct": [],
        "entities": [["PERSON", 0, 2]],
    }
    first = tmp_path / "a.jsonl"
    first.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    chain = ["b.xlsx", "c.json", "d.csv", "e.jsonl", "f.jsonl"]
    run_cli("convert", first, "-o", tmp_path / "b.xlsx")
    run_cli("convert", tmp_path / "b.xlsx", "-o", tmp_path / "c.json", "--labelling-config", tmp_path / "c.xml")
    run_cli("convert", tmp_path / "c.json", "-o", tmp_path / "d.csv", "--predictions", "--quiet")
    run_cli("convert", tmp_path / "d.csv", "-o", tmp_path / "e.jsonl", "--to", "doccano")
    done = run_cli("convert", tmp_path / "e.jsonl", "-o", tmp_path / "f.jsonl")
    assert "1 texts →" in done.stderr.decode()
    for name in chain:
        (item,) = read_labeled(tmp_path / name, predictions=True)
        assert item.labels == {"domains": ["low_income"], "severity": ["grave"], "misconduct": []}, name
        assert item.entities == [("PERSON", 0, 2)], name
    assert "<Choices" in (tmp_path / "c.xml").read_text(encoding="utf-8")
    done = run_cli("convert", first, "-o", tmp_path / "x.odt", check=False)
    assert "give --to" in done.stderr.decode()
