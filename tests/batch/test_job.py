from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from helpers.tiny import tiny_texts
from petition_nlp import PetitionNLP
from petition_nlp.batch import JobOptions, run_job
from petition_nlp.errors import InputError
from petition_nlp.io import Row, open_rows


def make_input(path: Path, rows: int) -> Path:
    texts = [t.text for t in tiny_texts(2)]
    with path.open("w", encoding="utf-8") as stream:
        for i in range(rows):
            if i % 50 == 7:
                stream.write("{broken\n")
            elif i % 50 == 9:
                stream.write(json.dumps({"id": i, "text": None}) + "\n")
            else:
                stream.write(
                    json.dumps({"id": i, "text": f"{texts[i % len(texts)]}（{i}）"}, ensure_ascii=False) + "\n"
                )
    return path


def test_jsonl(nlp: PetitionNLP, tmp_path: Path) -> None:
    source = make_input(tmp_path / "in.jsonl", 120)
    seen: list[int] = []
    summary = run_job(nlp, str(source), str(tmp_path / "out.jsonl"), JobOptions(batch_size=16), seen.append)
    results = [json.loads(x) for x in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    good = [i for i in range(120) if i % 50 not in (7, 9)]
    assert [r["id"] for r in results] == [str(i) for i in good]
    errors = [json.loads(x) for x in (tmp_path / "out.jsonl.errors.jsonl").read_text().splitlines()]
    assert [e["row"] for e in errors] == [8, 10, 58, 60, 108, 110]
    assert "not valid JSON" in errors[0]["reason"]
    assert errors[1]["id"] == "9"
    assert "'text' is missing" in errors[1]["reason"]
    assert (summary.rows, summary.errors) == (len(good), 6)
    assert sum(summary.doc_types.values()) == len(good)
    assert seen[-1] == 120
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl", "out.jsonl.errors.jsonl"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_tables_keep_their_columns_and_gain_the_results(nlp: PetitionNLP, tmp_path: Path, suffix: str) -> None:
    book = Workbook()
    book.active.append(["编号", "内容", "domains"])
    book.active.append([1, "@低保被停，我奶奶的低保被停了三个月", "旧"])
    book.active.append([2, None, "空"])
    book.active.append([3, "征地补偿款3.2万元一直没给", ""])
    book.save(tmp_path / "in.xlsx")
    out = tmp_path / f"out.{suffix}"
    summary = run_job(nlp, str(tmp_path / "in.xlsx"), str(out), JobOptions())
    assert summary.errors == 1
    first, second = (r.fields for r in open_rows(out) if isinstance(r, Row))
    assert str(first["编号"]) == "1"
    assert str(first["内容"]).endswith("低保被停，我奶奶的低保被停了三个月")
    assert first["domains"] == "旧"
    assert first["pred_domains"] == "low_income"
    assert "3.2万元" in str(second["entities"])
    if suffix == "xlsx":
        sheet = load_workbook(out).active
        assert sheet["B2"].data_type == "s"
        assert sheet["B2"].value.startswith("'@")


def test_what_is_refused(nlp: PetitionNLP, tmp_path: Path) -> None:
    source = make_input(tmp_path / "in.jsonl", 3)
    out = tmp_path / "out.jsonl"
    with pytest.raises(InputError, match=r"no column '正文'.*id, text"):
        run_job(nlp, str(source), str(out), JobOptions(text_field="正文"))
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"--text-field; the columns are a, b"):
        run_job(nlp, str(tmp_path / "odd.csv"), str(out), JobOptions(overwrite=True))
    with pytest.raises(InputError, match="is the input itself"):
        run_job(nlp, str(source), str(source), JobOptions())
    with pytest.raises(InputError, match="cannot write txt"):
        run_job(nlp, str(source), str(tmp_path / "out.txt"), JobOptions())
    with pytest.raises(InputError, match="is a folder"):
        run_job(nlp, str(source), str(tmp_path), JobOptions(out_format="jsonl"))
    with pytest.raises(InputError, match="no such folder"):
        run_job(nlp, str(source), str(tmp_path / "x" / "out.jsonl"), JobOptions())
    run_job(nlp, str(source), str(out), JobOptions(overwrite=True))
    with pytest.raises(InputError, match="--overwrite"):
        run_job(nlp, str(source), str(out), JobOptions())
    run_job(nlp, str(source), str(out), JobOptions(overwrite=True))


