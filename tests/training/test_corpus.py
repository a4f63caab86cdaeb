"""The corpus that the shipped bundle learns from passes the library's own checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from petition_nlp.corpus.check import check_files, check_texts, load_texts
from petition_nlp.corpus.report import CheckReport

FILES = sorted((Path(__file__).resolve().parents[2] / "training" / "corpus").glob("*.jsonl"))


@pytest.fixture(scope="module")
def report() -> CheckReport:
    return check_files(FILES)


def found(report: CheckReport, kind: str) -> list[str]:
    return [f"{f.message}: {', '.join(map(str, f.places))}" for f in report.of(kind)]


def test_there_is_a_corpus() -> None:
    assert FILES


@pytest.mark.parametrize(
    "kind",
    [
        "format",  # offsets outside the text are among them
        "contradiction",
        "duplicate_id",
        "duplicate",
        "near_duplicate",
        "empty",
        "long",
        "not_applicable",
        "missing_label",
        "entity_overlap",
        "entity_edge",
    ],
)
def test_nothing_of_this_kind(report: CheckReport, kind: str) -> None:
    assert found(report, kind) == []


def test_nothing_of_the_evaluation_data_is_in_it(shared_data: Path) -> None:
    corpus = load_texts(FILES)
    apart = load_texts(sorted(shared_data.glob("dev*.jsonl")))
    assert apart.texts
    report = check_texts(corpus.texts, places=corpus.places, against=apart.texts, against_places=apart.places)
    assert found(report, "leakage") == []
