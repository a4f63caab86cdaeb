from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.tiny import tiny_texts
from petition_nlp.cli import main
from petition_nlp.corpus import write_labeled

LETTER = "我是双河镇柳树村三组的村民，去年十月村里修灌渠占了我家两亩水田，说好按亩补偿，钱到现在一分没有，找了镇里四回，都说在研究。"
OTHER = "建议在县医院门口加一条斑马线，早上送孩子上学和看病的人挤在一起，车开得又快，老人过马路很不方便。"
GOOD = {"id": "g[1]", "text": LETTER, "domains": ["land"]}


def write(path: Path, *rows: object) -> str:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return str(path)


def test_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write(tmp_path / "good.jsonl", GOOD)
    twice = write(tmp_path / "twice.jsonl", GOOD, GOOD)
    differing = write(tmp_path / "differing.jsonl", GOOD, {**GOOD, "id": "h", "domains": []})
    broken = write(tmp_path / "broken.jsonl", {"id": "x"}, GOOD)
    for data, plain, strict in ((good, 0, 1), (twice, 0, 1), (differing, 1, 1), (broken, 1, 1)):
        assert main(["check", data, "--no-outliers"]) == plain
        assert main(["check", data, "--no-outliers", "--strict", "--quiet"]) == strict  # domains are all too rare
    assert main(["check", str(tmp_path / "none.jsonl"), "--no-outliers"]) == 1
    said = capsys.readouterr()
    assert "no such file" in said.out
    assert "g[1]" in said.out
    assert "Traceback" not in said.err


def test_no_text_is_shown_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {**GOOD, "entities": [["PLACE", 2, 10], ["ORG", 5, 12]]},
        {**GOOD, "domains": []},
        {"id": "b", "text": OTHER, "domains": [OTHER]},
    ]
    data = write(tmp_path / "a.jsonl", *rows)
    report = tmp_path / "report.json"
    assert main(["check", data, "--no-outliers", "--against", data, "-o", str(report)]) == 1
    said = capsys.readouterr().out + report.read_text(encoding="utf-8")
    assert "overlap in part" in said
    assert not any(text[i : i + 4] in said for text in (LETTER, OTHER) for i in range(len(text) - 4))
    counts = json.loads(report.read_text(encoding="utf-8"))["counts"]
    assert set(counts) >= {"format", "contradiction", "leakage", "entity_overlap", "duplicate_id"}


def test_max_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write(tmp_path / "a.jsonl", *({"id": f"row{n}"} for n in range(30)), GOOD)
    main(["check", data, "--no-outliers", "--max-shown", "3"])
    said = capsys.readouterr().out
    assert "a.jsonl:3" in said
    assert "a.jsonl:4" not in said
    assert "27 more" in said


def test_columns_and_taxonomy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taxonomy = tmp_path / "own.yaml"
    taxonomy.write_text(
        "format: 1\nid: own\nversion: '1'\nheads:\n  domains: {kind: single, labels: [城乡建设, 劳动保障]}\n",
        encoding="utf-8",
    )
    path = tmp_path / "a.csv"
    path.write_text(f"信,科\n{LETTER},城乡建设\n{OTHER},劳动保障\n", encoding="utf-8")
    given = [str(path), "--taxonomy", str(taxonomy), "--no-outliers"]
    assert main(["check", *given]) == 1
    assert "--text-field" in capsys.readouterr().out
    assert main(["check", *given, "--text-field", "信", "--column", "domains=科"]) == 0
    assert "劳动保障" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["check", *given, "--column", "domains"])


def test_outliers_are_hints(tmp_path: Path, run_cli: Callable[..., subprocess.CompletedProcess[bytes]]) -> None:
    texts = tiny_texts(3)
    wrong = next(t for t in texts if t.labels["domains"] == ["land"])
    wrong.labels["domains"] = ["low_income"]
    write_labeled(tmp_path / "a.jsonl", texts)
    done = run_cli("check", tmp_path / "a.jsonl", "-o", tmp_path / "report.json", check=False)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert {"id": wrong.id, "head": "domains"}.items() <= max(report["outliers"], key=lambda x: x["score"]).items()
    assert "other texts speak against" in done.stdout.decode()
    assert b"Traceback" not in done.stderr


def test_too_few_texts_for_outliers_are_a_note(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(tmp_path / "a.jsonl", GOOD)]) == 0
    assert "label outliers were not looked for" in capsys.readouterr().out
