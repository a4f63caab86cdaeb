from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]
LINE = json.dumps({"id": "1", "text": "我奶奶的低保被停了三个月，请帮忙解决。"}, ensure_ascii=False) + "\n"


def test_streams(run_cli: Run, bundle_path: Path) -> None:
    done = run_cli("tag", "-", "-o", "-", "--bundle", bundle_path, "--quiet", stdin=(LINE + "{bad\n").encode())
    (out,) = done.stdout.decode().splitlines()
    assert json.loads(out)["domains"][0]["id"] == "low_income"
    assert json.loads(done.stderr)["row"] == 2


def test_gbk_stream(run_cli: Run, bundle_path: Path) -> None:
    done = run_cli("tag", "-", "-o", "-", "--bundle", bundle_path, "--quiet", stdin=LINE.encode("gbk"))
    assert json.loads(done.stdout)["domains"][0]["id"] == "low_income"


def test_summary_and_table(run_cli: Run, bundle_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(LINE * 3, encoding="utf-8")
    done = run_cli("tag", path, "-o", tmp_path / "out.jsonl", "--bundle", bundle_path, "--show")
    said = done.stderr.decode() + done.stdout.decode()
    assert "3 rows tagged" in said
    assert "to review" in said
    assert "低保救助" in said


@pytest.mark.parametrize(
    ("name", "data", "named"),
    [
        ("a.jsonl", b"", "0 bytes"),
        ("a.xlsx", b"PK\x03\x04junk", "not a readable Excel workbook"),
        ("a.csv", b"x,y\n1,2\n", "--text-field"),
        ("a.jsonl", b'{"body": "x"}\n', "--text-field"),
    ],
)
def test_bad_input_is_one_clear_line(
    run_cli: Run, bundle_path: Path, tmp_path: Path, name: str, data: bytes, named: str
) -> None:
    (tmp_path / name).write_bytes(data)
    done = run_cli(
        "tag", tmp_path / name, "-o", tmp_path / "out.jsonl", "--bundle", bundle_path, "--quiet", check=False
    )
    assert done.returncode == 1
    message = done.stderr.decode()
    assert message.startswith("petition-nlp: error: ")
    assert named in message
    assert name in message
    assert "Traceback" not in message


def test_directory_missing_bundle_and_usage(run_cli: Run, bundle_path: Path, tmp_path: Path) -> None:
    done = run_cli("tag", tmp_path, "-o", tmp_path / "o.jsonl", "--bundle", bundle_path, check=False)
    assert done.returncode == 1
    assert "no .txt file" in done.stderr.decode()
    done = run_cli("tag", tmp_path, "-o", tmp_path / "o.jsonl", "--bundle", tmp_path / "none", check=False)
    assert "no model bundle" in done.stderr.decode()
    assert run_cli("tag", check=False).returncode == 2
    done = run_cli("tag", tmp_path, "-o", "x.jsonl", "--reference-date", "31.5.", check=False)
    assert done.returncode == 2
    assert "2024-05-31" in done.stderr.decode()


def test_texts_from_nowhere_good(run_cli: Run, bundle_path: Path, tmp_path: Path) -> None:
    """A 2 MB text, an empty one, emoji and a lone surrogate each get a result."""
    rows = ["征地补偿没给。" * 300_000, "", "😀😀😀", "\ud800低保"]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps({"text": t}) + "\n" for t in rows))
    run_cli("tag", path, "-o", tmp_path / "o.jsonl", "--bundle", bundle_path, "--quiet")
    results = [json.loads(x) for x in (tmp_path / "o.jsonl").read_text().splitlines()]
    assert len(results) == 4
    assert results[1]["review_reasons"] == ["empty_text"]