def test_too_long_is_a_bad_row_and_never_cut(nlp: PetitionNLP, tmp_path: Path) -> None:
    source = make_input(tmp_path / "in.jsonl", 2)
    summary = run_job(nlp, str(source), str(tmp_path / "o.jsonl"), JobOptions(max_chars=10))
    assert (summary.rows, summary.errors) == (0, 2)
    assert "limit is 10" in (tmp_path / "o.jsonl.errors.jsonl").read_text()


@pytest.mark.parametrize("tear", [b"", b'130\t{"id": "', b"9"])
def test_a_torn_journal_is_mended(nlp: PetitionNLP, tmp_path: Path, tear: bytes) -> None:
    source = make_input(tmp_path / "in.jsonl", 200)
    out = tmp_path / "out.jsonl"

    class Stop(Exception):
        pass

    def stop(done: int) -> None:
        if done >= 100:
            raise Stop

    with pytest.raises(Stop):
        run_job(nlp, str(source), str(out), JobOptions(batch_size=16), stop)
    assert not out.exists()
    with (tmp_path / "out.jsonl.part").open("ab") as stream:
        stream.write(tear)
    with (tmp_path / "out.jsonl.errors.jsonl.part").open("ab") as stream:
        stream.write(b'199\t{"row": 199}\n')  # an error whose batch never came to its results
    summary = run_job(nlp, str(source), str(out), JobOptions(batch_size=16))
    assert summary.resumed_from >= 100
    ids = [json.loads(x)["id"] for x in out.read_text(encoding="utf-8").splitlines()]
    assert ids == [str(i) for i in range(200) if i % 50 not in (7, 9)]
    errors = [json.loads(x)["row"] for x in (tmp_path / "out.jsonl.errors.jsonl").read_text().splitlines()]
    assert errors == [i + 1 for i in range(200) if i % 50 in (7, 9)]


def test_another_jobs_journal_is_not_continued(nlp: PetitionNLP, tmp_path: Path) -> None:
    source = make_input(tmp_path / "in.jsonl", 20)
    (tmp_path / "out.jsonl.part").write_bytes(b'0\t{"input": "other"}\n5\t{}\n')
    with pytest.raises(InputError, match="another input, bundle or options"):
        run_job(nlp, str(source), str(tmp_path / "out.jsonl"), JobOptions())


def test_kill_minus_nine_loses_and_repeats_nothing(bundle_path: Path, tmp_path: Path) -> None:
    source = make_input(tmp_path / "in.jsonl", 4000)
    command = [sys.executable, "-m", "petition_nlp", "tag", str(source), "--bundle", str(bundle_path), "--quiet"]
    command += ["--batch-size", "8", "-o"]
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    subprocess.run([*command, str(whole)], check=True, timeout=200)
    part = tmp_path / "out.jsonl.part"
    kills = 0
    for target in (20_000, 400_000, 900_000):
        process = subprocess.Popen([*command, str(out)])
        deadline = time.monotonic() + 100
        while process.poll() is None and time.monotonic() < deadline:
            if part.exists() and part.stat().st_size > target:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
                break
            time.sleep(0.002)
        process.wait(timeout=100)
    assert kills == 3
    assert not out.exists()
    subprocess.run([*command, str(out)], check=True, timeout=200)
    assert out.read_bytes() == whole.read_bytes()
    for suffix in (".errors.jsonl",):
        assert Path(f"{out}{suffix}").read_bytes() == Path(f"{whole}{suffix}").read_bytes()
