from __future__ import annotations

import csv
import json
import os
import re
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from petition_nlp.io import open_rows

Run = Callable[..., subprocess.CompletedProcess[bytes]]
ROWS: list[dict[str, Any]] = [
    {"编号": "a1", "内容": "我叫王秀兰，电话13812345678，低保被停。", "标题": "王秀兰反映低保"},
    {"编号": "a2", "内容": "=村主任李大山收了三万元", "标题": ""},
    {"编号": "a3", "内容": "[人名1]和王秀兰", "标题": None},
]


def write(path: Path, rows: list[dict[str, Any]] = ROWS) -> Path:
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    elif path.suffix == ".csv":
        with path.open("w", encoding="gbk", newline="") as stream:
            table = csv.DictWriter(stream, ["编号", "内容", "标题"])
            table.writeheader()
            table.writerows(rows)
    else:
        from openpyxl import Workbook

        book = Workbook()
        assert book.active is not None
        for line in [list(rows[0]), *[list(r.values()) for r in rows]]:
            book.active.append([v if not str(v).startswith("=") else "'" + str(v) for v in line])
        book.save(path)
    return path


def texts(path: Path) -> list[str]:
    return [row.fields["内容"] for row in open_rows(path)]  # type: ignore[union-attr]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "xlsx"])
@pytest.mark.parametrize("scope", ["text", "file"])
def test_round_trip(run_cli: Run, bundle_path: Path, tmp_path: Path, suffix: str, scope: str) -> None:
    source = write(tmp_path / f"in.{suffix}")
    out, key, back = tmp_path / f"out.{suffix}", tmp_path / "key.json", tmp_path / "back.jsonl"
    done = run_cli(
        "redact", source, "-o", out, "--bundle", bundle_path, "--recall-first", "--scope", scope, "--key", key
    )
    said = done.stderr.decode()
    assert "warning: not redacted, other columns hold text: 标题" in said
    assert "3 rows" in said
    shown = "".join(texts(out))
    for hidden in ("王秀兰", "13812345678", "李大山"):
        assert hidden not in shown
        assert hidden not in said
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 or os.name == "nt"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([source.name, out.name, key.name])
    if suffix != "jsonl":
        assert texts(out)[1].startswith("'=")  # no spreadsheet runs it
    run_cli("unredact", out, "-k", key, "-o", back, "--quiet")
    assert texts(back) == texts(source)


def test_options_and_policy_file(run_cli: Run, bundle_path: Path, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl")
    policy = tmp_path / "p.yaml"
    policy.write_text("recall_first: true\nactions: {PHONE: remove}\n", encoding="utf-8")
    out = tmp_path / "out.jsonl"
    run_cli(
        "redact", source, "-o", out, "--bundle", bundle_path, "--policy", policy, "--action", "PERSON=mask",
        "--types", "PERSON,PHONE", "--quiet",
    )  # fmt: skip
    assert texts(out)[0] == "我叫王**，电话，低保被停。"


def test_streams_and_errors(run_cli: Run, bundle_path: Path, tmp_path: Path) -> None:
    lines = b'{"text": "13812345678"}\n{bad\n{"text": ["x"]}\n{"other": 1}\n{"text": null}\n'
    done = run_cli("redact", "-", "-o", "-", "--bundle", bundle_path, "--quiet", "--text-field", "text", stdin=lines)
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == ["[电话1]", None]
    assert "3 rows left out" in done.stderr.decode()
    (tmp_path / "in.jsonl").write_bytes(lines)
    run_cli("redact", tmp_path / "in.jsonl", "-o", tmp_path / "o.jsonl", "--bundle", bundle_path, "--quiet")
    errors = [json.loads(x) for x in (tmp_path / "o.jsonl.errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [e["row"] for e in errors] == [2, 3, 4]


def test_edited_and_unknown_rows(run_cli: Run, bundle_path: Path, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", ROWS[:1])
    out, key = tmp_path / "out.jsonl", tmp_path / "key.json"
    run_cli("redact", source, "-o", out, "--bundle", bundle_path, "--recall-first", "--key", key, "--quiet")
    row = json.loads(out.read_text(encoding="utf-8"))
    edited = [{**row, "内容": "已办：" + row["内容"]}, {**row, "内容": "另一件"}]
    write(tmp_path / "edited.jsonl", edited)
    done = run_cli("unredact", tmp_path / "edited.jsonl", "-k", key, "-o", tmp_path / "back.jsonl")
    assert texts(tmp_path / "back.jsonl") == ["已办：" + ROWS[0]["内容"]]
    assert "1 rows were edited" in done.stderr.decode()
    assert "1 rows left out" in done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--types", "PRESON"], "PRESON"),
        (["--action", "hash"], "hash"),
        (["--policy", "none.yaml"], "none.yaml"),
        (["--text-field", "正文"], "正文"),
        (["--key", "in.jsonl", "--overwrite"], "key needs a file of its own"),
        (["--key", "old.json"], "--overwrite"),
        (["-o", "in.jsonl"], "is the input itself"),
        (["-o", "old.json", "--format", "jsonl"], "--overwrite"),
        (["-o", "out.doc"], "format"),
        (["--batch-size", "0"], "batch-size"),
    ],
)
def test_refusals_leave_nothing(
    run_cli: Run, bundle_path: Path, tmp_path: Path, arguments: list[str], named: str
) -> None:
    write(tmp_path / "in.jsonl")
    (tmp_path / "old.json").write_text("precious")
    here = [tmp_path / a if re.fullmatch(r"\w+\.\w+", a) else a for a in arguments]
    done = run_cli(
        "redact", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--bundle", bundle_path, *here, check=False
    )
    assert done.returncode == 1
    assert named in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "old.json"]
    assert (tmp_path / "old.json").read_text() == "precious"
